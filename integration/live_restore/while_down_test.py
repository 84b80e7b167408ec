"""What happens while the daemon is dead: logs, exits, restart policies, removal."""

import pathlib
import signal
import time

import pytest
from daemon import Daemon, wait_for


@pytest.fixture
def daemon():
    with Daemon(args=["--live-restore"]) as d:
        d.load_busybox()
        yield d


def test_a_gigabyte_is_logged_without_a_stall(daemon):
    daemon.run("run", "-d", "--name", "loud", "--log-opt", "max-size=300m", "--log-opt",
               "max-file=8", "busybox", "sh", "-c",
               "sleep 1; yes $(seq 1 300 | tr -d '\\n' | cut -c1-1023) | head -c 1073741824; "
               "date +%s >/done; sleep 600")
    done = pathlib.Path(f"/proc/{daemon.inspect('loud')['State']['Pid']}/root/done")
    daemon.kill()
    wait_for(done.exists, 120, "the container to write its gigabyte with nobody there")
    daemon.start()
    wait_for(lambda: _length(daemon) == 1 << 30, 60, "all bytes to be in the log")


def _length(daemon):
    client = daemon.spawn("logs", "loud", stdout=-1)
    total = 0
    while chunk := client.stdout.read(1 << 20):
        total += len(chunk)
    client.wait()
    return total


@pytest.mark.parametrize("script,code", [
    ("exit 0", 0), ("exit 1", 1), ("exit 42", 42), ("exit 255", 255), ("kill -9 $$", 137),
    ("kill -15 $$", 143), ("kill -6 $$", 134),
])
def test_exit_codes_are_known_afterwards(daemon, script, code):
    daemon.run("run", "-d", "--name", "c", "busybox", "sh", "-c", f"trap - TERM; sleep 1; {script}")
    daemon.kill()
    time.sleep(1.6)
    daemon.start()
    state = daemon.inspect("c")["State"]
    assert (state["Status"], state["ExitCode"]) == ("exited", code)
    # It ended while nobody looked, and the time is that of the end, not of the restart.
    assert state["FinishedAt"] > state["StartedAt"]


def test_events_appear_with_their_own_time(daemon):
    daemon.run("run", "-d", "--name", "c", "busybox", "sh", "-c", "sleep 1; exit 5")
    started = time.time()
    daemon.kill()
    time.sleep(3)
    daemon.start()
    out = daemon.out("events", "--since", str(int(started) - 5), "--until", str(int(time.time()) + 1),
                     "--filter", "event=die", "--format",
                     "{{.TimeNano}} {{index .Actor.Attributes \"exitCode\"}}")
    at, code = out.split()
    assert code == "5"
    assert abs(int(at) / 1e9 - (started + 1)) < 1.5


def test_a_crashed_application_is_back_before_the_daemon(daemon):
    daemon.run("run", "-d", "--name", "c", "--restart", "always", "busybox", "sh", "-c",
               "echo up; sleep 1; exit 1")
    daemon.kill()
    time.sleep(4)
    daemon.start()
    found = daemon.inspect("c")
    assert found["RestartCount"] >= 2
    assert daemon.out("logs", "c").count("up") == found["RestartCount"] + 1
    daemon.run("stop", "-t", "0", "c")
    assert daemon.inspect("c")["State"]["Status"] == "exited"


def test_on_failure_gives_up(daemon):
    daemon.run("run", "-d", "--name", "c", "--restart", "on-failure:2", "busybox", "sh", "-c",
               "echo up; exit 3")
    daemon.kill()
    time.sleep(3)
    daemon.start()
    state = wait_for(lambda: _ended(daemon, "c"), what="the policy to give up")
    assert state["ExitCode"] == 3
    assert daemon.inspect("c")["RestartCount"] == 2
    assert daemon.out("logs", "c").count("up") == 3


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
    daemon.run("run", "-d", "--name", "c", "--health-cmd", "echo probe >>/probes; test -e /healthy",
               "--health-interval", "300ms", "--health-retries", "2", "busybox", "sh", "-c",
               "touch /healthy; sleep 600")
    wait_for(lambda: daemon.inspect("c")["State"]["Health"]["Status"] == "healthy",
             what="the first probe")
    daemon.run("exec", "c", "rm", "/healthy")
    daemon.kill()
    time.sleep(2)
    daemon.start()
    assert daemon.inspect("c")["State"]["Health"]["Status"] == "unhealthy"
    first = int(daemon.out("exec", "c", "sh", "-c", "wc -l </probes"))
    daemon.kill(signal.SIGTERM)
    time.sleep(2)
    daemon.start()
    assert int(daemon.out("exec", "c", "sh", "-c", "wc -l </probes")) > first + 3
