"""What happens while the daemon is dead: logs, exits, restart policies, removal."""

import datetime
import os
import pathlib
import signal
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


@pytest.mark.parametrize("script,code", [
    ("exit 0", 0), ("exit 1", 1), ("exit 42", 42), ("exit 255", 255), (signal.SIGKILL, 137),
    (signal.SIGTERM, 143), (signal.SIGABRT, 134),
], ids=str)
def test_exit_codes_are_known_afterwards(daemon, script, code):
    by_signal = isinstance(script, signal.Signals)
    command = ["sleep", "600"] if by_signal else ["sh", "-c", f"sleep 0.7; {script}"]
    # As init of its namespace `sleep` would not die of SIGTERM.
    daemon.run("run", "-d", "--name", "c1", "--pid", "host", "busybox", *command)
    pid = daemon.inspect("c1")["State"]["Pid"]
    daemon.kill()
    if by_signal:
        os.kill(pid, script)
    wait_for(lambda: not pathlib.Path(f"/proc/{pid}").exists(), what="the container's end")
    ended = time.time()
    daemon.start()
    state = daemon.inspect("c1")["State"]
    assert (state["Status"], state["ExitCode"]) == ("exited", code)
    # It ended while nobody looked, and the time is that of the end, not of the restart.
    finished = datetime.datetime.fromisoformat(state["FinishedAt"][:26].rstrip("Z") + "+00:00")
    assert abs(finished.timestamp() - ended) < 0.5
    daemon.run("rm", "c1")


def test_events_appear_with_their_own_time(daemon):
    # A name of its own: the events of the tests before are not older than the five seconds below.
    daemon.run("run", "-d", "--name", "timed", "busybox", "sh", "-c", "sleep 1; exit 5")
    started = time.time()
    daemon.kill()
    time.sleep(3)
    daemon.start()
    out = daemon.out("events", "--since", str(int(started) - 5), "--until", str(int(time.time()) + 1),
                     "--filter", "event=die", "--filter", "container=timed", "--format", "{{.TimeNano}} {{index .Actor.Attributes \"exitCode\"}}")
    at, code = out.split()
    assert code == "5"
    assert abs(int(at) / 1e9 - (started + 1)) < 1.5


def test_a_crashed_application_is_back_before_the_daemon(daemon):
    daemon.run("run", "-d", "--name", "c1", "--restart", "always", "busybox", "sh", "-c",
               "echo up; sleep 1; exit 1")
    daemon.kill()
    time.sleep(4)
    daemon.start()
    found = daemon.inspect("c1")
    assert found["RestartCount"] >= 2

    # Every restart printed its line; the last one that is counted may be just about to.
    def all_printed():
        count = daemon.inspect("c1")["RestartCount"]
        return daemon.out("logs", "c1").count("up") == count + 1

    wait_for(all_printed, what="a line for each start")
    daemon.run("stop", "-t", "0", "c1")
    assert daemon.inspect("c1")["State"]["Status"] == "exited"


def test_on_failure_gives_up(daemon):
    daemon.run("run", "-d", "--name", "c1", "--restart", "on-failure:2", "busybox", "sh", "-c",
               "echo up; exit 3")
    daemon.kill()
    time.sleep(3)
    daemon.start()
    state = wait_for(lambda: _ended(daemon, "c1"), what="the policy to give up")
    assert state["ExitCode"] == 3
    assert daemon.inspect("c1")["RestartCount"] == 2
    assert daemon.out("logs", "c1").count("up") == 3


def _ended(daemon, name):
    state = daemon.inspect(name)["State"]
    return state if state["Status"] == "exited" else None


def test_stopped_stays_stopped_and_rm_waits_for_the_end(daemon):
    daemon.run("run", "-d", "--name", "stopped", "--restart", "unless-stopped", "busybox", "sleep",
               "600")
    daemon.run("stop", "-t", "0", "stopped")
    daemon.run("run", "-d", "--rm", "--name", "short", "busybox", "sleep", "1")
    daemon.run("run", "-d", "--rm", "--name", "long", "busybox", "sleep", "600")
    daemon.kill()
    time.sleep(2)
    daemon.start()
    assert daemon.inspect("stopped")["State"]["Status"] == "exited"
    assert daemon.inspect("long")["State"]["Running"]
    wait_for(lambda: "short" not in daemon.out("ps", "-a", "--format", "{{.Names}}"),
             what="the removal of what ended meanwhile")


def test_health_checks_go_on(daemon):
    daemon.run("run", "-d", "--name", "c1", "--health-cmd", "echo probe >>/probes; test -e /healthy",
               "--health-interval", "300ms", "--health-retries", "2", "busybox", "sh", "-c",
               "touch /healthy; sleep 600")
    wait_for(lambda: daemon.inspect("c1")["State"]["Health"]["Status"] == "healthy",
             what="the first probe")
    daemon.run("exec", "c1", "rm", "/healthy")
    daemon.kill()
    time.sleep(2)
    daemon.start()
    assert daemon.inspect("c1")["State"]["Health"]["Status"] == "unhealthy"
    first = int(daemon.out("exec", "c1", "sh", "-c", "wc -l </probes"))
    daemon.kill(signal.SIGTERM)
    time.sleep(2)
    daemon.start()
    assert int(daemon.out("exec", "c1", "sh", "-c", "wc -l </probes")) > first + 3
