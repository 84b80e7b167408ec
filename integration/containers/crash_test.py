"""Any process of Buoy is killed: no container, exit code or log line is lost."""

import os
import signal
import time

import pytest
from daemon import Daemon, wait_for


@pytest.fixture
def daemon():
    with Daemon(args=["--live-restore"]) as d:
        d.load_busybox()
        yield d


def shim_of(daemon, name):
    pid = daemon.inspect(name)["State"]["Pid"]
    return int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[1])


def test_a_killed_supervisor_is_noticed_and_its_container_can_be_removed(daemon):
    daemon.run("run", "-d", "--name", "c1", "busybox", "sleep", "600")
    pid = daemon.inspect("c1")["State"]["Pid"]
    os.kill(shim_of(daemon, "c1"), signal.SIGKILL)
    time.sleep(0.5)
    state = daemon.inspect("c1")["State"]
    if os.path.exists(f"/proc/{pid}"):  # adopted: it runs on and says so
        assert state["Running"] and state["Pid"] == pid
    else:
        assert not state["Running"]
    daemon.run("stop", "-t", "0", "c1", check=False)
    wait_for(lambda: not daemon.inspect("c1")["State"]["Running"], what="c to be stopped")
    daemon.run("rm", "-f", "c1")
    wait_for(lambda: not os.path.exists(f"/proc/{pid}"), what="the process to be gone")


def test_supervisor_and_daemon_killed_together(daemon):
    daemon.run("run", "-d", "--name", "c1", "busybox", "sleep", "600")
    shim = shim_of(daemon, "c1")
    daemon.kill()
    os.kill(shim, signal.SIGKILL)
    daemon.start()
    daemon.run("rm", "-f", "c1")
    daemon.run("run", "--rm", "--name", "c1", "busybox", "true")


def test_init_killed_from_outside(daemon):
    daemon.run("run", "-d", "--name", "c1", "busybox", "sleep", "600")
    os.kill(daemon.inspect("c1")["State"]["Pid"], signal.SIGKILL)
    wait_for(lambda: not daemon.inspect("c1")["State"]["Running"], what="the end to be noticed")
    assert daemon.inspect("c1")["State"]["ExitCode"] == 137


def test_torn_state_does_not_stop_the_start(daemon):
    daemon.run("run", "-d", "--name", "good", "busybox", "sleep", "600")
    daemon.run("run", "-d", "--name", "bad", "busybox", "sleep", "600")
    bad = daemon.inspect("bad")["Id"]
    daemon.kill()
    for name in ("shim.sock",):
        (daemon.exec_root / "containers" / bad / name).unlink(missing_ok=True)
    (daemon.data_root / "containers" / bad / "journal").write_bytes(b"\xff" * 100)
    daemon.start()
    assert daemon.inspect("good")["State"]["Running"]
    daemon.run("rm", "-f", "bad")
    assert daemon.out("exec", "good", "echo", "fine") == "fine"


@pytest.mark.parametrize("moment", [0.0, 0.01, 0.03, 0.06, 0.1])
def test_no_exit_code_is_lost_around_a_kill(daemon, moment):
    names = [f"c{i}" for i in range(6)]
    for i, name in enumerate(names):
        daemon.run("run", "-d", "--name", name, "busybox", "sh", "-c", f"sleep 0.4; exit {i + 20}")
    time.sleep(moment)
    daemon.kill()
    time.sleep(1)
    daemon.start()
    for i, name in enumerate(names):
        wait_for(lambda: not daemon.inspect(name)["State"]["Running"], what=name)
        assert daemon.inspect(name)["State"]["ExitCode"] == i + 20
