"""A docker-registry (Debian's) of the test's own, and images to be pushed to it."""

import hashlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import urllib.request

from daemon import temp_dir, wait_for


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Registry:
    """Serves at 127.0.0.1:port (or `host`); htpasswd = {user: password}, tls = (cert, key)."""

    def __init__(self, htpasswd=None, tls=None, host="127.0.0.1"):
        self.dir = temp_dir("registry")
        self.port = free_port()
        self.host = f"{host}:{self.port}"
        self.scheme = "https" if tls else "http"
        http = {"addr": f"127.0.0.1:{self.port}", "secret": "s"}
        if tls:
            http["tls"] = {"certificate": str(tls[0]), "key": str(tls[1])}
        config = {
            "version": 0.1,
            "log": {"level": "info"},
            "storage": {"filesystem": {"rootdirectory": str(self.dir / "data")},
                        "delete": {"enabled": True}},
            "http": http,
        }
        if htpasswd:
            lines = [subprocess.run(["htpasswd", "-Bbn", user, password], check=True, text=True,
                                    capture_output=True).stdout.strip()
                     for user, password in htpasswd.items()]
            (self.dir / "htpasswd").write_text("\n".join(lines) + "\n")
            config["auth"] = {"htpasswd": {"realm": "test", "path": str(self.dir / "htpasswd")}}
        (self.dir / "config.yml").write_text(json.dumps(config))
        self.process = None

    def log(self):
        return (self.dir / "log").read_text(errors="replace")

    def __enter__(self):
        program = shutil.which("docker-registry", path="/usr/bin:/usr/sbin")
        with open(self.dir / "log", "ab") as log:
            self.process = subprocess.Popen([program, "serve", str(self.dir / "config.yml")],
                                            stdout=log, stderr=log)

        def listens():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", self.port)) == 0

        wait_for(listens, 20, "the registry")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)

    # --- raw access ---

    def request(self, path, method="GET", data=None, headers=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data,
                                         method=method, headers=headers or {})
        with urllib.request.urlopen(request) as answer:
            return answer.status, dict(answer.headers), answer.read()

    def manifest(self, name, reference):
        accept = ("application/vnd.docker.distribution.manifest.v2+json, "
                  "application/vnd.docker.distribution.manifest.list.v2+json, "
                  "application/vnd.oci.image.manifest.v1+json, "
                  "application/vnd.oci.image.index.v1+json")
        _, headers, body = self.request(f"/v2/{name}/manifests/{reference}",
                                        headers={"Accept": accept})
        return headers, body

    def put_blob(self, name, data):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        _, headers, _ = self.request(f"/v2/{name}/blobs/uploads/", "POST", b"")
        location = headers["Location"].split(f":{self.port}", 1)[-1]
        self.request(f"{location}&digest={digest}", "PUT", data,
                     {"Content-Type": "application/octet-stream"})
        return digest

    def put_manifest(self, name, reference, manifest, media_type=None):
        data = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
        self.request(f"/v2/{name}/manifests/{reference}", "PUT", data,
                     {"Content-Type": media_type or manifest["mediaType"]})
        return "sha256:" + hashlib.sha256(data).hexdigest()


def skopeo(*args, check=True):
    policy = temp_dir("policy") / "policy.json"
    policy.write_text('{"default":[{"type":"insecureAcceptAnything"}]}')
    home = temp_dir("home")
    done = subprocess.run(["skopeo", "--policy", str(policy), *map(str, args)], text=True,
                          capture_output=True,
                          env={**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home),
                               "TMPDIR": str(home)})
    assert not check or done.returncode == 0, done.stderr
    return done


def certificate(directory, name, address="127.0.0.1"):
    """A self-signed certificate for `name` and `address`: (certificate, key)."""
    cert, key = pathlib.Path(directory) / "tls.crt", pathlib.Path(directory) / "tls.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:{address}",
                    "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return cert, key
