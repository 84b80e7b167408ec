"""Authorization plugins: what they are shown, what their word does, and that nothing slips past."""

import base64
import http.server
import json
import pathlib
import socket
import socketserver
import threading

import pytest
from certificates import flags, install, make_ca, make_certificate
from daemon import Daemon

SOCKETS = pathlib.Path("/run/docker/plugins")


class Plugin:
    """A plugin of Docker's first protocol that writes down what it is asked."""

    def __init__(self, name, implements=("authz",)):
        self.name, self.asked = name, []
        self.decide = lambda kind, request: {"Allow": True}
        self.status = 200
        plugin = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                kind = self.path.strip("/")
                status = 200
                if kind == "Plugin.Activate":
                    answer = {"Implements": list(implements)}
                else:
                    request = json.loads(body)
                    plugin.asked.append((kind, request))
                    status, answer = plugin.status, plugin.decide(kind, request)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def address_string(self):
                return "unix"

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True

        SOCKETS.mkdir(parents=True, exist_ok=True)
        self.path = SOCKETS / f"{name}.sock"
        self.path.unlink(missing_ok=True)
        self.server = Server(str(self.path), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def requests(self, kind="AuthZPlugin.AuthZReq"):
        return [request for asked, request in self.asked if asked == kind]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.path.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def world():
    plugin = Plugin("guard")
    with Daemon(args=["--authorization-plugin=guard"]) as daemon:
        daemon.load_busybox()
        yield daemon, plugin
        plugin.decide = lambda kind, request: {"Allow": True}
        plugin.status = 200
    plugin.close()


@pytest.fixture
def guard(world):
    daemon, plugin = world
    plugin.decide = lambda kind, request: {"Allow": True}
    plugin.status = 200
    plugin.asked.clear()
    return daemon, plugin


def deny(what, message="no"):
    return lambda kind, request: ({"Allow": False, "Msg": message} if what(kind, request)
                                  else {"Allow": True})


def raw(daemon, request):
    """Bytes on a connection of their own; the whole answer."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(30)
        s.connect(str(daemon.socket))
        s.sendall(request)
        answer = b""
        while True:
            try:
                piece = s.recv(65536)
            except ConnectionResetError:
                return answer
            if not piece:
                return answer
            answer += piece


def body_of(request):
    return base64.b64decode(request.get("RequestBody", ""))


def test_what_a_plugin_is_shown(guard):
    daemon, plugin = guard
    body = json.dumps({"Image": "busybox", "Cmd": ["true"]})
    daemon.request("POST", "/v1.45/containers/create?name=shown", body,
                   {"X-Registry-Auth": "secret", "X-Registry-Config": "secret", "x-other": "1"})
    request, answer = plugin.requests()[0], plugin.requests("AuthZPlugin.AuthZRes")[0]
    assert request["RequestMethod"] == "POST"
    assert request["RequestUri"] == "/v1.45/containers/create?name=shown"
    assert body_of(request).decode() == body
    assert request["RequestHeaders"]["X-Other"] == "1"
    assert "secret" not in json.dumps(request) and "User" not in request
    assert answer["ResponseStatusCode"] == 201 and answer["RequestUri"] == request["RequestUri"]
    assert set(json.loads(base64.b64decode(answer["ResponseBody"]))) == {"Id", "Warnings"}
    assert answer["ResponseHeaders"]["Content-Type"] == "application/json"


def test_a_request_that_is_denied_is_not_carried_out(guard):
    daemon, plugin = guard
    plugin.decide = deny(lambda kind, r: "/create" in r["RequestUri"], "not on Fridays")
    done = daemon.run("run", "--name", "denied", "busybox", "true", check=False)
    assert done.status == 125
    assert "authorization denied by plugin guard: not on Fridays" in done.err
    status, _, body = daemon.request("POST", "/containers/create", {"Image": "busybox"})
    assert status == 403
    assert json.loads(body) == {"message": "authorization denied by plugin guard: not on Fridays"}
    plugin.decide = lambda kind, request: {"Allow": True}
    assert "denied" not in daemon.out("ps", "-a", "--format", "{{.Names}}")


def test_an_answer_that_is_denied_is_not_shown(guard):
    daemon, plugin = guard
    plugin.decide = deny(lambda kind, r: kind.endswith("Res") and "/json" in r["RequestUri"])
    status, _, body = daemon.request("GET", "/containers/json")
    assert (status, json.loads(body)) == (403, {"message": "authorization denied by plugin guard: no"})


@pytest.mark.parametrize("path", ["/events", "/containers/stream/logs?stdout=1&follow=1"])
def test_a_stream_that_is_denied_does_not_begin(guard, path):
    daemon, plugin = guard
    daemon.run("create", "--name", "stream", "busybox", "true", check=False)
    plugin.decide = deny(lambda kind, r: kind.endswith("Res"))
    status, _, body = daemon.request("GET", path)
    assert status == 403 and b"authorization denied by plugin guard: no" in body


def test_sessions_and_streams_pass(guard):
    daemon, plugin = guard
    done = daemon.run("run", "--rm", "-i", "busybox", "cat", input="through\n")
    assert done.out == "through\n"
    statuses = [r.get("ResponseStatusCode") for r in plugin.requests("AuthZPlugin.AuthZRes")]
    assert 101 in statuses


CREATE = json.dumps({"Image": "busybox", "HostConfig": {"Privileged": True}}).encode()


def privileged(kind, request):
    return kind.endswith("Req") and b"Privileged" in body_of(request)


@pytest.mark.parametrize("head", [
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
], ids=["chunked", "length 0 and chunked", "chunked and length 0"])
def test_cve_2024_41110_a_body_without_a_length_is_seen(guard, head):
    """The plugin must see the body that the daemon reads, whatever Content-Length says."""
    daemon, plugin = guard
    plugin.decide = deny(privileged, "no privileges")
    answer = raw(daemon, b"POST /containers/create?name=cve HTTP/1.1\r\nHost: x\r\n"
                 b"Content-Type: application/json\r\nConnection: close\r\n" + head + b"\r\n"
                 + f"{len(CREATE):x}\r\n".encode() + CREATE + b"\r\n0\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 403", b"HTTP/1.1 400")), answer
    assert b"no privileges" in answer or not plugin.requests()
    plugin.decide = lambda kind, request: {"Allow": True}
    assert "cve" not in daemon.out("ps", "-a", "--format", "{{.Names}}")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON",
                                  "application/json ; x=\"", "text/plain", "", "application/xml"])
def test_a_body_is_shown_or_not_read(guard, kind):
    daemon, plugin = guard
    plugin.decide = deny(privileged, "no privileges")
    status, _, body = daemon.request("POST", "/containers/create?name=kind", CREATE,
                                     {"Content-Type": kind})
    assert status in (400, 403), (status, body)
    plugin.decide = lambda kind, request: {"Allow": True}
    assert "kind" not in daemon.out("ps", "-a", "--format", "{{.Names}}")


def test_a_body_that_is_too_long_to_be_shown_is_refused(guard):
    daemon, plugin = guard
    long = json.dumps({"Image": "busybox", "Env": ["X=" + "x" * 1_100_000]})
    status, _, body = daemon.request("POST", "/containers/create", long)
    assert status == 500
    assert b"request body too large for authorization plugin: size exceeds 1048576 bytes" in body
    assert not plugin.requests()
    fits = json.dumps({"Image": "busybox", "Env": ["X=" + "x" * 1_000_000]})
    assert daemon.request("POST", "/containers/create", fits)[0] == 201
    assert body_of(plugin.requests()[0]).decode() == fits


def test_tars_are_not_shown(guard):
    daemon, plugin = guard
    daemon.load_busybox("other:latest")
    load = next(r for r in plugin.requests() if "/images/load" in r["RequestUri"])
    assert "RequestBody" not in load
    assert "other" in daemon.out("images")


def test_credentials_of_auth_are_not_shown(guard):
    daemon, plugin = guard
    daemon.request("POST", "/v1.45/auth", {"username": "u", "password": "hidden",
                                           "serveraddress": "127.0.0.1:1"})
    assert plugin.requests() and "RequestBody" not in plugin.requests()[0]


def test_a_plugin_that_fails_denies(guard):
    daemon, plugin = guard
    plugin.status, plugin.decide = 500, lambda kind, request: {"Err": "out of order"}
    status, _, body = daemon.request("GET", "/info")
    assert status == 500 and json.loads(body)["message"] == (
        "plugin guard failed with error: AuthZPlugin.AuthZReq: out of order")


def reload(daemon, config):
    daemon.config_file.write_text(json.dumps(config))
    status, _, body = daemon.request("POST", "/config/reload")
    return status, json.loads(body)


def test_plugins_come_and_go_by_reload():
    first, second = Plugin("first"), Plugin("second")
    other = Plugin("nothing", implements=("VolumeDriver",))
    try:
        with Daemon() as daemon:
            assert reload(daemon, {"authorization-plugins": ["first", "second", "first"]})[0] == 200
            first.asked.clear()
            assert json.loads(daemon.request("GET", "/info")[2])["Plugins"]["Authorization"] == [
                "first", "second", "first"]
            assert len(first.asked) == len(second.asked) == 2
            second.decide = deny(lambda kind, r: r["RequestUri"] == "/version")
            status, _, body = daemon.request("GET", "/version")
            assert status == 403 and b"denied by plugin second" in body
            for missing, text in (("ghost", "plugin \"ghost\" not found"),
                                  ("nothing", "Plugin does not implement the requested driver")):
                status, answer = reload(daemon, {"authorization-plugins": [missing]})
                assert status == 400 and text in answer["message"]
                assert daemon.request("GET", "/version")[0] == 403
            first.asked.clear()
            assert reload(daemon, {})[0] == 200
            assert daemon.request("GET", "/version")[0] == 200
            assert [r["RequestUri"] for r in first.requests()] == ["/config/reload"] * 1
    finally:
        for plugin in (first, second, other):
            plugin.close()


def test_client_certificates_name_the_user(tmp_path):
    make_ca(tmp_path)
    make_certificate(tmp_path, "server")
    make_certificate(tmp_path, "alice", usage="clientAuth")
    install(tmp_path, "server")
    plugin = Plugin("who")
    try:
        args = flags(tmp_path, "--tlsverify", "--authorization-plugin=who")
        with Daemon(args=args) as daemon:
            plugin.asked.clear()
            daemon.run("-H", args[1], "--tlsverify", f"--tlscacert={tmp_path}/ca.pem",
                       f"--tlscert={tmp_path}/alice.pem", f"--tlskey={tmp_path}/alice-key.pem", "ps")
            request = plugin.requests()[-1]
            assert (request["User"], request["UserAuthNMethod"]) == ("alice", "TLS")
            pem = base64.b64decode(request["RequestPeerCertificates"][0]).decode()
            assert pem == (tmp_path / "alice.pem").read_text()
    finally:
        plugin.close()
