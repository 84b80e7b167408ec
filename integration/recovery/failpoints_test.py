"""The daemon is killed between all persisted steps of an operation; what the next one finds and keeps
in the kernel and on disk equals its database, and the operation can be done again."""

import json
import signal
import subprocess
import time

import pytest
from census import settle
from daemon import Daemon, make_image, wait_for

CREATE = ("create", "--name", "c1", "-v", "/anonymous", "-v", "named:/named", "-w", "/work", "-p", "80")


@pytest.fixture(scope="module")
def daemon():
    with Daemon(args=["--live-restore"]) as d:
        d.load_busybox()
        yield d


@pytest.fixture(autouse=True)
def clean(daemon):
    yield
    daemon.extra_env = {}
    if daemon.process.poll() is not None:
        daemon.start()
    if ids := daemon.out("ps", "-aq").split():
        daemon.run("rm", "-fv", *ids)
    daemon.run("network", "rm", "n1", check=False)
    if volumes := daemon.out("volume", "ls", "-q").split():
        daemon.run("volume", "rm", *volumes)
    settle(daemon)


def crash(daemon, point, *action):
    """Runs a client's command; the daemon dies at the failpoint, the next one is ready afterwards."""
    daemon.kill()
    daemon.extra_env = {"BUOY_FAILPOINT": point}
    daemon.start()
    client = daemon.spawn(*action, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert daemon.process.wait(timeout=20) == -signal.SIGKILL, f"{point} was not reached"
    finally:
        daemon.extra_env = {}
        if daemon.process.poll() is not None:
            daemon.start()
    try:
        client.wait(timeout=15)
    except subprocess.TimeoutExpired:  # `wait` and the like may go on; none of these is one
        client.kill()
        client.wait()
        raise AssertionError(f"{point}: the client {action} hangs") from None


def exists(daemon, name="c1"):
    return name in daemon.out("ps", "-a", "--format", "{{.Names}}").split()


def state(daemon, name="c1"):
    return daemon.inspect(name)["State"]


def anonymous(daemon):
    return [v for v in daemon.out("volume", "ls", "-q").split() if v != "named"]


@pytest.mark.parametrize("point", [
    "create.folder", "create.rootfs", "create.mounted", "volume_create.folder", "volume_create.row",
    "volume_create.folder:2", "volume_create.row:2", "create.volumes", "create.files", "create.row",
])
def test_create(daemon, point):
    crash(daemon, point, *CREATE, "busybox", "sleep", "600")
    settle(daemon)
    assert exists(daemon) == (point == "create.row")
    assert len(anonymous(daemon)) == (1 if exists(daemon) else 0)
    if not exists(daemon):
        daemon.run(*CREATE, "busybox", "sleep", "600")
    daemon.run("start", "c1")
    settle(daemon)


@pytest.mark.parametrize("point", [
    "start.files", "sandbox.begin", "sandbox.row", "sandbox.namespace", "sandbox.firewall",
    "start.network", "start.shim", "start.network_row", "start.running",
])
def test_start(daemon, point):
    daemon.run(*CREATE, "busybox", "sleep", "600")
    crash(daemon, point, "start", "c1")
    settle(daemon)
    assert state(daemon)["Status"] == ("running" if point == "start.running" else "created")
    daemon.run("start", "c1")
    assert daemon.out("exec", "c1", "hostname", "-i") == (
        daemon.inspect("c1")["NetworkSettings"]["Networks"]["bridge"]["IPAddress"])
    settle(daemon)


def test_failed_start(daemon):
    daemon.run(*CREATE, "busybox", "nope")
    crash(daemon, "start.failed", "start", "c1")
    settle(daemon)
    assert daemon.run("start", "c1", check=False).status != 0
    assert state(daemon)["ExitCode"] == 127


@pytest.mark.parametrize("point", [
    "exit.known", "exit.row", "exit.events", "cleanup.ports", "teardown.row", "teardown.firewall",
    "cleanup.network", "cleanup.row", "cleanup.volumes",
])
def test_exit(daemon, point):
    since = time.time() - 1
    daemon.run(*CREATE, "busybox", "sh", "-c", "while ! test -e /end; do sleep 0.1; done; exit 7")
    daemon.run("start", "c1")
    found = daemon.inspect("c1")["Id"]  # the tests before had a c1, too
    crash(daemon, point, "exec", "c1", "touch", "/end")
    wait_for(lambda: state(daemon)["Status"] == "exited", what="the end")
    assert state(daemon)["ExitCode"] == 7
    settle(daemon)
    out = daemon.out("events", "--since", f"{since:.3f}", "--until", f"{time.time() + 1:.3f}", "--filter",
                     f"container={found}", "--format", "{{.Action}}")
    assert [e for e in out.split() if e in ("start", "die")] == ["start", "die"], out


@pytest.mark.parametrize("point", [
    "rm.begin", "rm.plan", "rm.state", "rm.network", "rm.rootfs", "rm.folder", "rm.row", "volume_rm.trash",
    "volume_rm.row", "volume_rm.folder", "rm.volumes", "rm.shim", "rm.bundle",
])
def test_rm(daemon, point):
    daemon.run(*CREATE, "busybox", "sleep", "600")
    daemon.run("start", "c1")
    crash(daemon, point, "rm", "-fv", "c1")
    settle(daemon)
    if point in ("rm.begin", "rm.plan"):
        assert state(daemon)["ExitCode"] == 137
        daemon.run("rm", "-v", "c1")
    assert not exists(daemon)
    assert not anonymous(daemon)


@pytest.mark.parametrize("point", ["rm.state", "rm.folder", "rm.row"])
def test_rm_keeps_volumes(daemon, point):
    daemon.run(*CREATE, "busybox", "true")
    crash(daemon, point, "rm", "c1")
    settle(daemon)
    assert not exists(daemon)
    assert len(anonymous(daemon)) == 1


@pytest.mark.parametrize("point", ["exit.row", "rm.state", "rm.row", "rm.shim"])
def test_run_rm(daemon, point):
    crash(daemon, point, "run", "--rm", "-v", "/anonymous", "-p", "80", "busybox", "true")
    wait_for(lambda: not daemon.out("ps", "-aq"), what="the removal")
    settle(daemon)
    assert not anonymous(daemon)


@pytest.mark.parametrize("point", ["restart.begin", "restart.stopped"])
def test_restart(daemon, point):
    since = time.time()
    daemon.run(*CREATE[:1], "--stop-signal", "KILL", *CREATE[1:], "busybox", "sleep", "600")
    daemon.run("start", "c1")
    found = daemon.inspect("c1")
    crash(daemon, point, "restart", "-t", "0", "c1")

    def restarted():
        now = state(daemon)
        return now["Status"] == "running" and now["Pid"] != found["State"]["Pid"]

    wait_for(restarted, what="the restart by the next daemon")
    settle(daemon)
    wait_for(lambda: "restart" in daemon.out(
        "events", "--since", f"{since:.3f}", "--until", f"{time.time() + 1:.3f}", "--filter",
        f"container={found['Id']}", "--format", "{{.Action}}").split(), what="the event")
    daemon.run("restart", "c1")
    assert state(daemon)["Running"]


@pytest.mark.parametrize("point", [
    "load.blobs", "layer.staged", "layer.committed", "load.layers", "load.row", "load.names",
])
def test_load(daemon, point):
    archive = make_image("other:1", "--layers", "2", "--env", f"POINT={point}")
    crash(daemon, point, "load", "-i", archive)
    settle(daemon)
    daemon.run("load", "-i", archive)
    daemon.run("run", "--rm", "other:1", "true")
    daemon.run("rmi", "other:1")
    daemon.run("image", "prune", "-f")


@pytest.mark.parametrize("point", ["rmi.names", "rmi.row"])
def test_rmi(daemon, point):
    daemon.run("load", "-i", make_image("other:1", "--layers", "2", "--env", f"POINT={point}"))
    crash(daemon, point, "rmi", "other:1")
    settle(daemon)
    assert "other" not in daemon.out("images", "--format", "{{.Repository}}")
    daemon.run("image", "prune", "-f")


@pytest.mark.parametrize("point", [
    "network_create.begin", "network_create.row", "network_create.bridge", "network_create.firewall",
])
def test_network_create(daemon, point):
    crash(daemon, point, "network", "create", "n1")
    settle(daemon)
    there = "n1" in daemon.out("network", "ls", "--format", "{{.Name}}").split()
    assert there == (point != "network_create.begin")
    if not there:
        daemon.run("network", "create", "n1")
    assert daemon.out("run", "--rm", "--network", "n1", "busybox", "hostname", "-i")


@pytest.mark.parametrize("point", ["network_rm.bridge", "network_rm.row", "network_rm.firewall"])
def test_network_rm(daemon, point):
    daemon.run("network", "create", "n1")
    crash(daemon, point, "network", "rm", "n1")
    settle(daemon)
    there = "n1" in daemon.out("network", "ls", "--format", "{{.Name}}").split()
    assert there == (point == "network_rm.bridge")


@pytest.mark.parametrize("point", ["volume_create.folder", "volume_create.row"])
def test_volume_create(daemon, point):
    crash(daemon, point, "volume", "create", "named")
    settle(daemon)
    there = json.loads(daemon.request("GET", "/volumes")[2])["Volumes"] or []
    assert bool(there) == (point == "volume_create.row")


@pytest.mark.parametrize("point", ["volume_rm.trash", "volume_rm.row", "volume_rm.folder"])
def test_volume_rm(daemon, point):
    daemon.run("run", "--rm", "-v", "named:/v", "busybox", "touch", "/v/file")
    crash(daemon, point, "volume", "rm", "named")
    settle(daemon)
    # All of it is there or nothing.
    if "named" in daemon.out("volume", "ls", "-q"):
        assert daemon.out("run", "--rm", "-v", "named:/v", "busybox", "ls", "/v") == "file"
