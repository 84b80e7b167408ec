"""Certificates and the flags of a daemon that serves with them on a TCP port of loopback."""

import os
import subprocess

PORT = 22376


def openssl(*args, cwd):
    subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=cwd)


def make_ca(folder, name="ca"):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={name}",
            "-keyout", f"{name}-key.pem", "-out", f"{name}.pem", cwd=folder)


def make_certificate(folder, name, ca="ca", usage="serverAuth"):
    (folder / "ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n"
                                f"extendedKeyUsage={usage}\n")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout",
            f"{name}-key.pem", "-out", f"{name}.csr", cwd=folder)
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}-key.pem",
            "-CAcreateserial", "-days", "30", "-extfile", "ext", "-out", f"{name}.pem", cwd=folder)


def flags(pki, *more):
    return ["-H", f"tcp://127.0.0.1:{PORT}", f"--tlscacert={pki}/ca.pem",
            f"--tlscert={pki}/live.pem", f"--tlskey={pki}/live-key.pem", *more]


def install(pki, name):
    for end in (".pem", "-key.pem"):
        new = pki / f"live{end}.new"
        new.write_bytes((pki / f"{name}{end}").read_bytes())
        os.replace(new, pki / f"live{end}")
