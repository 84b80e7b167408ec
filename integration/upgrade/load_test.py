"""No request fails while the daemon is replaced again and again."""

import http.client
import json
import os
import socket
import subprocess
import threading
import time
import urllib.request

import pytest
from daemon import Daemon

# By hand: UPGRADES=50 RATE=500.
UPGRADES = int(os.environ.get("UPGRADES", "8"))
RATE = int(os.environ.get("RATE", "100"))  # requests per second, all clients together
CLIENTS = 8


@pytest.fixture
def daemon():
    with Daemon(config={"live-restore": True}) as d:
        d.load_busybox()
        d.run("run", "-d", "--name", "web", "-p", "127.0.0.1:0:80", "busybox", "sh", "-c",
              "mkdir /w; echo ok >/w/index.html; httpd -fh /w")
        yield d


class Client(threading.Thread):
    """One kept-alive connection: a closed one is an error, too."""

    def __init__(self, daemon, number, stop):
        super().__init__()
        self.number, self.stop_event = number, stop
        self.done, self.errors = 0, []
        self.connection = http.client.HTTPConnection("localhost", timeout=30)
        self.connection.sock = socket.socket(socket.AF_UNIX)
        self.connection.sock.settimeout(30)
        self.connection.sock.connect(str(daemon.socket))
        self.connection.auto_open = 0

    def ask(self, method, path, expected, body=None):
        headers = {"Content-Type": "application/json"} if body else {}
        self.connection.request(method, path, body=body and json.dumps(body), headers=headers)
        answer = self.connection.getresponse()
        data = answer.read()
        assert answer.status == expected, f"{method} {path}: {answer.status} {data}"
        self.done += 1

    def run(self):
        try:
            at = 0
            while not self.stop_event.is_set():
                begin = time.monotonic()
                at += 1
                if self.number % 4 == 0:
                    self.ask("GET", "/_ping", 200)
                elif self.number % 4 == 1:
                    self.ask("GET", "/containers/json", 200)
                elif self.number % 4 == 2:
                    self.ask("GET", "/containers/web/json", 200)
                else:
                    name = f"c{self.number}-{at}"
                    self.ask("POST", f"/containers/create?name={name}", 201, {"Image": "busybox"})
                    self.ask("DELETE", f"/containers/{name}", 204)
                time.sleep(max(0, CLIENTS / RATE - (time.monotonic() - begin)))
        except Exception as error:  # noqa: reported by the test
            self.errors.append(repr(error))


def test_no_request_fails_and_no_rule_changes(daemon):
    port = daemon.out("port", "web", "80/tcp").split(":")[-1]
    monitor = subprocess.Popen(["nft", "monitor"], stdout=subprocess.PIPE, text=True)
    stop = threading.Event()
    clients = [Client(daemon, number, stop) for number in range(CLIENTS)]
    time.sleep(0.3)
    for client in clients:
        client.start()
    for _ in range(UPGRADES):
        daemon.upgrade()
        assert urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read() == b"ok\n"
        time.sleep(0.1)
    stop.set()
    for client in clients:
        client.join()
    print("requests:", sum(client.done for client in clients), "upgrades:", UPGRADES)
    assert [client.errors for client in clients] == [[]] * CLIENTS
    assert all(client.done > UPGRADES for client in clients)
    monitor.terminate()
    assert monitor.communicate()[0] == ""
    assert daemon.out("ps", "-aq").count("\n") == 0  # web alone
