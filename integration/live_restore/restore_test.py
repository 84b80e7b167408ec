"""What a restarted daemon finds: with live restore everything as it was, without it all stopped."""

import json
import signal
import socket
import time
import urllib.request

import pytest
from daemon import Daemon, wait_for

KILLS = [signal.SIGKILL, signal.SIGTERM]


@pytest.fixture
def daemon():
    with Daemon(config={"live-restore": True}) as d:
        d.load_busybox()
        yield d


def facts(daemon, name):
    """Everything that must not change across a restart."""
    found = daemon.inspect(name)
    found.pop("ExecIDs")
    return found


@pytest.mark.parametrize("sig", KILLS, ids=["KILL", "TERM"])
def test_everything_is_as_it_was(daemon, sig):
    daemon.run("run", "-d", "--name", "web", "-p", "127.0.0.1:0:80", "-p", "0:81/udp", "--restart",
               "always", "busybox", "sh", "-c", "mkdir /w; echo ok >/w/index.html; httpd -fh /w")
    daemon.run("run", "-d", "--name", "paused", "busybox", "sleep", "600")
    daemon.run("pause", "paused")
    daemon.run("run", "-d", "--rm", "--name", "temporary", "busybox", "sleep", "600")
    daemon.run("create", "--name", "never", "busybox")
    daemon.run("run", "--name", "ended", "busybox", "sh", "-c", "exit 3", check=False)
    names = ["web", "paused", "temporary", "never", "ended"]
    before = {name: facts(daemon, name) for name in names}
    networks = daemon.out("network", "ls")
    port = daemon.out("port", "web", "80/tcp").split(":")[-1]

    def fetch():
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()

    assert fetch() == b"ok\n"
    daemon.kill(sig)
    assert fetch() == b"ok\n"
    daemon.start()
    assert fetch() == b"ok\n"
    assert {name: facts(daemon, name) for name in names} == before
    assert daemon.out("network", "ls") == networks


def test_a_restored_container_can_do_everything(daemon):
    daemon.run("run", "-dit", "--name", "c1", "busybox")
    daemon.restart()
    assert daemon.out("exec", "c1", "echo", "hi") == "hi"
    assert daemon.out("exec", "-u", "www-data", "c1", "id", "-un") == "www-data"
    daemon.run("rename", "c1", "d1")
    daemon.run("update", "--memory", "64m", "--memory-swap", "128m", "d1")
    assert daemon.inspect("d1")["HostConfig"]["Memory"] == 64 << 20
    assert daemon.request("POST", "/containers/d1/resize?h=30&w=90")[0] == 200
    assert daemon.out("exec", "-t", "d1", "stty", "-F", "/dev/pts/0", "size").strip() == "30 90"
    stats = json.loads(daemon.request("GET", "/containers/d1/stats?stream=false")[2])
    assert stats["memory_stats"]["usage"] > 0
    daemon.run("pause", "d1")
    daemon.run("unpause", "d1")
    daemon.run("kill", "-s", "USR1", "d1", check=False)
    daemon.run("stop", "-t", "1", "d1")
    daemon.run("start", "d1")
    daemon.run("rm", "-f", "d1")
    assert daemon.out("ps", "-aq") == ""


@pytest.mark.parametrize("sig", KILLS, ids=["KILL", "TERM"])
def test_without_live_restore_containers_stop(sig):
    with Daemon() as daemon:
        daemon.load_busybox()
        daemon.run("run", "-d", "--name", "c1", "busybox", "sh", "-c",
                   "trap 'exit 7' TERM; while :; do sleep 0.1; done")
        pid = daemon.inspect("c1")["State"]["Pid"]
        daemon.kill(sig)
        daemon.start()
        state = daemon.inspect("c1")["State"]
        assert not state["Running"]
        assert state["ExitCode"] == (7 if sig == signal.SIGTERM else state["ExitCode"])
        wait_for(lambda: not _alive(pid), what="the old process to end")


def _alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_live_restore_is_switched_by_reload():
    with Daemon() as daemon:
        daemon.load_busybox()
        daemon.run("run", "-d", "--name", "c1", "--stop-timeout", "0", "busybox", "sleep", "600")
        assert daemon.out("info", "-f", "{{.LiveRestoreEnabled}}") == "false"
        daemon.config_file.write_text('{"live-restore": true}')
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: daemon.out("info", "-f", "{{.LiveRestoreEnabled}}") == "true",
                 what="the reload")
        pid = daemon.inspect("c1")["State"]["Pid"]
        daemon.restart(signal.SIGTERM)
        assert daemon.inspect("c1")["State"]["Pid"] == pid
        daemon.config_file.write_text("{}")
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: daemon.out("info", "-f", "{{.LiveRestoreEnabled}}") == "false",
                 what="the reload back")
        daemon.restart(signal.SIGTERM)
        assert not daemon.inspect("c1")["State"]["Running"]


def test_changed_network_options_wait_for_the_containers(daemon):
    daemon.run("run", "-d", "--name", "c1", "busybox", "sleep", "600")
    before = facts(daemon, "c1")
    daemon.kill()
    daemon.args += ["--bip", "10.99.0.1/24"]
    daemon.start()
    assert "There are old running containers, the network config will not take affect" in daemon.log()
    assert facts(daemon, "c1") == before
    daemon.run("rm", "-f", "c1")
    daemon.restart(signal.SIGTERM)
    daemon.run("run", "-d", "--name", "c1", "busybox", "sleep", "600")
    assert daemon.inspect("c1")["NetworkSettings"]["Networks"]["bridge"]["IPAddress"].startswith(
        "10.99.0."
    )


def test_many_kills_lose_nothing(daemon):
    daemon.run("run", "-d", "--name", "c1", "busybox", "sh", "-c",
               "i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done")
    before = facts(daemon, "c1")
    for _ in range(10):
        daemon.restart()
        time.sleep(0.1)
    assert facts(daemon, "c1") == before
    daemon.run("stop", "-t", "0", "c1")
    numbers = [int(n) for n in daemon.out("logs", "c1").split()]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 50
