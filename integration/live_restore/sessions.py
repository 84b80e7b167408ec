"""Sessions of a client (the stock docker CLI or buoy) that live through the daemon's absence.

Each class is one kind of session. begin() starts it and waits until it is under way; down() is
called while there is no daemon, after() when there is one again, end() waits for the client and
asserts what it got. No tests here.
"""

import fcntl
import hashlib
import os
import pty
import random
import select
import signal
import struct
import subprocess
import termios
import threading
import time
import tty

from daemon import wait_for

PAYLOAD = random.Random(1).randbytes(3 << 20)


class Terminal:
    """A client on a pty, as a user at a terminal has it."""

    def __init__(self, daemon, *args, client=None):
        self.master, slave = pty.openpty()
        self.resize(24, 80)

        def own_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = daemon.spawn(*args, client=client, stdin=slave, stdout=slave, stderr=slave,
                                    preexec_fn=own_terminal)
        os.close(slave)
        self.text = ""

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, text):
        """Writes all of it, reading meanwhile: who does not read gets no more input taken."""
        data = text if isinstance(text, bytes) else text.encode()
        while data:
            readable, writable, _ = select.select([self.master], [self.master], [], 15)
            assert readable or writable, f"the terminal takes no input; got {self.text[-500:]!r}"
            if readable:
                self._read()
            if writable:
                data = data[os.write(self.master, data[:1024]):]

    def _read(self):
        try:
            self.text += os.read(self.master, 65536).decode(errors="replace")
            return True
        except OSError:
            return False

    def expect(self, text, seconds=20):
        """Waits for the text and returns what came up to its end; that is consumed."""
        end = time.monotonic() + seconds
        while text not in self.text:
            left = end - time.monotonic()
            assert left > 0, f"{text!r} did not come; got {self.text[-2000:]!r}"
            if select.select([self.master], [], [], left)[0] and not self._read():
                assert text in self.text, f"ended without {text!r}: {self.text[-2000:]!r}"
        at = self.text.index(text) + len(text)
        seen, self.text = self.text[:at], self.text[at:]
        return seen

    def end(self, seconds=20):
        limit = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < limit:
            if select.select([self.master], [], [], 0.05)[0] and not self._read():
                break
        status = self.process.wait(timeout=max(0.1, limit - time.monotonic()))
        os.close(self.master)
        return status


class Session:
    def __init__(self, daemon, client, name):
        self.daemon, self.client, self.name = daemon, client, name

    def spawn(self, *args, **options):
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        self.process = self.daemon.spawn(*args, client=self.client, **options)
        return self.process

    def wait_running(self):
        wait_for(lambda: self.daemon.run("inspect", "-f", "{{.State.Running}}", self.name,
                                         check=False).out.strip() == "true", 15,
                 f"{self.name} to run")

    def ended(self, code, out=None, seconds=20):
        got, err = self.process.communicate(timeout=seconds)
        assert (self.process.returncode, err) == (code, b""), (type(self).__name__, got, err)
        if out is not None:
            assert got == out, (type(self).__name__, got)

    def down(self):
        pass

    def after(self):
        pass


class Piped(Session):
    """Megabytes through cat and back, a third before, a third during and a third after."""

    def command(self):
        return ("run", "-i", "--name", self.name, "busybox", "sh", "-c", "cat; exit 4")

    code = 4

    def begin(self):
        self.spawn(*self.command(), stdin=subprocess.PIPE)
        self.digest, self.length = hashlib.sha256(), 0
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.feed(0)
        wait_for(lambda: self.length > 0, 15, f"an echo from {self.name}")

    def read(self):
        while chunk := self.process.stdout.read1(1 << 20):
            self.digest.update(chunk)
            self.length += len(chunk)

    def feed(self, part):
        third = len(PAYLOAD) // 3
        self.process.stdin.write(PAYLOAD[part * third:(part + 1) * third])
        self.process.stdin.flush()

    def down(self):
        self.feed(1)
        wait_for(lambda: self.length == len(PAYLOAD) // 3 * 2, 15, "the echo while there is no daemon")

    def after(self):
        self.feed(2)
        self.process.stdin.close()

    def end(self):
        self.reader.join(20)
        assert self.length == len(PAYLOAD)
        assert self.digest.digest() == hashlib.sha256(PAYLOAD).digest()
        assert self.process.wait(timeout=20) == self.code
        assert self.process.stderr.read() == b""


class ExecPiped(Piped):
    code = 0

    def command(self):
        return ("exec", "-i", "base", "cat")


class StartPiped(Piped):
    def command(self):
        self.daemon.run("create", "-i", "--name", self.name, "busybox", "sh", "-c", "cat; exit 4")
        return ("start", "-ai", self.name)


class HalfClose(Session):
    """The end of the input comes through, the answer comes back."""

    def begin(self):
        self.spawn("run", "-i", "--name", self.name, "busybox", "sh", "-c", "wc -c; exit 6",
                   stdin=subprocess.PIPE)
        self.wait_running()
        self.process.stdin.write(PAYLOAD)
        self.process.stdin.flush()

    def down(self):
        self.process.stdin.close()
        self.process.stdin = None
        assert self.process.stdout.readline() == b"%d\n" % len(PAYLOAD)

    def end(self):
        self.ended(6, b"")


class TtyRun(Session):
    code = 255

    def open(self):
        terminal = Terminal(self.daemon, "run", "-it", "--name", self.name, "busybox",
                            client=self.client)
        terminal.expect("# ")
        return terminal

    def begin(self):
        self.terminal = self.open()
        self.terminal.send("echo before-$((1+1))\n")
        self.terminal.expect("before-2\r\n")

    def down(self):
        """A lot of output, then a lot of input."""
        self.terminal.send("seq 1 30000; echo e''nd\n")
        shown = self.terminal.expect("end\r\n")
        assert shown.endswith("\r\n".join(map(str, range(1, 30001))) + "\r\nend\r\n")
        data = (b"0123456789abcdef" * 64 + b"\n") * 400
        self.terminal.send(f"stty -icanon -echo; echo r''eady; head -c {len(data)} | sha256sum\n")
        self.terminal.expect("ready\r\n")
        self.terminal.send(data)
        self.terminal.expect(hashlib.sha256(data).hexdigest())
        self.terminal.send("stty icanon echo\n")
        self.terminal.expect("# ")

    def after(self):
        self.terminal.resize(33, 99)

        def resized():
            self.terminal.send("stty size; echo don''e\n")
            return "33 99" in self.terminal.expect("done\r\n")

        wait_for(resized, 10, "the new size")
        self.terminal.send(f"exit {self.code}\n")

    def end(self):
        assert self.terminal.end() == self.code, self.terminal.text


class TtyExec(TtyRun):
    code = 3

    def open(self):
        terminal = Terminal(self.daemon, "exec", "-it", "base", "sh", client=self.client)
        terminal.expect("# ")
        return terminal


class Detach(Session):
    """The detach keys, with and without a daemon; the container runs on."""

    def begin(self):
        self.names = [self.name + "-down", self.name + "-after"]
        self.terminals = []
        for name in self.names:
            self.daemon.run("run", "-dit", "--name", name, "busybox")
            terminal = Terminal(self.daemon, "attach", "--detach-keys", "ctrl-x,y", name,
                                client=self.client)
            terminal.send("\n")
            terminal.expect("# ")
            self.terminals.append(terminal)

    def down(self):
        self.terminals[0].send("\x18y")

    def after(self):
        self.terminals[1].send("\x18y")

    def end(self):
        for terminal, name in zip(self.terminals, self.names):
            # The stock CLI says "read escape sequence" and ends with status 1, buoy likewise.
            terminal.expect("read escape sequence")
            assert terminal.end() == 1
            assert self.daemon.inspect(name)["State"]["Running"]
        self.daemon.run("rm", "-f", *self.names)


class ExecEndsMeanwhile(Session):
    """Its exit code is only the daemon's to tell: the client waits for the next one."""

    def begin(self):
        self.spawn("exec", "base", "sh", "-c", f"touch /tmp/{self.name}; while test -e "
                   f"/tmp/{self.name}; do sleep 0.05; done; echo bye; exit 5")
        wait_for(lambda: self.daemon.run("exec", "base", "test", "-e", f"/tmp/{self.name}",
                                         check=False).status == 0, what="the exec to run")
        pid = self.daemon.inspect("base")["State"]["Pid"]
        self.mark = f"/proc/{pid}/root/tmp/{self.name}"

    def down(self):
        os.unlink(self.mark)
        assert self.process.stdout.readline() == b"bye\n"

    def end(self):
        self.ended(5, b"")


class LogsFollow(Session):
    SCRIPT = "i=0; while test ! -e /stop; do i=$((i+1)); echo $i; sleep 0.01; done; exit 11"

    def begin(self):
        self.daemon.run("run", "-d", "--name", self.name, "busybox", "sh", "-c", self.SCRIPT)
        # communicate() does not see what a buffer holds.
        self.spawn("logs", "-f", self.name, bufsize=0)
        assert self.process.stdout.readline() == b"1\n"
        self.waiter = self.daemon.spawn("wait", self.name, client=self.client,
                                        stdout=subprocess.PIPE)
        self.root = f"/proc/{self.daemon.inspect(self.name)['State']['Pid']}/root"

    def after(self):
        open(self.root + "/stop", "w").close()

    def end(self):
        out, err = self.process.communicate(timeout=20)
        numbers = out.split()
        assert numbers == [b"%d" % i for i in range(2, len(numbers) + 2)] and len(numbers) > 20
        assert (self.process.returncode, err) == (0, b"")
        assert self.daemon.out("logs", self.name).split() == [
            str(i) for i in range(1, len(numbers) + 2)]
        assert self.waiter.communicate(timeout=20)[0] == b"11\n"
        assert self.waiter.returncode == 0


class StartAttached(Session):
    """Ends while there is no daemon; so does what waits for it."""

    def begin(self):
        self.daemon.run("create", "--name", self.name, "busybox", "sh", "-c",
                        "while test ! -e /stop; do sleep 0.05; done; echo done; exit 4")
        self.spawn("start", "-a", self.name)
        self.wait_running()
        self.waiter = self.daemon.spawn("wait", self.name, client=self.client,
                                        stdout=subprocess.PIPE)
        time.sleep(0.3)
        self.stop = f"/proc/{self.daemon.inspect(self.name)['State']['Pid']}/root/stop"

    def down(self):
        open(self.stop, "w").close()
        self.ended(4, b"done\n")
        assert self.waiter.communicate(timeout=20)[0] == b"4\n"

    def end(self):
        assert self.daemon.inspect(self.name)["State"]["ExitCode"] == 4


class RunRm(Session):
    """Ends while there is no daemon; the next one removes it, and only then the client hears."""

    def begin(self):
        self.spawn("run", "--rm", "--name", self.name, "busybox", "sh", "-c",
                   "while test ! -e /stop; do sleep 0.05; done; echo bye; exit 13")
        self.wait_running()
        self.stop = f"/proc/{self.daemon.inspect(self.name)['State']['Pid']}/root/stop"

    def down(self):
        open(self.stop, "w").close()
        assert self.process.stdout.readline() == b"bye\n"

    def end(self):
        self.ended(13, b"")
        assert self.daemon.run("inspect", self.name, check=False).status == 1


class Signalled(Session):
    """A signal to the client is the container's; the exit code says which one."""

    def begin(self):
        self.spawn("run", "--name", self.name, "--init", "busybox", "sleep", "600")
        self.wait_running()

    def after(self):
        self.process.send_signal(signal.SIGTERM)

    def end(self):
        self.ended(128 + signal.SIGTERM)


class Killed(Session):
    """SIGKILL from somewhere else, without a daemon."""

    def begin(self):
        self.spawn("run", "--name", self.name, "busybox", "sleep", "600")
        self.wait_running()
        self.pid = self.daemon.inspect(self.name)["State"]["Pid"]

    def down(self):
        os.kill(self.pid, signal.SIGKILL)
        self.ended(137, b"")

    def end(self):
        assert self.daemon.inspect(self.name)["State"]["ExitCode"] == 137


ALL = [Piped, ExecPiped, StartPiped, HalfClose, TtyRun, TtyExec, Detach, ExecEndsMeanwhile,
       LogsFollow, StartAttached, RunRm, Signalled, Killed]
