"""TCP sockets: warnings, certificates, clients without one, certificates that change under way."""

import http.client
import os
import pathlib
import socket
import ssl
import stat
import subprocess

import pytest
from certificates import PORT, flags, install, make_ca, make_certificate
from daemon import Daemon, _program, temp_dir, wait_for


@pytest.fixture(scope="module")
def pki():
    folder = temp_dir("pki")
    make_ca(folder)
    make_ca(folder, "other")
    make_certificate(folder, "server")
    make_certificate(folder, "second")
    make_certificate(folder, "client", usage="clientAuth")
    make_certificate(folder, "stranger", ca="other", usage="clientAuth")
    certs = folder / "client"
    certs.mkdir()
    for source, target in (("ca.pem", "ca.pem"), ("client.pem", "cert.pem"),
                           ("client-key.pem", "key.pem")):
        (certs / target).write_bytes((folder / source).read_bytes())
    return folder


def served_name(pki):
    """The name in the certificate that a new connection gets."""
    context = ssl.create_default_context(cafile=str(pki / "ca.pem"))
    context.load_cert_chain(pki / "client.pem", pki / "client-key.pem")
    with socket.create_connection(("127.0.0.1", PORT)) as raw:
        with context.wrap_socket(raw, server_hostname="localhost") as connection:
            return dict(item[0] for item in connection.getpeercert()["subject"])["commonName"]


def test_tlsverify_refuses_who_has_no_certificate(pki):
    install(pki, "server")
    with Daemon(args=flags(pki, "--tlsverify")) as daemon:
        host = f"tcp://127.0.0.1:{PORT}"
        for program in ("docker", "buoy"):
            client = None if program == "docker" else "buoy"
            env = {"DOCKER_HOST": host, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(pki / "client")}
            assert ask(daemon, client, [], env).returncode == 0
            explicit = ["-H", host, "--tlsverify", f"--tlscacert={pki}/ca.pem",
                        f"--tlscert={pki}/client.pem", f"--tlskey={pki}/client-key.pem"]
            assert ask(daemon, client, explicit, {}).returncode == 0
            for args in (["-H", host], ["-H", host, "--tls"], explicit[:4],
                         [*explicit[:4], f"--tlscert={pki}/stranger.pem",
                          f"--tlskey={pki}/stranger-key.pem"]):
                done = ask(daemon, client, args, {"DOCKER_CERT_PATH": str(pki / "nothing")})
                assert done.returncode == 1 and not done.stdout.strip(), (args, done)
            # DOCKER_TLS: encrypted, the server's name not looked at.
            env = {"DOCKER_HOST": host, "DOCKER_TLS": "1", "DOCKER_CERT_PATH": str(pki / "client")}
            assert ask(daemon, client, [], env).returncode == 0
        assert daemon.ping()
        assert "insecure" not in daemon.log()


def ask(daemon, client, args, env):
    program = _program("BUOY") if client else "docker"
    clean = {"PATH": os.environ["PATH"], "HOME": str(daemon.dir)}
    return subprocess.run([program, *args, "version", "--format", "{{.Server.Os}}"],
                          env={**clean, **env}, capture_output=True, text=True, timeout=30)


def test_certificates_change_without_a_restart(pki):
    install(pki, "server")
    with Daemon(args=flags(pki, "--tlsverify")) as daemon:
        context = ssl.create_default_context(cafile=str(pki / "ca.pem"))
        context.load_cert_chain(pki / "client.pem", pki / "client-key.pem")
        old = http.client.HTTPSConnection("localhost", PORT, context=context)
        old.request("GET", "/_ping")
        assert old.getresponse().read() == b"OK"
        assert served_name(pki) == "server"
        install(pki, "second")
        assert daemon.request("POST", "/config/reload")[0] == 200
        assert served_name(pki) == "second"
        # What was connected stays so.
        old.request("GET", "/_ping")
        assert old.getresponse().read() == b"OK"
        (pki / "live.pem").write_text("broken")
        status, _, body = daemon.request("POST", "/config/reload")
        assert status == 400 and b"Could not load X509 key pair" in body
        assert served_name(pki) == "second"
        install(pki, "server")
        assert daemon.request("POST", "/config/reload")[0] == 200
        assert served_name(pki) == "server"


def test_dockers_warnings():
    with Daemon(args=["-H", f"tcp://127.0.0.1:{PORT}"]) as daemon:
        log = daemon.log()
    assert "Binding to IP address without --tlsverify is insecure and gives root access" in log
    with Daemon(args=["-H", f"tcp://127.0.0.1:{PORT}", "--tls=false"]) as daemon:
        assert "You can override this by explicitly specifying" not in daemon.log()


@pytest.mark.parametrize("missing", ["cert", "key", "cacert"])
def test_missing_files_are_refused_at_start(pki, missing):
    install(pki, "server")
    daemon = Daemon(args=[flag if not flag.startswith(f"--tls{missing}=") else
                          f"--tls{missing}=/nowhere.pem" for flag in flags(pki, "--tlsverify")])
    daemon.start(wait=False)
    assert daemon.process.wait(timeout=30) == 1
    assert "/nowhere.pem" in daemon.log()


def test_the_sockets_group_and_mode(tmp_path):
    with open("/etc/group") as groups:
        name, _, gid, _ = next(line for line in groups if line.startswith("daemon:")).split(":")
    for group, expected in ((name, int(gid)), (gid, int(gid)), ("", 0)):
        with Daemon(args=[f"--group={group}"]) as daemon:
            info = os.stat(daemon.socket)
            assert (info.st_gid, stat.S_IMODE(info.st_mode)) == (expected, 0o660)
    daemon = Daemon(args=["--group=nosuchgroup"]).start(wait=False)
    assert daemon.process.wait(timeout=30) == 1
    assert "group nosuchgroup not found" in daemon.log()


def test_activated_tcp_and_numbered_descriptors(tmp_path):
    listeners = [socket.socket(), socket.socket(socket.AF_UNIX)]
    listeners[0].bind(("127.0.0.1", 0))
    path = pathlib.Path(f"/run/{tmp_path.name}.sock")
    listeners[1].bind(str(path))
    for listener in listeners:
        listener.listen(16)
    daemon = Daemon(args=["-H", "fd://3", "-H", "fd://4"])
    script = 'export LISTEN_PID=$$ LISTEN_FDS=2; exec "$@"'
    # Above 10, so that nothing is overwritten before it is copied.
    high = [os.dup2(listener.fileno(), 40 + i, inheritable=True) for i, listener in enumerate(listeners)]
    with open(daemon.log_path, "ab") as log:
        daemon.process = subprocess.Popen(
            ["bash", "-c", f"exec 3<&{high[0]} 4<&{high[1]}; {script}", "bash", *daemon.command()],
            pass_fds=high, stdout=log, stderr=log)
    try:
        daemon.wait_ready()
        host = f"tcp://127.0.0.1:{listeners[0].getsockname()[1]}"
        for address in (host, f"unix://{path}"):
            assert daemon.out("-H", address, "version", "--format", "{{.Server.Os}}") == "linux"
        wait_for(lambda: "API listen on" in daemon.log(), what="the log")
    finally:
        daemon.stop()
