"""Who may: htpasswd, tokens, TLS with certs.d, mirrors, proxies, credential helpers, search."""

import base64
import json
import os
import pathlib
import shutil
import socket
import socketserver
import threading

import pytest

from daemon import Daemon, temp_dir
from fake_registry import LAYER, FakeRegistry, FlakyProxy, basic
from registry import Registry, certificate

CLIENTS = pytest.mark.parametrize("client", [None, "buoy"])


@pytest.fixture(scope="module")
def daemon():
    with Daemon() as daemon:
        daemon.load_busybox()
        yield daemon


@CLIENTS
def test_htpasswd(daemon, client):
    with Registry(htpasswd={"user": "secret"}) as registry:
        ref = f"{registry.host}/private:1"
        daemon.run("tag", "busybox", ref)
        done = daemon.run("push", ref, client=client, check=False)
        assert done.status == 1 and "no basic auth credentials" in done.err
        wrong = daemon.run("login", "-u", "user", "--password-stdin", registry.host, input="wrong",
                           client=client, check=False)
        assert wrong.status == 1
        assert (f"Error response from daemon: login attempt to http://{registry.host}/v2/ failed "
                "with status: 401 Unauthorized") in wrong.err
        done = daemon.run("login", "-u", "user", "--password-stdin", registry.host, input="secret",
                          client=client)
        assert "Login Succeeded" in done.out
        config = json.loads((daemon.dir / "cli" / "config.json").read_text())
        assert registry.host in config["auths"]
        daemon.run("push", ref, client=client)
        daemon.run("rmi", ref)
        daemon.run("pull", ref, client=client)
        daemon.run("logout", registry.host, client=client)
        daemon.run("rmi", ref)
        done = daemon.run("pull", ref, client=client, check=False)
        assert "no basic auth credentials" in done.err
        status, _, body = daemon.request("POST", "/auth", {
            "username": "user", "password": "secret", "serveraddress": registry.host})
        assert status == 200
        assert json.loads(body) == {"IdentityToken": "", "Status": "Login Succeeded"}


@CLIENTS
def test_credential_helpers(daemon, client):
    tools = temp_dir("helper")
    helper = tools / "docker-credential-test"
    helper.write_text('#!/bin/sh\nread server\necho "$1 $server" >>%s/calls\n'
                      'if [ $1 = get ]; then echo \'{"Username":"user","Secret":"secret"}\'; fi\n'
                      % tools)
    helper.chmod(0o755)
    with Registry(htpasswd={"user": "secret"}) as registry:
        config = daemon.dir / "cli" / "config.json"
        config.parent.mkdir(exist_ok=True)
        config.write_text(json.dumps({"credHelpers": {registry.host: "test"}}))
        before = os.environ["PATH"]
        os.environ["PATH"] = f"{tools}:{before}"
        try:
            daemon.run("tag", "busybox", f"{registry.host}/helped:1")
            daemon.run("push", f"{registry.host}/helped:1", client=client)
            assert f"get {registry.host}" in (tools / "calls").read_text()
        finally:
            os.environ["PATH"] = before
            config.unlink()
        daemon.run("rmi", f"{registry.host}/helped:1")


def token_server(fake, realm_host, users):
    """Answers /token for `users`; the registry takes only what it gave."""
    def token(handler):
        authorization = handler.headers.get("Authorization", "")
        if authorization and authorization not in users:
            return handler.answer(401, b'{"details":"incorrect username or password"}',
                                  Content_Type="application/json")
        name = "T-" + ("user" if authorization else "anonymous")
        handler.answer(200, json.dumps({"token": name, "expires_in": 300}).encode(),
                       Content_Type="application/json")
    fake.challenge = f'Bearer realm="http://{realm_host}/token",service="test"'
    return token


def test_tokens(daemon):
    with FakeRegistry() as fake:
        fake.image("lib/t:1", [LAYER])
        fake.routes["/token"] = token_server(fake, fake.host, {basic("u", "p")})
        fake.accepts = lambda a: a == "Bearer T-anonymous"
        daemon.run("pull", f"{fake.host}/lib/t:1")
        tokens = [path for _, path, _ in fake.seen if path.startswith("/token")]
        assert tokens == ["/token?service=test&scope=repository%3Alib%2Ft%3Apull"]
        daemon.run("rmi", f"{fake.host}/lib/t:1")

        fake.accepts = lambda a: a == "Bearer T-user"
        # The stock CLI would ask for a password now.
        done = daemon.run("pull", f"{fake.host}/lib/t:1", check=False, client="buoy")
        assert "unauthorized: " in done.err
        done = daemon.run("login", "-u", "u", "-p", "bad", fake.host, check=False)
        assert "unauthorized: incorrect username or password" in done.err
        daemon.run("login", "-u", "u", "-p", "p", fake.host)
        daemon.run("pull", f"{fake.host}/lib/t:1")
        daemon.run("rmi", f"{fake.host}/lib/t:1")
        daemon.run("logout", fake.host)


def test_no_credentials_for_foreign_token_servers(daemon):
    with FakeRegistry() as fake, FakeRegistry("127.0.0.3") as foreign:
        fake.image("t:1", [LAYER])
        foreign.routes["/token"] = token_server(fake, foreign.host, {basic("u", "p")})
        fake.accepts = lambda a: a.startswith("Bearer ")
        daemon.run("login", "-u", "u", "-p", "p", fake.host, check=False)
        daemon.run("pull", f"{fake.host}/t:1")
        daemon.run("rmi", f"{fake.host}/t:1")
        assert foreign.seen and all(authorization == "" and "account" not in path
                                    for _, path, authorization in foreign.seen)
        assert all("Basic" not in authorization for _, _, authorization in fake.seen)


def test_denied_is_explained(daemon):
    with FakeRegistry() as fake:
        fake.routes["/v2/no/manifests/1"] = lambda h: h.fail(403, "DENIED")
        done = daemon.run("pull", f"{fake.host}/no:1", check=False)
        assert done.err == (
            f"Error response from daemon: pull access denied for {fake.host}/no, repository does not "
            "exist or may require 'docker login': denied: denied\n")
        fake.routes["/v2/no/manifests/1"] = lambda h: h.fail(429, "TOOMANYREQUESTS")
        done = daemon.run("pull", f"{fake.host}/no:1", check=False)
        assert "toomanyrequests: " in done.err
        fake.routes["/v2/no/manifests/1"] = lambda h: h.answer(500, b"oops")
        done = daemon.run("pull", f"{fake.host}/no:1", check=False)
        assert "received unexpected HTTP status: 500 Internal Server Error" in done.err


def test_tls_with_certs_d(daemon, tmp_path):
    """The registry's address is no loopback: its certificate has to hold."""
    os.system("ip addr add 10.99.0.1/32 dev lo")
    cert, key = certificate(tmp_path, "registry.test", "10.99.0.1")
    folder = None
    with Registry(tls=(cert, key)) as registry, FlakyRelay("10.99.0.1", registry.port):
        host = f"10.99.0.1:{registry.port}"
        ref = f"{host}/secure:1"
        daemon.run("tag", "busybox", ref)
        done = daemon.run("push", ref, check=False)
        assert "tls: failed to verify certificate: x509: " in done.err
        folder = pathlib.Path("/etc/docker/certs.d") / host
        folder.mkdir(parents=True)
        try:
            shutil.copy(cert, folder / "ca.crt")
            daemon.run("push", ref)
            daemon.run("rmi", ref)
            daemon.run("pull", ref)
            daemon.run("rmi", ref)
            (folder / "client.cert").write_text("x")
            done = daemon.run("pull", ref, check=False)
            assert "missing key client.key for client certificate client.cert" in done.err
        finally:
            shutil.rmtree(folder)


def test_plain_http_needs_an_insecure_registry(tmp_path):
    os.system("ip addr add 10.99.0.1/32 dev lo 2>/dev/null")
    with FakeRegistry("10.99.0.1") as fake:
        fake.image("plain:1", [LAYER])
        ref = f"{fake.host}/plain:1"
        with Daemon() as daemon:
            done = daemon.run("pull", ref, check=False)
            assert "http: server gave HTTP response to HTTPS client" in done.err
            daemon.config_file.write_text(json.dumps({"insecure-registries": ["10.99.0.0/24"]}))
            daemon.run("system", "reload", client="buoy")
            daemon.run("pull", ref)


class Tunnels(socketserver.ThreadingTCPServer):
    """A proxy that knows CONNECT alone, for who brings a password."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", 0), None)
        self.port, self.seen = port, []
        self.host = f"127.0.0.1:{self.server_address[1]}"

    def finish_request(self, request, client_address):
        head = b""
        while b"\r\n\r\n" not in head:
            head += request.recv(1)
        self.seen.append(head.decode())
        if "Proxy-Authorization: " + basic("u", "p@ss") not in head.decode():
            request.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            return
        server = socket.create_connection(("127.0.0.1", self.port))
        request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        pump = FlakyProxy.__new__(FlakyProxy)
        pump.target, pump.moved, pump.cuts = -1, 0, 0
        threading.Thread(target=pump.pump, args=(server, request, None), daemon=True).start()
        pump.pump(request, server, None)


def test_tls_through_a_proxy(tmp_path):
    cert, key = certificate(tmp_path, "registry.test")
    with Registry(tls=(cert, key)) as registry, Tunnels(registry.port) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        ref = f"registry.test:{registry.port}/x:1"
        folder = pathlib.Path(f"/etc/docker/certs.d/registry.test:{registry.port}")
        folder.mkdir(parents=True)
        shutil.copy(cert, folder / "ca.crt")
        try:
            with Daemon(config={"https-proxy": f"http://u:p%40ss@{proxy.host}"}) as daemon:
                daemon.load_busybox(ref)
                daemon.run("push", ref)
                daemon.run("rmi", ref)
                daemon.run("pull", ref)
                assert all(head.startswith(f"CONNECT registry.test:{registry.port} HTTP/1.1")
                           for head in proxy.seen) and proxy.seen
                daemon.config_file.write_text(json.dumps({"https-proxy": f"http://{proxy.host}"}))
                daemon.run("system", "reload", client="buoy")
                done = daemon.run("pull", ref, check=False)
                assert "Proxy Authentication Required" in done.err
        finally:
            shutil.rmtree(folder)
            proxy.shutdown()


def FlakyRelay(address, port):
    """The same port on another address of this machine."""
    relay = FlakyProxy(port, lambda _: None)
    relay.listener.close()
    relay.listener = socket.create_server((address, port))
    return relay


def test_mirrors_and_proxies(tmp_path):
    with FakeRegistry() as mirror, FakeRegistry() as proxy:
        mirror.image("library/hello:latest", [LAYER])
        config = {"registry-mirrors": [f"http://{mirror.host}"]}
        with Daemon(config=config) as daemon:
            lines = daemon.out("pull", "hello").splitlines()
            assert "latest: Pulling from library/hello" in lines
            image = daemon.inspect("hello", "image")
            assert image["RepoTags"] == ["hello:latest"]
            assert image["RepoDigests"][0].startswith("hello@sha256:")
            # Never the credentials of what it mirrors.
            mirror.challenge = 'Basic realm="mirror"'
            auth = json.dumps({"username": "hub", "password": "secret"}).encode()
            daemon.run("rmi", "hello")
            daemon.request("POST", "/images/create?fromImage=hello&tag=latest", headers={
                "X-Registry-Auth": base64.urlsafe_b64encode(auth).decode()})
            assert all(authorization == "" for _, _, authorization in mirror.seen)

            # Through a proxy everything but loopback goes.
            config = {"http-proxy": f"http://u:p@{proxy.host}", "insecure-registries":
                      ["registry.test:80"], "https-proxy": "http://127.0.0.1:1"}
            daemon.config_file.write_text(json.dumps(config))
            daemon.run("system", "reload", client="buoy")
            daemon.run("pull", "registry.test:80/x", check=False)
            assert any(path.startswith("http://registry.test/v2/") for _, path, _ in proxy.seen)


@CLIENTS
def test_search(daemon, client):
    with FakeRegistry() as fake:
        results = {"results": [
            {"name": "one/rocket", "description": "A rocket", "star_count": 7, "is_official": True},
            {"name": "two/rocket", "description": "Another", "star_count": 1}]}
        fake.routes["/v1/search"] = lambda h: h.answer(200, json.dumps(results).encode())
        out = daemon.out("search", f"{fake.host}/rocket", client=client)
        assert [line.split() for line in out.splitlines()] == [
            ["NAME", "DESCRIPTION", "STARS", "OFFICIAL"],
            ["one/rocket", "A", "rocket", "7", "[OK]"], ["two/rocket", "Another", "1"]]
        assert any(path == "/v1/search?q=rocket&n=25" for _, path, _ in fake.seen)
        out = daemon.out("search", "-f", "stars=3", "--format", "{{.Name}}",
                         f"{fake.host}/rocket", client=client)
        assert out == "one/rocket"
        done = daemon.run("search", "--limit", "200", f"{fake.host}/x", client=client, check=False)
        assert "limit 200 is outside the range of [1, 100]" in done.err
