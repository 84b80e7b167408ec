"""Client sessions outlive the daemon: stock docker CLI, SIGKILL in the middle, nothing is lost."""

import hashlib
import os
import pty
import select
import signal
import subprocess
import time

import pytest
from daemon import Daemon, wait_for


@pytest.fixture(scope="module")
def daemon():
    with Daemon(args=["--live-restore"]) as d:
        d.load_busybox()
        yield d


@pytest.fixture(autouse=True)
def running_again(daemon):
    """Each test leaves the daemon as it likes; the next finds one that runs, without containers."""
    if daemon.process.poll() is not None:
        daemon.start()
    yield
    if daemon.process.poll() is not None:
        daemon.start()
    ids = daemon.out("ps", "-aq").split()
    if ids:
        daemon.run("rm", "-f", *ids)


class Terminal:
    """A client on a pty, as a user at a terminal has it."""

    def __init__(self, daemon, *args):
        self.master, slave = pty.openpty()
        self.process = daemon.spawn(
            *args, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        self.text = ""

    def send(self, text):
        os.write(self.master, text.encode())

    def expect(self, text, seconds=15):
        end = time.monotonic() + seconds
        while text not in self.text:
            left = end - time.monotonic()
            assert left > 0, f"{text!r} did not come; got {self.text!r}"
            if select.select([self.master], [], [], left)[0]:
                try:
                    self.text += os.read(self.master, 65536).decode(errors="replace")
                except OSError:
                    assert text in self.text, f"ended without {text!r}: {self.text!r}"

    def end(self, seconds=15):
        status = self.process.wait(timeout=seconds)
        os.close(self.master)
        return status


def test_interactive_run_survives_a_kill(daemon):
    terminal = Terminal(daemon, "run", "-it", "--name", "tty", "busybox")
    terminal.expect("#")
    terminal.send("echo before-$((1+1))\n")
    terminal.expect("before-2")
    daemon.kill()
    terminal.send("echo dead-$((2+2))\n")
    terminal.expect("dead-4")
    daemon.start()
    terminal.send("echo after-$((3+3))\n")
    terminal.expect("after-6")
    terminal.send("exit 5\n")
    assert terminal.end() == 5


def test_interactive_exec_survives_a_kill(daemon):
    daemon.run("run", "-d", "--name", "base", "busybox", "sleep", "600")
    terminal = Terminal(daemon, "exec", "-it", "base", "sh")
    terminal.expect("#")
    daemon.kill()
    terminal.send("echo dead-$((2+2))\n")
    terminal.expect("dead-4")
    daemon.start()
    terminal.send("exit 6\n")
    assert terminal.end() == 6


def test_run_stream_is_identical_and_its_exit_code_right(daemon):
    data = os.urandom(20 << 20)
    client = daemon.spawn(
        "run", "-i", "--name", "pipe", "busybox", "sh", "-c", "cat; exit 9",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )
    wait_for(lambda: "pipe" in daemon.out("ps", "--format", "{{.Names}}"), what="pipe to run")
    pid = os.fork()
    if pid == 0:  # writes the input in pieces while the parent reads and kills
        try:
            for at in range(0, len(data), 1 << 20):
                client.stdin.write(data[at : at + (1 << 20)])
                client.stdin.flush()
                time.sleep(0.05)
        finally:
            os._exit(0)
    client.stdin.close()
    digest, got = hashlib.sha256(), 0
    killed = False
    while chunk := client.stdout.read1(1 << 20):
        digest.update(chunk)
        got += len(chunk)
        if got > (4 << 20) and not killed:
            daemon.kill()
            killed = True
    os.waitpid(pid, 0)
    daemon.start()  # the CLI asks nothing more: its wait was answered by the supervisor
    assert killed and got == len(data)
    assert digest.hexdigest() == hashlib.sha256(data).hexdigest()
    assert client.wait(timeout=20) == 9


def test_logs_follow_and_wait_survive(daemon, tmp_path):
    daemon.run(
        "run", "-d", "--name", "talker", "busybox", "sh", "-c",
        "i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo line $i; sleep 0.05; done; exit 11",
    )
    log = daemon.spawn("logs", "-f", "talker", stdout=subprocess.PIPE, text=True)
    waiter = daemon.spawn("wait", "talker", stdout=subprocess.PIPE, text=True)
    time.sleep(0.7)
    daemon.kill()
    out, _ = waiter.communicate(timeout=30)
    assert (out.strip(), waiter.returncode) == ("11", 0)
    lines, _ = log.communicate(timeout=30)
    assert lines.split("\n")[:-1] == [f"line {i}" for i in range(1, 61)]
    assert log.returncode == 0
    daemon.start()
    assert daemon.inspect("talker")["State"]["ExitCode"] == 11


def test_attach_survives(daemon):
    daemon.run("run", "-di", "--name", "cat", "busybox", "cat")
    client = daemon.spawn("attach", "cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    time.sleep(0.5)
    daemon.kill()
    client.stdin.write(b"while dead\n")
    client.stdin.flush()
    assert client.stdout.readline() == b"while dead\n"
    daemon.start()
    client.stdin.write(b"and again\n")
    client.stdin.flush()
    assert client.stdout.readline() == b"and again\n"
    client.stdin.close()
    # As with dockerd: the stream ends, the client waits on for the container's exit code.
    time.sleep(0.2)
    assert client.poll() is None
    daemon.run("kill", "cat")
    assert client.wait(timeout=10) == 137


def test_start_attached_survives(daemon):
    daemon.run("create", "--name", "sa", "busybox", "sh", "-c", "sleep 2; echo done; exit 4")
    client = daemon.spawn("start", "-a", "sa", stdout=subprocess.PIPE, text=True)
    wait_for(lambda: daemon.inspect("sa")["State"]["Running"], what="sa to run")
    daemon.kill()
    out, _ = client.communicate(timeout=30)
    assert out == "done\n"
    # The stock CLI asks the daemon for the exit code of `start -a` through wait, opened before.
    assert client.returncode == 4
    daemon.start()


def test_run_rm_is_removed_by_the_next_daemon_and_the_client_told(daemon):
    client = daemon.spawn(
        "run", "--rm", "--name", "gone", "busybox", "sh", "-c", "sleep 1.5; echo bye; exit 13",
        stdout=subprocess.PIPE, text=True,
    )
    wait_for(lambda: "gone" in daemon.out("ps", "--format", "{{.Names}}"), what="gone to run")
    daemon.kill()
    time.sleep(2.5)
    assert client.poll() is None, "the removal was reported before it was done"
    daemon.start()
    out, _ = client.communicate(timeout=20)
    assert (out, client.returncode) == ("bye\n", 13)
    assert "gone" not in daemon.out("ps", "-a", "--format", "{{.Names}}")


def test_terminated_daemon_too(daemon):
    terminal = Terminal(daemon, "run", "-it", "--name", "term", "busybox")
    terminal.expect("#")
    assert daemon.kill(signal.SIGTERM) == 0
    terminal.send("echo dead-$((5+5))\n")
    terminal.expect("dead-10")
    daemon.start()
    terminal.send("exit 0\n")
    assert terminal.end() == 0
