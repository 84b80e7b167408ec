"""`buoy system upgrade`: the daemon is replaced in place, nobody notices."""

import json
import os
import signal
import socket
import stat
import subprocess
import time

import pytest
from daemon import AdoptedProcess, Daemon, wait_for


@pytest.fixture(scope="module")
def daemon():
    with Daemon() as d:
        d.load_busybox()
        yield d


@pytest.fixture(autouse=True)
def clean(daemon):
    yield
    ids = daemon.out("ps", "-aq").split()
    if ids:
        daemon.run("rm", "-f", *ids)


def test_everything_stays_as_it_is(daemon):
    """Although live restore is off: the daemon does not end, it is replaced."""
    daemon.run("run", "-d", "--name", "web", "-p", "127.0.0.1:0:80", "--restart", "always",
               "busybox", "sh", "-c", "mkdir /w; echo ok >/w/index.html; httpd -fh /w")
    daemon.run("run", "-d", "--rm", "--name", "temporary", "busybox", "sleep", "600")
    daemon.run("run", "-d", "--restart", "always", "--name", "stopped", "busybox", "sleep", "600")
    daemon.run("stop", "-t", "0", "stopped")
    names = ["web", "temporary", "stopped"]
    before = {name: daemon.inspect(name) for name in names}
    inode, old = os.stat(daemon.socket).st_ino, daemon.pid()
    out = daemon.upgrade().out
    assert out == f"Upgraded to version {daemon.out('version', '-f', '{{.Server.Version}}')} " \
                  f"(pid {daemon.pid()})\n"
    assert daemon.pid() != old
    assert {name: daemon.inspect(name) for name in names} == before
    assert os.stat(daemon.socket).st_ino == inode
    assert stat.S_IMODE(os.stat(daemon.socket).st_mode) == 0o660


def test_by_signal(daemon):
    old = daemon.process
    old.send_signal(signal.SIGUSR2)
    wait_for(lambda: old.poll() is not None, what="the old daemon to leave")
    daemon.process = AdoptedProcess(int((daemon.dir / "pid").read_text()))
    assert daemon.ping() and daemon.process.pid != old.pid


def test_streams_go_on(daemon):
    daemon.run("run", "-d", "--name", "c1", "busybox", "sleep", "600")
    since = str(int(time.time()) - 1)
    events = daemon.spawn("events", "--since", since, "--filter", "type=container", "--format",
                          "{{.Action}} {{.Actor.Attributes.name}}",
                          stdout=subprocess.PIPE, text=True)
    stats = daemon.spawn("stats", "--format", "{{.Name}} {{.CPUPerc}}", "c1",
                         stdout=subprocess.PIPE, text=True)
    waiter = daemon.spawn("wait", "c1", stdout=subprocess.PIPE, text=True)
    shell = daemon.spawn("exec", "-i", "c1", "sh", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    shell.stdin.write(b"echo before\n")
    shell.stdin.flush()
    assert shell.stdout.readline() == b"before\n"
    for number in range(3):
        daemon.run("create", "--name", f"n{number}", "busybox")
        daemon.upgrade()
        daemon.run("rm", f"n{number}")
    time.sleep(1.2)
    shell.stdin.write(b"echo after; exit 4\n")
    shell.stdin.flush()
    assert shell.stdout.readline() == b"after\n"
    assert shell.wait(timeout=10) == 4
    daemon.run("kill", "c1")
    assert waiter.communicate(timeout=10)[0].strip() == "137"
    wait_for(lambda: not daemon.inspect("c1")["State"]["Running"], what="the end")
    assert stats.poll() is None and events.poll() is None
    stats.kill()
    assert stats.communicate()[0].count("c1 ") >= 2
    time.sleep(0.3)
    events.kill()
    seen = [line for line in events.communicate()[0].splitlines() if " n" in line]
    assert seen == [f"{action} n{n}" for n in range(3) for action in ("create", "destroy")]


def test_execs_that_wait_for_their_start(daemon):
    daemon.run("run", "-d", "--name", "c1", "busybox", "sleep", "600")
    body = {"Cmd": ["sh", "-c", "exit 3"], "AttachStdout": True}
    answer = daemon.request("POST", "/containers/c1/exec", body)
    exec_id = json.loads(answer[2])["Id"]
    daemon.upgrade()
    assert daemon.request("POST", f"/exec/{exec_id}/start", {"Detach": True})[0] == 200
    wait_for(lambda: json.loads(daemon.request("GET", f"/exec/{exec_id}/json")[2])["ExitCode"] == 3,
             what="the exec's end")


def test_a_request_that_takes_long_is_waited_for(daemon):
    daemon.run("run", "-d", "--name", "c1", "busybox", "sh", "-c", "trap '' TERM; sleep 600")
    stop = daemon.spawn("stop", "-t", "3", "c1", stdout=subprocess.DEVNULL)
    time.sleep(0.8)
    begin = time.monotonic()
    daemon.upgrade()
    assert time.monotonic() - begin > 1
    assert stop.wait(timeout=10) == 0


def test_one_that_takes_too_long_is_named(daemon):
    with socket.socket(socket.AF_UNIX) as load:
        load.connect(str(daemon.socket))
        load.sendall(b"POST /images/load HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx")
        time.sleep(0.8)
        result = daemon.buoy("system", "upgrade", "--timeout", "2", check=False)
        assert result.status == 1
        assert "requests are still being carried out: POST /images/load" in result.err
        assert daemon.process.poll() is None and daemon.ping()
    daemon.upgrade()


def test_new_hosts_and_options_of_the_file_take_effect(daemon):
    daemon.config_file.write_text(json.dumps({"labels": ["a=b"], "live-restore": True}))
    try:
        daemon.upgrade()
        assert daemon.out("info", "-f", "{{json .Labels}} {{.LiveRestoreEnabled}}") == (
            '["a=b"] true')
    finally:
        daemon.config_file.write_text("{}")
        daemon.upgrade()


def test_only_one_at_a_time_and_its_argument_is_checked(daemon):
    for path, text in ((("nowhere/at/all"), "start "), ("/dev/null", "start /dev/null")):
        result = daemon.buoy("system", "upgrade", path, check=False)
        assert result.status == 1 and text in result.err
        assert "the running daemon goes on" in result.err
    status, _, body = daemon.request("POST", "/upgrade?path=relative")
    assert status == 400 and b"must be absolute" in body
    assert daemon.request("POST", "/upgrade?timeout=0")[0] == 400
