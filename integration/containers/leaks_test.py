"""What comes goes again: processes, mounts, namespaces, cgroups, folders, descriptors, addresses."""

import os
import pathlib
import subprocess
import time

import pytest
from daemon import Daemon, wait_for


@pytest.fixture
def daemon():
    with Daemon() as d:
        d.load_busybox()
        yield d


def census(daemon):
    """Counts of everything a container makes."""
    cgroup = os.environ.get("BUOY_TEST_CGROUP", "buoy-test")
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True).stdout
    return {
        "mounts": sum(str(daemon.dir) in line for line in open("/proc/self/mountinfo")),
        "processes": sum(
            open(f"/proc/{pid}/comm").read().strip() in ("buoy-shim", "runc", "crun", "sleep")
            for pid in filter(str.isdigit, os.listdir("/proc"))
            if os.path.exists(f"/proc/{pid}/comm")
        ),
        "cgroups": sum(
            1
            for root in pathlib.Path("/sys/fs/cgroup").glob(f"*/{cgroup}/*")
            if root.is_dir()
        ),
        "links": len([l for l in links.splitlines() if "veth" in l]),
        "netns": len(list((daemon.exec_root / "netns").glob("*"))),
        "bundles": len(list((daemon.exec_root / "containers").glob("*"))),
        "folders": len(list((daemon.data_root / "containers").glob("*"))),
        "fds": len(os.listdir(f"/proc/{daemon.pid()}/fd")),
    }


def settle(daemon, want, slack_fds=8):
    """Teardown goes on after the answer: waits until the census is what it was."""
    def same():
        have = census(daemon)
        fds = have.pop("fds")
        return have == {k: v for k, v in want.items() if k != "fds"} and (
            fds <= want["fds"] + slack_fds
        )

    try:
        wait_for(same, 15, "the census to settle")
    except AssertionError:
        raise AssertionError(f"before {want}\nafter  {census(daemon)}") from None


def test_runs_leave_nothing(daemon):
    daemon.run("run", "--rm", "busybox", "true")
    time.sleep(0.5)
    before = census(daemon)
    for _ in range(15):
        daemon.run("run", "--rm", "-p", "0:80", "-v", "/anonymous", "busybox", "true")
    settle(daemon, before)
    assert daemon.out("volume", "ls", "-q") == ""


def test_failed_starts_leave_nothing(daemon):
    daemon.run("run", "--rm", "busybox", "true")
    time.sleep(0.5)
    before = census(daemon)
    for bad in (["busybox", "nope"], ["-u", "ghost", "busybox", "true"],
                ["--device", "/dev/ghost", "busybox", "true"],
                ["--sysctl", "net.ghost=1", "busybox", "true"],
                ["-w", "/etc/passwd", "busybox", "true"]):
        assert daemon.run("run", "--rm", *bad, check=False).status in (125, 126, 127)
    settle(daemon, before)


def test_execs_and_sessions_leave_nothing(daemon):
    daemon.run("run", "-d", "--name", "c1", "busybox", "sleep", "600")
    daemon.run("exec", "c1", "true")
    before = census(daemon)
    shim = next(
        pid for pid in filter(str.isdigit, os.listdir("/proc"))
        if open(f"/proc/{pid}/comm").read().strip() == "buoy-shim"
    )
    shim_fds = len(os.listdir(f"/proc/{shim}/fd"))
    for _ in range(20):
        daemon.run("exec", "c1", "true")
        follower = daemon.spawn("logs", "-f", "c1", stdout=subprocess.DEVNULL)
        time.sleep(0.05)
        follower.kill()
        follower.wait()
    settle(daemon, before)
    wait_for(lambda: len(os.listdir(f"/proc/{shim}/fd")) <= shim_fds + 2, what="the shim's fds")
    daemon.run("rm", "-f", "c1")


def test_a_container_sees_three_descriptors(daemon):
    out = daemon.out("run", "--rm", "busybox", "sh", "-c", "ls /proc/1/fd")
    assert set(out.split()) <= {"0", "1", "2", "3", "10"}  # 3 or 10: the shell's own


def test_killing_the_daemon_in_the_middle_of_starts_leaks_nothing(daemon):
    daemon.run("run", "--rm", "busybox", "true")
    time.sleep(0.5)
    before = census(daemon)
    for delay in (0.005, 0.015, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3):
        clients = [daemon.spawn("run", "--rm", "busybox", "sleep", "0.1", stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL) for _ in range(3)]
        time.sleep(delay)
        daemon.kill()
        daemon.start()
        for client in clients:
            try:
                client.wait(timeout=30)
            except subprocess.TimeoutExpired:
                client.kill()
                client.wait()
    ids = daemon.out("ps", "-aq").split()
    if ids:
        daemon.run("rm", "-f", *ids)
    before["fds"] += 8
    settle(daemon, before)
