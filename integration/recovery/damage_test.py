"""What may go wrong on a host: for each the daemon starts, says what it found, and nothing hangs."""

import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest
from census import settle, shims
from daemon import Daemon, temp_dir, wait_for


@pytest.fixture
def daemon():
    with Daemon(args=["--live-restore"]) as d:
        d.load_busybox()
        yield d


def run(daemon, name="c1", *options, command=("sleep", "600")):
    daemon.run("run", "-d", "--name", name, *options, "busybox", *command)
    return daemon.inspect(name)


def state(daemon, name="c1"):
    return daemon.inspect(name)["State"]


def runs_again(daemon, old_pid, name="c1"):
    """For wait_for: it has another init."""
    def check():
        now = state(daemon, name)
        return now["Status"] == "running" and now["Pid"] != old_pid
    return check


def restart(daemon, seconds=15):
    begin = time.monotonic()
    daemon.start()
    assert time.monotonic() - begin < seconds, "the start hangs"


# --- a shim killed by SIGKILL ---

@pytest.mark.parametrize("down", [False, True], ids=["daemon up", "daemon down"])
def test_a_killed_shim(daemon, down):
    found = run(daemon, "c1", "-p", "80")
    run(daemon, "c2")
    pid = found["State"]["Pid"]
    if down:
        daemon.kill()
    os.kill(shims()[found["Id"]], signal.SIGKILL)
    if down:
        restart(daemon)
    wait_for(lambda: "runs on without a shim" in daemon.log(), what="the report")
    # Found, shown, and what needs no supervisor works.
    assert (state(daemon)["Running"], state(daemon)["Pid"]) == (True, pid)
    assert "c1" in daemon.out("ps", "--format", "{{.Names}}")
    assert "sleep 600" in daemon.out("top", "c1")
    assert json.loads(daemon.request("GET", "/containers/c1/stats?stream=0&one-shot=1")[2])["read"] > "2020"
    assert "no supervisor" in daemon.run("exec", "c1", "true", check=False).err
    daemon.restart()  # once more: it is found again
    assert state(daemon)["Running"]
    daemon.run("stop", "-t", "1", "c1", timeout=20)
    assert state(daemon)["Status"] == "exited"
    daemon.run("start", "c1")  # and a new one is made
    assert daemon.out("exec", "c1", "echo", "back") == "back"
    daemon.run("rm", "-f", "c1", "c2")
    settle(daemon)


def test_the_end_of_a_container_without_a_shim_is_noted(daemon):
    found = run(daemon)
    since = time.time()
    os.kill(shims()[found["Id"]], signal.SIGKILL)
    wait_for(lambda: "runs on without a shim" in daemon.log(), what="the report")
    os.kill(found["State"]["Pid"], signal.SIGKILL)
    wait_for(lambda: state(daemon)["Status"] == "exited", what="the exit")
    assert state(daemon)["ExitCode"] == 255  # nobody can know it
    out = daemon.out("events", "--since", f"{since:.3f}", "--until", f"{time.time() + 1:.3f}", "--filter",
                     "event=die", "--format", "{{index .Actor.Attributes \"exitCode\"}}")
    assert out == "255"
    daemon.run("rm", "c1")
    settle(daemon)


def test_the_policy_of_a_container_without_a_shim(daemon):
    found = run(daemon, "c1", "--restart", "always")
    run(daemon, "c2", "--restart", "always")
    for name in ("c1", "c2"):
        os.kill(shims()[daemon.inspect(name)["Id"]], signal.SIGKILL)
    wait_for(lambda: daemon.log().count("runs on without a shim") == 2, what="the reports")
    os.kill(found["State"]["Pid"], signal.SIGKILL)
    wait_for(runs_again(daemon, found["State"]["Pid"]), what="the restart")
    assert daemon.out("exec", "c1", "echo", "back") == "back"
    daemon.run("stop", "-t", "0", "c2")  # a user's stop is one
    assert state(daemon, "c2")["Status"] == "exited"
    daemon.run("rm", "c2")
    daemon.run("rm", "-f", "c1")
    settle(daemon)


def test_a_shim_killed_with_its_restart_policy_waiting(daemon):
    found = run(daemon, "c1", "--restart", "always", command=("false",))
    wait_for(lambda: daemon.inspect("c1")["RestartCount"] >= 4, what="a long wait")
    wait_for(lambda: state(daemon)["Status"] == "restarting", what="the wait")
    daemon.kill()
    os.kill(shims()[found["Id"]], signal.SIGKILL)
    restart(daemon)
    # The policy goes on, now by the daemon.
    wait_for(lambda: found["Id"] in shims(), what="a new shim")
    daemon.run("stop", "-t", "0", "c1")
    daemon.run("rm", "-f", "c1")
    settle(daemon)


# --- a run directory wiped ---

@pytest.mark.parametrize("up", [True, False], ids=["daemon up", "daemon down"])
def test_a_wiped_run_directory(daemon, up):
    found = run(daemon, "c1", "-p", "80")
    run(daemon, "c2", "--restart", "always")
    if not up:
        daemon.kill()
    for folder in ("containers", "runtime"):
        shutil.rmtree(daemon.exec_root / folder)
    if up:
        daemon.kill()
    restart(daemon)
    assert state(daemon)["Running"]
    assert state(daemon)["Pid"] == found["State"]["Pid"]
    # The shims are found, their policies go on.
    assert len(shims()) == 2 and "without a shim" not in daemon.log()
    again = state(daemon, "c2")["Pid"]
    os.kill(again, signal.SIGKILL)
    wait_for(runs_again(daemon, again, "c2"), what="the restart by c2's shim")
    assert daemon.out("exec", "c2", "echo", "here") == "here"
    daemon.run("stop", "-t", "1", "c1", timeout=20)
    daemon.run("start", "c1")
    assert daemon.out("exec", "c1", "echo", "back") == "back"
    daemon.run("rm", "-f", "c1", "c2", timeout=30)
    settle(daemon)


# --- a database restored from an older copy ---

def test_a_database_restored_from_an_older_copy(daemon):
    run(daemon, "old")
    daemon.terminate()
    copy = daemon.dir / "copy"
    copy.mkdir()
    for path in daemon.data_root.glob("buoy.db*"):
        shutil.copy(path, copy)
    restart(daemon)
    young = run(daemon, "young", "-v", "data:/data", command=("sh", "-c", "echo kept >/data/f; sleep 600"))
    daemon.run("rm", "-f", "old")
    daemon.kill()
    for path in daemon.data_root.glob("buoy.db*"):
        path.unlink()
    for path in copy.iterdir():
        shutil.copy(path, daemon.data_root)
    restart(daemon)
    # What the copy does not know runs on and is reported; what has gone meanwhile is shown as ended.
    assert pathlib.Path(f"/proc/{young['State']['Pid']}").exists()
    wait_for(lambda: "a container runs that is not in the database" in daemon.log(), what="the report")
    assert (daemon.data_root / "volumes/data/_data/f").read_text() == "kept\n"
    assert state(daemon, "old")["Status"] == "exited"
    daemon.run("rm", "old")
    run(daemon, "new")
    # Once it has ended its remains go with the next start.
    os.kill(young["State"]["Pid"], signal.SIGKILL)
    wait_for(lambda: not pathlib.Path(f"/proc/{young['State']['Pid']}").exists(), what="its end")
    time.sleep(0.5)
    daemon.kill()
    restart(daemon)
    wait_for(lambda: list(shims()) == [daemon.inspect("new")["Id"]], what="the remains to go")
    # A volume's data are never thrown away for a missing row.
    assert (daemon.data_root / "volumes/data/_data/f").read_text() == "kept\n"
    assert daemon.out("run", "--rm", "-v", "data:/data", "busybox", "cat", "/data/f") == "kept"


# --- a full disk ---

def test_a_full_disk():
    d = Daemon(args=["--live-restore"])
    d.data_root.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", d.data_root], check=True)
    with d:
        d.load_busybox()
        run(d, "c1", command=("sh", "-c", "while ! test -e /go; do sleep 0.1; done; exit 5"))
        run(d, "c2")
        filler = d.data_root / "filler"
        with open(filler, "wb") as f:
            try:
                while True:
                    f.write(bytes(1 << 16))
                    f.flush()
            except OSError:
                pass
        # Refused with a reason, no hang, nothing lost.
        failed = d.run("run", "--rm", "busybox", "true", check=False, timeout=30)
        assert failed.status == 125 and "no space left on device" in failed.err.lower() or (
            "full" in failed.err), failed
        assert d.run("ps", check=True).status == 0
        pathlib.Path(f"/proc/{state(d)['Pid']}/root/tmp").exists()
        d.kill()
        restart(d)
        assert state(d, "c2")["Running"]
        pid = state(d)["Pid"]
        # The end of one while there is no room for its record.
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: state(d)["Status"] == "exited", 15, "the exit")
        assert state(d)["ExitCode"] == 137
        filler.unlink()
        d.kill()
        restart(d)
        assert (state(d)["Status"], state(d)["ExitCode"]) == ("exited", 137)
        d.run("start", "c1")
        assert d.run("run", "--rm", "busybox", "true").status == 0
        d.run("rm", "-f", "c1", "c2")
    subprocess.run(["umount", "-l", d.data_root])


# --- a reboot ---

def test_a_reboot(daemon):
    boot = daemon.dir / "boot_id"
    boot.write_text("11111111-2222-3333-4444-555555555555\n")
    before = {}
    for name, policy in (("always", "always"), ("unless", "unless-stopped"), ("never", "no"),
                         ("failed", "on-failure"), ("stopped", "unless-stopped")):
        run(daemon, name, "--restart", policy, "-p", "80", "-p", "0:81/udp")
        before[name] = daemon.inspect(name)
    daemon.run("stop", "-t", "0", "stopped")
    daemon.kill()
    for pid in list(shims().values()):
        os.kill(pid, signal.SIGKILL)
    for found in before.values():
        try:
            os.kill(found["State"]["Pid"], signal.SIGKILL)
        except ProcessLookupError:
            pass
    time.sleep(0.3)
    # What a reboot takes along: mounts, the run directory, links.
    for line in reversed(open("/proc/self/mountinfo").readlines()):
        if (path := line.split()[4]).startswith((str(daemon.data_root), str(daemon.exec_root))):
            subprocess.run(["umount", "-l", path])
    shutil.rmtree(daemon.exec_root)
    subprocess.run(f"find /sys/fs/cgroup/*/{os.environ['BUOY_TEST_CGROUP']} -mindepth 1 -depth -type d "
                   "-exec rmdir {} +", shell=True)
    for kind in ("veth", "bridge"):
        links = json.loads(subprocess.run(["ip", "-j", "link", "show", "type", kind],
                                          capture_output=True, text=True).stdout or "[]")
        for link in filter(None, links):
            subprocess.run(["ip", "link", "del", link["ifname"]])
    subprocess.run(["nft", "flush", "ruleset"], check=True)
    subprocess.run(["mount", "--bind", boot, "/proc/sys/kernel/random/boot_id"], check=True)
    try:
        restart(daemon)
        for name in ("always", "unless", "failed"):
            wait_for(lambda: state(daemon, name)["Running"], 20, name)
            now = daemon.inspect(name)
            assert now["Id"] == before[name]["Id"]
            assert now["NetworkSettings"]["Ports"] == before[name]["NetworkSettings"]["Ports"]
            assert now["NetworkSettings"]["Networks"]["bridge"]["IPAddress"] == (
                before[name]["NetworkSettings"]["Networks"]["bridge"]["IPAddress"])
        assert (state(daemon, "never")["Status"], state(daemon, "never")["ExitCode"]) == ("exited", 255)
        assert (state(daemon, "stopped")["Status"], state(daemon, "stopped")["ExitCode"]) == ("exited", 137)
        settle(daemon)
        daemon.stop()
    finally:
        subprocess.run(["umount", "/proc/sys/kernel/random/boot_id"])


# --- PID reuse ---

def test_pid_reuse(daemon):
    """Another process has the pid of a container that ended: it is not taken for it, nor signalled."""
    found = run(daemon)
    daemon.kill()
    os.kill(shims()[found["Id"]], signal.SIGKILL)
    os.kill(found["State"]["Pid"], signal.SIGKILL)
    wait_for(lambda: not pathlib.Path(f"/proc/{found['State']['Pid']}").exists(), what="its end")
    innocent = subprocess.Popen(["sleep", "600"])
    db = sqlite3.connect(daemon.data_root / "buoy.db")
    with db:
        db.execute("UPDATE containers SET pid = ?", (innocent.pid,))
    db.close()
    restart(daemon)
    assert (state(daemon)["Status"], state(daemon)["ExitCode"]) == ("exited", 255)
    daemon.run("rm", "-f", "c1")
    assert innocent.poll() is None
    innocent.kill()
    innocent.wait()


# --- one bad container ---

@pytest.mark.parametrize("damage", [
    "UPDATE containers SET config = '{' WHERE name = 'bad'",
    "UPDATE containers SET host_config = 'null' WHERE name = 'bad'",
    "UPDATE containers SET state = 'nonsense' WHERE name = 'bad'",
    "UPDATE containers SET details = '[]' WHERE name = 'bad'",
    "folder", "journal", "socket",
])
def test_one_bad_container_never_stops_the_start(daemon, damage):
    run(daemon, "good")
    bad = run(daemon, "bad")["Id"]
    daemon.kill()
    if damage == "folder":
        os.kill(shims()[bad], signal.SIGKILL)
        subprocess.run(["umount", "-l", daemon.data_root / "containers" / bad / "rootfs"])
        shutil.rmtree(daemon.data_root / "containers" / bad)
    elif damage == "journal":
        (daemon.data_root / "containers" / bad / "journal").write_bytes(b"\xff" * 1000)
    elif damage == "socket":
        os.kill(shims()[bad], signal.SIGSTOP)  # it does not answer
    else:
        db = sqlite3.connect(daemon.data_root / "buoy.db")
        with db:
            db.execute(damage)
        db.close()
    restart(daemon, 30)
    assert state(daemon, "good")["Running"]
    assert daemon.out("exec", "good", "echo", "fine") == "fine"
    if damage == "socket":
        assert "left running and unmanaged" in daemon.log()
        os.kill(shims()[bad], signal.SIGCONT)
        daemon.restart()
        assert daemon.out("exec", "bad", "echo", "fine") == "fine"
