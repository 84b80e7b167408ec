"""`buoy` lives on when its daemon goes away for a moment: events, exec, run.

The daemon is a small stand-in on a unix socket, so that the moments at which it dies are exact.
"""

import json
import os
import pathlib
import socket
import subprocess
import threading
import time

import pytest

BUOY = str(pathlib.Path(os.environ["BUOY"]).resolve())


def _reply(body, status="200 OK", more=""):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (f"HTTP/1.1 {status}\r\nApi-Version: 1.50\r\nOstype: linux\r\n{more}"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n").encode() + data


class StandIn:
    """Answers by `routes`: path -> bytes, or a function that gets the connection and the request."""

    def __init__(self, path, routes):
        self.path, self.routes, self.open = path, routes, []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        data = b""
        while True:
            while b"\r\n\r\n" not in data:
                try:
                    got = connection.recv(65536)
                except OSError:
                    return
                if not got:
                    return
                data += got
            head, _, data = data.partition(b"\r\n\r\n")
            length = [int(line.split(b":")[1]) for line in head.split(b"\r\n")
                      if line.lower().startswith(b"content-length")]
            while length and len(data) < length[0]:
                data += connection.recv(65536)
            data = data[length[0]:] if length else data
            target = head.split(b" ")[1].decode()
            path = "/" + target.split("?")[0].split("/", 2)[2] if target.startswith("/v") else target
            answer = self.routes.get(path, _reply({"message": "page not found"}, "404 Not Found"))
            if callable(answer):
                answer(connection, target)
                return
            connection.sendall(answer)

    def die(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.unlink(self.path)
        for connection in self.open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def _event(name, ns):
    return json.dumps({"Type": "container", "Action": name, "Actor": {"ID": "x", "Attributes": {}},
                       "time": ns // 10**9, "timeNano": ns}).encode() + b"\n"


CHUNKED = (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
           b"Transfer-Encoding: chunked\r\n\r\n")


def _chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


@pytest.fixture
def sock(tmp_path):
    path = pathlib.Path(f"/tmp/buoy-standin-{os.getpid()}.sock")
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def _env(sock, tmp_path):
    return {**os.environ, "DOCKER_HOST": f"unix://{sock}", "DOCKER_CONFIG": str(tmp_path)}


def test_events_go_on_without_gap_or_duplicate(sock, tmp_path):
    now = time.time_ns()
    targets = []

    def events(texts):
        def serve(connection, target):
            targets.append(target)
            connection.sendall(CHUNKED + b"".join(_chunk(text) for text in texts))
        return serve

    base = {"/_ping": _reply(b"OK"), "/config": _reply({})}
    one, two, three = (_event(f"e{n}", now + n * 10**6) for n in (1, 2, 3))
    first = StandIn(sock, {**base, "/events": events([one, two])})
    client = subprocess.Popen([BUOY, "events", "--format", "{{.Action}}"], env=_env(sock, tmp_path),
                              stdout=subprocess.PIPE, text=True)
    try:
        assert [client.stdout.readline() for _ in range(2)] == ["e1\n", "e2\n"]
        first.die()
        time.sleep(0.5)
        # The daemon repeats what it knows since the asked time, and what happened meanwhile.
        second = StandIn(sock, {**base, "/events": events([two, three])})
        assert client.stdout.readline() == "e3\n"
        assert client.poll() is None
        assert "since=" in targets[-1]
        second.die()
    finally:
        client.kill()
        client.wait()


def _exec_routes(after):
    return {"/_ping": _reply(b"OK"), "/containers/c/json": _reply({"Id": "c"}),
            "/containers/c/exec": _reply({"Id": "e1"}, "201 Created"), **after}


def test_exec_status_is_asked_until_the_daemon_is_back(sock, tmp_path):
    daemon = None

    def start(connection, _):
        # The supervisor holds the stream: it goes on while the daemon dies, then ends.
        connection.sendall(b"HTTP/1.1 101 UPGRADED\r\nContent-Type: "
                           b"application/vnd.docker.multiplexed-stream\r\nConnection: Upgrade\r\n"
                           b"Upgrade: tcp\r\n\r\n\x01\0\0\0\0\0\0\x03hi\n")
        daemon.open.remove(connection)
        daemon.die()
        connection.sendall(b"\x01\0\0\0\0\0\0\x04bye\n")
        connection.shutdown(socket.SHUT_RDWR)

    daemon = StandIn(sock, _exec_routes({"/exec/e1/start": start}))
    client = subprocess.Popen([BUOY, "exec", "c", "x"], env=_env(sock, tmp_path), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1.5)
    assert client.poll() is None
    back = StandIn(sock, _exec_routes({"/exec/e1/json": _reply({"ExitCode": 7})}))
    out, err = client.communicate(timeout=10)
    assert (client.returncode, out, err) == (7, "hi\nbye\n", "")
    back.die()
