"""A new daemon that fails leaves the old one running, which says why."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import textwrap
import time

import pytest
from daemon import Daemon, wait_for

# Plays the new daemon's part by the letter of daemon/server/handover_channel.h, up to a point.
FAKE = textwrap.dedent("""\
    #!/usr/bin/python3
    import os, socket, struct, sys, time
    stage, manner = {stage!r}, {manner!r}
    fd = int(os.environ["BUOY_HANDOVER_FD"])
    channel = socket.socket(fileno=fd)

    def field(tag, value):
        return struct.pack("<HI", tag, len(value)) + value

    def fail():
        if manner == "exit":
            sys.exit(7)
        if manner == "crash":
            os.kill(os.getpid(), 9)
        time.sleep(600)

    channel.recv(1 << 16)
    if stage == "begin":
        fail()
    prepared = (field(1, b"\\x01") + field(2, b"") + field(3, b"9.9") +
                field(4, bytes([{schema}])))
    channel.send(struct.pack("<H", 2) + prepared)
    channel.recv(1 << 16)  # go
    if stage == "go":
        if {schema} > 1:
            import sqlite3
            database = sqlite3.connect({database!r})
            database.execute("CREATE TABLE of_the_future (x)")
            database.execute("PRAGMA user_version={schema}")
            database.commit()
        fail()
    """)


@pytest.fixture(scope="module")
def daemon():
    with Daemon(config={"live-restore": True}) as d:
        d.load_busybox()
        d.run("run", "-d", "--name", "c1", "-p", "127.0.0.1:0:80", "busybox", "sleep", "600")
        yield d


@pytest.fixture(autouse=True)
def unharmed(request):
    """Whatever was tried: the daemon is the same, knows the same, can do the same."""
    if "daemon" not in request.fixturenames:
        yield
        return
    daemon = request.getfixturevalue("daemon")
    before = daemon.inspect("c1")
    pid, inode = daemon.pid(), os.stat(daemon.socket).st_ino
    events = daemon.spawn("events", "--filter", "container=afterwards", "--filter", "event=create",
                          "--format", "{{.Actor.Attributes.name}}", stdout=subprocess.PIPE,
                          text=True)
    time.sleep(0.3)
    yield
    assert daemon.process.poll() is None and daemon.pid() == pid
    assert (daemon.dir / "pid").read_text() == str(pid)
    assert os.stat(daemon.socket).st_ino == inode
    assert daemon.inspect("c1") == before
    daemon.run("run", "--rm", "--name", "afterwards", "busybox", "true")
    assert daemon.out("exec", "c1", "echo", "hi") == "hi"
    assert events.stdout.readline() == "afterwards\n"
    events.kill()
    events.communicate()
    children = subprocess.run(["ps", "--ppid", str(pid), "-o", "args="], capture_output=True,
                              text=True).stdout
    assert "buoyd" not in children and "fake" not in children


def refused(daemon, *args):
    result = daemon.buoy("system", "upgrade", *args, check=False)
    assert result.status == 1
    assert "upgrade failed, the running daemon goes on: " in result.err
    wait_for(lambda: result.err.split("goes on: ")[1].strip() in daemon.log(), what="the log line")
    return result.err


def fake(daemon, stage, manner, schema=1):
    path = daemon.dir / "fake"
    path.write_text(FAKE.format(stage=stage, manner=manner, schema=schema,
                                database=str(daemon.data_root / "buoy.db")))
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("stage", ["begin", "go"])
@pytest.mark.parametrize("manner, text", [
    ("exit", "the new daemon exited with status 7"),
    ("crash", "the new daemon was killed by signal 9 (Killed)"),
    ("hang", "no answer from the other daemon in time"),
])
def test_one_that_breaks_off(daemon, stage, manner, text):
    assert text in refused(daemon, "--timeout", "2", fake(daemon, stage, manner))


def test_one_that_migrated_the_database_before_it_broke_off(daemon):
    known = int(subprocess.run(
        ["sqlite3", daemon.data_root / "buoy.db", "PRAGMA user_version"], capture_output=True,
        text=True).stdout or 1)
    refused(daemon, "--timeout", "5", fake(daemon, "go", "exit", schema=known + 1))
    daemon.run("network", "create", "new")
    daemon.run("network", "rm", "new")


def test_older_schema():
    """A newer daemon's state is nothing for an older one: neither by an upgrade nor by a start."""
    newer = pathlib.Path(os.environ.get("NEXT_BIN", ".")) / "integration/upgrade/buoyd-schema"
    with Daemon(config={"live-restore": True}) as daemon:
        older = daemon.dir / "older"
        shutil.copy(daemon.program, older)
        daemon.install(newer)
        daemon.restart()
        assert daemon.out("version", "-f", "{{.Server.Version}}") == "0.99.0"
        error = refused(daemon, older)
        assert "newer than this daemon's" in error and "written by a newer release" in error
        assert daemon.ping()
        daemon.kill()
        before = (daemon.data_root / "buoy.db").read_bytes()
        daemon.install(older)
        daemon.start(wait=False)
        assert daemon.process.wait(timeout=20) == 1
        assert "newer than this daemon's" in daemon.log_tail()
        assert (daemon.data_root / "buoy.db").read_bytes() == before
        daemon.install(newer)
        daemon.start()


def test_bad_configuration(daemon):
    good = daemon.config_file.read_text()
    for bad, text in (('{"nonsense": 1}', "nonsense"), ("{", "unexpected"),
                      ('{"storage-driver": "bogus"}', "driver not supported: bogus")):
        daemon.config_file.write_text(bad)
        try:
            assert text in refused(daemon)
        finally:
            daemon.config_file.write_text(good)


def test_something_else_than_a_daemon(daemon):
    assert "the new daemon exited with status 0" in refused(daemon, "/bin/true")


def test_by_signal(daemon):
    daemon.config_file.write_text('{"nonsense": 1}')
    try:
        seen = daemon.log().count("goes on")
        daemon.process.send_signal(signal.SIGUSR2)
        wait_for(lambda: daemon.log().count("goes on") > seen, what="the refusal in the log")
    finally:
        daemon.config_file.write_text(json.dumps({"live-restore": True}))


def test_a_container_without_its_shim_is_still_watched_afterwards(daemon):
    daemon.run("run", "-d", "--name", "orphan", "busybox", "sleep", "600")
    found = daemon.inspect("orphan")
    shim = int((daemon.exec_root / "containers" / found["Id"] / "shim.pid").read_text())
    os.kill(shim, signal.SIGKILL)
    wait_for(lambda: "runs on without a shim" in daemon.log(), what="the loss to be noticed")
    refused(daemon, fake(daemon, "go", "exit"))
    os.kill(found["State"]["Pid"], signal.SIGKILL)
    wait_for(lambda: not daemon.inspect("orphan")["State"]["Running"], what="the end")
    daemon.run("rm", "orphan")
