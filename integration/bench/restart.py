"""How long a daemon is away when it is killed and started again above live containers."""

import contextlib
import http.client
import json
import signal
import socket
import time

PATIENCE_S = 120


def _get(path, api):
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    with contextlib.closing(connection):
        connection.sock.settimeout(PATIENCE_S)
        connection.sock.connect(str(path))
        connection.request("GET", api)
        answer = connection.getresponse()
        return answer.status, answer.read()


def _poll(socket_path, api, good):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException):
            status, body = _get(socket_path, api)
            if status == 200 and good(body):
                return
        time.sleep(0.002)
    raise AssertionError(f"no {api} in {PATIENCE_S} s")


def restart(engine, containers):
    """SIGKILL and start; (ms from exec to `_ping`, ms from exec to a `ps` with all of them)."""
    engine.daemon.kill(signal.SIGKILL)
    begin = time.perf_counter()
    engine.daemon.start(wait=False)
    _poll(engine.daemon.socket, "/_ping", lambda _: True)
    ping = time.perf_counter() - begin
    # All of them, running, each with its ports.
    _poll(engine.daemon.socket, "/v1.41/containers/json",
          lambda body: len([c for c in json.loads(body) if c["Ports"]]) == containers)
    return ping * 1000, (time.perf_counter() - begin) * 1000
