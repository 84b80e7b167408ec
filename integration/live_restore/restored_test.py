"""Everything that can be asked of a container works on one that a former daemon has started; its ports
and its logs never wait for a daemon."""

import hashlib
import http.client
import json
import os
import pathlib
import signal
import subprocess
import threading
import time

import pytest
from daemon import Daemon, temp_dir, wait_for

# By hand: LOG_MB=1024, RATE=2000 RESTARTS=50.
LOG_MB = int(os.environ.get("LOG_MB", "24"))
RATE = int(os.environ.get("RATE", "100"))  # requests per second through the published port
RESTARTS = int(os.environ.get("RESTARTS", "6"))
LINE = 1000


@pytest.fixture(scope="module")
def daemon():
    with Daemon(args=["--live-restore"]) as d:
        d.load_busybox()
        yield d


@pytest.fixture(autouse=True)
def clean(daemon):
    yield
    if daemon.process.poll() is not None:
        daemon.start()
    if ids := daemon.out("ps", "-aq").split():
        daemon.run("rm", "-f", *ids)
    daemon.run("network", "rm", "n1", check=False)


@pytest.mark.parametrize("sig", [signal.SIGKILL, signal.SIGABRT, signal.SIGTERM], ids=lambda s: s.name)
def test_clients_verbs_on_a_restored_container(daemon, sig):
    daemon.run("network", "create", "n1")
    daemon.run("run", "-d", "--name", "c1", "--stop-signal", "TERM", "-p", "127.0.0.1:0:80", "busybox", "sh", "-c",
               "trap 'echo hangup' HUP; echo begin; while :; do sleep 0.1; done")
    wait_for(lambda: daemon.out("logs", "c1") == "begin", what="the trap")
    before = daemon.inspect("c1")
    daemon.restart(sig)
    assert daemon.inspect("c1") == before
    assert "sleep 0.1" in daemon.out("top", "c1")
    daemon.run("kill", "-s", "HUP", "c1")
    wait_for(lambda: daemon.out("logs", "c1") == "begin\nhangup", what="the signal's line")
    folder = temp_dir("cp")
    (folder / "in").write_text("from outside\n")
    daemon.run("cp", folder / "in", "c1:/copied")
    assert daemon.out("exec", "c1", "cat", "/copied") == "from outside"
    daemon.run("cp", "c1:/copied", folder / "out")
    assert (folder / "out").read_text() == "from outside\n"
    assert "A /copied" in daemon.out("diff", "c1")
    daemon.run("network", "connect", "n1", "c1")
    address = daemon.inspect("c1")["NetworkSettings"]["Networks"]["n1"]["IPAddress"]
    assert address in daemon.out("exec", "c1", "ip", "-4", "addr")
    assert daemon.out("run", "--rm", "--network", "n1", "busybox", "ping", "-c", "1", "-w", "5",
                      address).count("1 packets received") == 1
    daemon.run("network", "disconnect", "n1", "c1")
    assert address not in daemon.out("exec", "c1", "ip", "-4", "addr")
    daemon.run("update", "--restart", "always", "--pids-limit", "50", "c1")
    daemon.run("rename", "c1", "d1")
    assert daemon.out("commit", "d1", "copy:1").startswith("sha256:")
    daemon.run("rmi", "copy:1")
    # The policy that it has only now is the supervisor's.
    os.kill(before["State"]["Pid"], signal.SIGKILL)
    wait_for(lambda: daemon.inspect("d1")["RestartCount"] == 1
             and daemon.inspect("d1")["State"]["Status"] == "running", what="the restart")
    daemon.run("rm", "-f", "d1")
    daemon.run("network", "rm", "n1")


def written(daemon, name, *options):
    """Runs what prints LOG_MB of numbered lines while no daemon lives; returns its text."""
    count = LOG_MB * (1 << 20) // LINE
    text = "x" * (LINE - 9)  # cat -n puts a number of six digits and a tab in front
    script = f"while ! test -e /go; do sleep 0.05; done; yes {text} | head -n {count} | cat -n"
    daemon.run("run", "-d", "--name", name, *options, "busybox", "sh", "-c", script)
    found = daemon.inspect(name)
    root = f"/proc/{found['State']['Pid']}/root"
    daemon.kill()
    pathlib.Path(root, "go").touch()
    wait_for(lambda: not pathlib.Path(f"/proc/{found['State']['Pid']}").exists(),
             60 + LOG_MB, "the end of what writes")
    daemon.start()
    assert daemon.inspect(name)["State"]["ExitCode"] == 0
    return found, "".join(f"{i:6}\t{text}\n" for i in range(1, count + 1)).encode()


def logs(daemon, name, *options):
    return daemon.run("logs", *options, name, text=False, timeout=600).out


def test_logs_while_the_daemon_is_dead(daemon):
    _, text = written(daemon, "c1")
    assert hashlib.sha256(logs(daemon, "c1")).digest() == hashlib.sha256(text).digest()


def test_rotation_while_the_daemon_is_dead(daemon):
    found, text = written(daemon, "c1", "--log-opt", "max-size=1m", "--log-opt", "max-file=3")
    path = pathlib.Path(found["LogPath"])
    files = sorted(p.name for p in path.parent.glob(path.name + "*"))
    assert files == [path.name, path.name + ".1", path.name + ".2"]
    assert all(p.stat().st_size <= (1 << 20) + 2 * LINE for p in path.parent.glob(path.name + "*"))
    kept = logs(daemon, "c1")
    assert len(kept) > 1 << 20 and text.endswith(kept)  # the newest, without a hole
    assert logs(daemon, "c1", "--tail", "5") == b"".join(text.splitlines(True)[-5:])


class Visitor(threading.Thread):
    """Asks through the published port, at its share of RATE, until told to stop."""

    COUNT = 4

    def __init__(self, port, stop):
        super().__init__()
        self.port, self.stop_event, self.done, self.errors = port, stop, 0, []

    def run(self):
        while not self.stop_event.is_set():
            begin = time.monotonic()
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                connection.request("GET", "/")
                assert connection.getresponse().read() == b"ok\n"
                connection.close()
                self.done += 1
            except Exception as error:  # noqa: reported by the test
                self.errors.append(repr(error))
            time.sleep(max(0, self.COUNT / RATE - (time.monotonic() - begin)))


def test_no_request_through_a_port_fails_and_no_rule_changes(daemon):
    daemon.run("run", "-d", "--name", "web", "-p", "127.0.0.1:0:80", "busybox", "sh", "-c",
               "mkdir /w; echo ok >/w/index.html; httpd -fh /w")
    port = int(daemon.out("port", "web", "80/tcp").split(":")[-1])
    wait_for(lambda: subprocess.run(["curl", "-sf", f"http://127.0.0.1:{port}/"],
                                    capture_output=True).returncode == 0, what="the server")
    monitor = subprocess.Popen(["nft", "monitor"], stdout=subprocess.PIPE, text=True)
    stop = threading.Event()
    visitors = [Visitor(port, stop) for _ in range(Visitor.COUNT)]
    for visitor in visitors:
        visitor.start()
    for turn in range(RESTARTS):
        asked = sum(v.done for v in visitors)
        daemon.kill((signal.SIGKILL, signal.SIGTERM, signal.SIGABRT)[turn % 3])
        # Some of them with no daemon at all.
        wait_for(lambda: sum(v.done for v in visitors) > asked + 5 or any(v.errors for v in visitors),
                 30, "requests without a daemon")
        daemon.start()
    stop.set()
    for visitor in visitors:
        visitor.join()
    print("requests:", sum(v.done for v in visitors))
    assert [v.errors for v in visitors] == [[]] * Visitor.COUNT
    monitor.terminate()
    assert monitor.communicate()[0] == ""
    assert json.loads(daemon.request("GET", "/containers/web/json")[2])["RestartCount"] == 0
