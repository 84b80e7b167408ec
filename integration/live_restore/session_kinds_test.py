"""Client sessions outlive the daemon: the stock docker CLI and buoy, whatever ends the daemon."""

import signal
import subprocess
import time

import pytest
import sessions
from daemon import Daemon, wait_for


@pytest.fixture(scope="module")
def daemon():
    with Daemon(args=["--live-restore"]) as d:
        d.load_busybox()
        yield d


@pytest.fixture(autouse=True)
def clean(daemon):
    """Each test leaves the daemon as it likes; the next finds one that runs, without containers."""
    yield
    if daemon.process.poll() is not None:
        daemon.start()
    if ids := daemon.out("ps", "-aq").split():
        daemon.run("rm", "-f", *ids)


def begin(daemon, client, kinds):
    daemon.run("run", "-d", "--name", "base", "busybox", "sleep", "600")
    running = [kind(daemon, client, f"s{i}-{kind.__name__.lower()}")
               for i, kind in enumerate(kinds)]
    for session in running:
        session.begin()
    return running


@pytest.mark.parametrize("client", [None, "buoy"], ids=["docker", "buoy"])
@pytest.mark.parametrize("sig", [signal.SIGKILL, signal.SIGTERM], ids=["KILL", "TERM"])
def test_no_session_notices(daemon, sig, client):
    running = begin(daemon, client, sessions.ALL)
    daemon.kill(sig)
    for session in running:
        session.down()
    daemon.start()
    for session in running:
        session.after()
    for session in running:
        session.end()


@pytest.mark.parametrize("client", [None, "buoy"], ids=["docker", "buoy"])
def test_nor_does_one_during_an_upgrade(daemon, client):
    """There is always a daemon then; what was begun under one goes on under the next."""
    running = begin(daemon, client, sessions.ALL)
    daemon.process.send_signal(signal.SIGUSR2)
    for session in running:
        session.down()
    old = daemon.process
    wait_for(lambda: old.poll() is not None, what="the old daemon to leave")
    daemon.follow_upgrade()
    for session in running:
        session.after()
    for session in running:
        session.end()


def test_buoys_own_streams_reconnect(daemon):
    daemon.run("run", "-d", "--name", "base", "busybox", "sleep", "600")
    events = daemon.spawn("events", "--format", "{{.Action}} {{.Actor.Attributes.name}}",
                          "--filter", "type=container", client="buoy", stdout=subprocess.PIPE,
                          text=True)
    stats = daemon.spawn("stats", "--format", "{{.Name}} {{.PIDs}}", "base", client="buoy",
                         stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    daemon.run("create", "--name", "first", "busybox")
    for sig in (signal.SIGKILL, signal.SIGTERM):
        daemon.kill(sig)
        time.sleep(0.5)
        daemon.start()
        daemon.run("create", "--name", f"after-{sig.name}", "busybox")
    time.sleep(2.5)
    assert events.poll() is None and stats.poll() is None
    events.kill()
    stats.kill()
    seen = [line for line in events.communicate()[0].splitlines() if line.startswith("create ")]
    assert seen == ["create first", "create after-SIGKILL", "create after-SIGTERM"]
    shown = stats.communicate()[0]
    assert shown.count("base 1") >= 3
