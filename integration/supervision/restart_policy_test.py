"""Restart policies: Docker's rules, back-off and counts, with and without the daemon."""

import json
import os
import pathlib
import signal
import struct
import time

import pytest
from daemon import Daemon, wait_for


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


def state(daemon, name="c1"):
    found = daemon.inspect(name)
    return found["State"]["Status"], found["RestartCount"], found["State"]["ExitCode"]


def starts(daemon, since, name="c1"):
    """Seconds from each die to the start that followed."""
    out = daemon.out("events", "--since", f"{since:.3f}", "--until", f"{time.time() + 1:.3f}", "--filter",
                     f"container={name}", "--format", "{{.Action}} {{.TimeNano}}")
    pauses, died = [], None
    for line in out.splitlines():
        action, at = line.split()
        if action == "die":
            died = int(at)
        elif action == "start" and died is not None:
            pauses.append((int(at) - died) / 1e9)
    return pauses


@pytest.mark.parametrize("policy,code,ends,count", [
    ("no", 3, "exited", 0), ("on-failure:2", 3, "exited", 2), ("on-failure", 0, "exited", 0),
    ("on-failure:1", 255, "exited", 1),
])
def test_policies_that_end(daemon, policy, code, ends, count):
    daemon.run("run", "-d", "--name", "c1", "--restart", policy, "busybox", "sh", "-c", f"exit {code}")
    wait_for(lambda: state(daemon) == (ends, count, code), what=f"{policy} to end")
    time.sleep(0.3)
    assert state(daemon) == (ends, count, code)


@pytest.mark.parametrize("policy", ["always", "unless-stopped"])
def test_back_off_doubles_and_a_success_is_restarted_too(daemon, policy):
    since = time.time()
    daemon.run("run", "-d", "--name", "c1", "--restart", policy, "busybox", "true")
    daemon.kill()  # the supervisor needs no daemon for this
    time.sleep(2.5)
    daemon.start()
    wait_for(lambda: state(daemon)[1] >= 4, what="restarts")
    pauses = starts(daemon, since)
    # At least the delay, and creating the container may take a while on a busy machine.
    for pause, least in zip(pauses, (0.1, 0.2, 0.4, 0.8)):
        assert least <= pause < least + 2.5, pauses
    assert daemon.inspect("c1")["State"]["Restarting"] in (True, False)
    daemon.run("stop", "-t", "0", "c1")
    assert state(daemon)[0] == "exited"
    time.sleep(1)
    assert state(daemon)[0] == "exited"


def test_a_run_of_ten_seconds_resets_the_back_off_and_a_clock_jump_does_not(tmp_path):
    shift = tmp_path / "shift"
    shift.write_bytes(struct.pack("q", 0))
    d = Daemon(args=["--live-restore"])
    d.extra_env = {"BUOY_WALL_SHIFT": str(shift)}
    with d:
        d.load_busybox()
        d.run("run", "-d", "--name", "c1", "--restart", "always", "-v", f"{tmp_path}:/t", "busybox", "sh",
              "-c", "echo >>/t/runs; n=$(wc -l </t/runs); test $n = 5 && sleep 10.5; sleep 0.1; exit 1")

        def runs():
            path = tmp_path / "runs"
            return len(path.read_text()) if path.exists() else 0

        wait_for(lambda: runs() >= 3, what="three runs")
        now_in_an_hour = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 3500))
        with open(shift, "r+b") as f:  # an hour ahead in the middle of the 400 ms
            f.write(struct.pack("q", 3600 * 10**9))
        begin = time.monotonic()
        wait_for(lambda: runs() >= 5, 15, "the fifth run")
        assert time.monotonic() - begin > 0.8  # 400 ms and 800 ms, whatever the clock says
        assert d.inspect("c1")["State"]["StartedAt"] > now_in_an_hour  # it has jumped indeed
        with open(shift, "r+b") as f:  # and a day back
            f.write(struct.pack("q", -86400 * 10**9))
        wait_for(lambda: runs() >= 6, 25, "the end of the long run")
        begin = time.monotonic()
        wait_for(lambda: runs() >= 7, 5, "the seventh run")
        assert time.monotonic() - begin < 1.6 * 2  # the delay began anew: not 3.2 s
        # The daemon, too, does not mind: all is there after a restart in the past.
        d.restart()
        assert d.inspect("c1")["RestartCount"] >= 6
        assert "c1" in d.out("ps", "-a", "--format", "{{.Names}}")
        d.run("stop", "-t", "1", "c1", timeout=20)


def test_stop_while_it_waits_for_its_restart(daemon):
    daemon.run("run", "-d", "--name", "c1", "--restart", "always", "busybox", "false")
    wait_for(lambda: state(daemon)[1] >= 3 and state(daemon)[0] == "restarting", what="the wait")
    daemon.run("stop", "c1")
    assert state(daemon)[0] == "exited"
    count = state(daemon)[1]
    time.sleep(1.5)
    assert state(daemon)[:2] == ("exited", count)
    daemon.run("start", "c1")  # by hand: the count begins anew
    assert state(daemon)[1] < count


# Of a container with a stop signal of its own, another signal is no stop: only unless-stopped minds.
@pytest.mark.parametrize("policy,back", [("always", True), ("unless-stopped", False),
                                         ("on-failure", True)])
def test_another_signal_than_the_stop_signal(daemon, policy, back):
    daemon.run("run", "-d", "--name", "c1", "--restart", policy, "--stop-signal", "QUIT", "busybox",
               "sh", "-c", "trap 'exit 9' HUP; while :; do sleep 0.05; done")
    time.sleep(0.3)
    daemon.run("kill", "-s", "HUP", "c1")
    if back:
        wait_for(lambda: state(daemon)[:2] == ("running", 1), what="its return")
    else:
        wait_for(lambda: state(daemon) == ("exited", 0, 9), what="its end")
        time.sleep(0.3)
        assert state(daemon)[0] == "exited"


def test_without_a_stop_signal_any_signal_cancels(daemon):
    daemon.run("run", "-d", "--name", "c1", "--restart", "always", "busybox", "sh", "-c",
               "trap 'exit 9' HUP; while :; do sleep 0.05; done")
    time.sleep(0.3)
    daemon.run("kill", "-s", "HUP", "c1")
    wait_for(lambda: state(daemon) == ("exited", 0, 9), what="its end")


def test_init_killed_from_outside_comes_back(daemon):
    daemon.run("run", "-d", "--name", "c1", "--restart", "on-failure", "busybox", "sleep", "600")
    daemon.kill()
    pid = int((daemon.exec_root / "containers" / next(iter(
        os.listdir(daemon.exec_root / "containers"))) / "init.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not pathlib.Path(f"/proc/{pid}").exists(), what="its end")
    time.sleep(0.5)
    daemon.start()
    wait_for(lambda: state(daemon)[:2] == ("running", 1), what="its return")


@pytest.mark.parametrize("policy,stopped,runs", [
    ("always", False, True), ("always", True, True), ("unless-stopped", False, True),
    ("unless-stopped", True, False), ("no", False, False),
])
def test_restart_of_the_daemon_without_live_restore(policy, stopped, runs):
    with Daemon() as d:
        d.load_busybox()
        d.run("run", "-d", "--name", "c1", "--restart", policy, "--stop-timeout", "1", "busybox", "sleep",
              "600")
        if stopped:
            d.run("stop", "-t", "0", "c1")
        d.terminate()
        d.start()
        want = "running" if runs else "exited"
        wait_for(lambda: d.inspect("c1")["State"]["Status"] == want, what=f"{policy}: {want}")
        assert d.inspect("c1")["RestartCount"] == 0


def test_update_changes_the_policy_at_once(daemon):
    daemon.run("run", "-d", "--name", "c1", "busybox", "sh", "-c", "sleep 1; exit 1")
    daemon.run("update", "--restart", "on-failure:1", "c1")
    wait_for(lambda: state(daemon) == ("exited", 1, 1), what="one restart")


def test_bad_policies(daemon):
    for policy, text in (("sometimes", "invalid restart policy"), ("always:3", "maximum retry count")):
        result = daemon.run("create", "--restart", policy, "busybox", check=False)
        assert result.status != 0 and text in result.err, result
    status, _, body = daemon.request("POST", "/containers/create", {
        "Image": "busybox", "HostConfig": {"RestartPolicy": {"Name": "always"}, "AutoRemove": True}})
    assert status == 400, body
    assert json.loads(body)["message"] == (
        "can't create 'AutoRemove' container with restart policy")
