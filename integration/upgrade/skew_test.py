"""Supervisors and daemons of different releases meet."""

import os
import pathlib

import pytest
from daemon import Daemon, _program

BIN = pathlib.Path(os.environ.get("NEXT_BIN", "."))
# By hand: CYCLES=20.
CYCLES = int(os.environ.get("CYCLES", "3"))


def release(name):
    """The programs of a release to come: daemon and supervisor."""
    return (BIN / f"integration/upgrade/buoyd-{name}", BIN / f"daemon/shim/buoy-shim-{name}")


@pytest.fixture
def daemon():
    with Daemon(config={"live-restore": True}) as d:
        d.load_busybox()
        yield d


def version(daemon):
    return daemon.out("version", "-f", "{{.Server.Version}}")


def test_old_and_new_take_turns(daemon):
    """Each release starts a container; every one then uses what the other has started."""
    this = (_program("BUOYD"), _program("BUOY_SHIM"))
    versions, pids = set(), {}
    for cycle in range(CYCLES):
        for name, programs in (("new", release("minor")), ("old", this)):
            daemon.install(*programs)
            daemon.upgrade()
            versions.add((name, version(daemon)))
            daemon.run("run", "-di", "--name", f"{name}{cycle}", "busybox", "cat")
            pids[f"{name}{cycle}"] = daemon.inspect(f"{name}{cycle}")["State"]["Pid"]
            for known, pid in pids.items():
                assert daemon.inspect(known)["State"]["Pid"] == pid
                assert daemon.out("exec", known, "echo", "hi") == "hi"
        daemon.restart()
    assert len(versions) == 2
    for known in pids:
        daemon.run("kill", known)
        assert daemon.out("wait", known) == "137"


def test_another_major_version_is_left_alone(daemon):
    this = (_program("BUOYD"), _program("BUOY_SHIM"))
    daemon.install(*release("major"))
    daemon.restart()
    daemon.run("run", "-d", "--name", "foreign", "busybox", "sleep", "600")
    before = daemon.inspect("foreign")["State"]
    daemon.kill()
    daemon.install(*this)
    daemon.start()
    assert "left running and unmanaged" in daemon.log()
    assert daemon.inspect("foreign")["State"] == before
    for command in (("stop", "-t", "1"), ("kill",), ("rm", "-f")):
        result = daemon.run(*command, "foreign", check=False)
        assert result.status == 1 and "another release of buoy" in result.err, result
    daemon.run("run", "--rm", "busybox", "true")  # the daemon's own are not concerned
    assert os.path.exists(f"/proc/{before['Pid']}")
    # The release that started it takes it up again.
    daemon.kill()
    daemon.install(*release("major"))
    daemon.start()
    assert daemon.inspect("foreign")["State"] == before
    daemon.run("kill", "foreign")
    assert daemon.out("wait", "foreign") == "137"
