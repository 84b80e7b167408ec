"""Real daemons and clients for the integration tests.

A Daemon is a buoyd (or Docker's dockerd 20.10, the oracle) with its own roots and socket. It runs in
the namespaces that run_isolated.sh made for the whole test, so nothing outlives the test.
"""

import contextlib
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import time
import uuid

DOCKER = shutil.which("docker", path="/usr/local/bin:/usr/bin") or "docker"


def _program(variable):
    return str(pathlib.Path(os.environ[variable]).resolve())


def temp_dir(prefix):
    base = pathlib.Path(os.environ.get("TEST_TMPDIR", "/tmp"))
    path = base / f"{prefix}-{uuid.uuid4().hex[:6]}"
    path.mkdir(parents=True)
    return path


def make_image(tag="busybox:latest", *options):
    """A docker-archive with a static busybox; returns its path."""
    out = temp_dir("image") / "image.tar"
    subprocess.run(
        ["/usr/bin/python3", _program("MAKE_IMAGE"), str(out), tag, *options], check=True
    )
    return out


def wait_for(check, seconds=10, what="condition"):
    """Polls until check() is true and returns its value."""
    end = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"timed out after {seconds} s waiting for {what}")
        time.sleep(0.02)


class Result:
    def __init__(self, run):
        self.status, self.out, self.err = run.returncode, run.stdout, run.stderr

    def __repr__(self):
        return f"exit {self.status}\nstdout: {self.out}\nstderr: {self.err}"


class AdoptedProcess:
    """A process that is nobody's child here (an upgraded daemon), as subprocess.Popen shows one."""

    def __init__(self, pid):
        self.pid, self.returncode = pid, None
        self._fd = os.pidfd_open(pid)

    def poll(self):
        if self.returncode is None and select.select([self._fd], [], [], 0)[0]:
            self.returncode = 0  # unknown: its parent has it
            os.close(self._fd)
        return self.returncode

    def send_signal(self, sig):
        if self.poll() is None:
            signal.pidfd_send_signal(self._fd, sig)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout=None):
        end = time.monotonic() + (timeout or 3600)
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("buoyd", timeout)
            time.sleep(0.01)
        return self.returncode


class Daemon:
    """kind: "buoy" or "dockerd". Extra `args` are daemon flags; `config` is the daemon.json."""

    def __init__(self, kind="buoy", args=(), config=None, name=None):
        self.kind, self.args = kind, list(args)
        self.dir = temp_dir(name or kind)
        self.data_root, self.exec_root = self.dir / "data", self.dir / "run"
        self.socket = self.dir / "d.sock"
        if len(str(self.socket)) > 100:  # sun_path
            self.socket = pathlib.Path(f"/run/{self.dir.name}.sock")
        self.log_path = self.dir / "log"
        self.config_file = self.dir / "daemon.json"
        self.config_file.write_text(json.dumps(config or {}))
        self.process = None
        self.extra_env = {}  # of the daemons started from now on
        self.containerd = None
        if kind == "buoy":
            self.bin = self.dir / "bin"
            self.bin.mkdir()
            for variable in ("BUOYD", "BUOY_SHIM"):
                shutil.copy(_program(variable), self.bin)
            self.program = str(self.bin / "buoyd")
        else:
            self.program = shutil.which("dockerd", path="/usr/sbin:/usr/bin")

    @property
    def host(self):
        return f"unix://{self.socket}"

    def command(self):
        return [
            self.program,
            f"--host={self.host}",
            f"--data-root={self.data_root}",
            f"--exec-root={self.exec_root}",
            f"--pidfile={self.dir}/pid",
            f"--config-file={self.config_file}",
            f"--cgroup-parent=/{os.environ.get('BUOY_TEST_CGROUP', 'buoy-test')}",
            *self.args,
        ]

    def start(self, wait=True):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, **self.extra_env},
            )
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds=30):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(
                    f"{self.program} ended with {self.process.returncode}:\n{self.log_tail()}"
                )
            return self.ping()

        wait_for(ready, seconds, f"{self.kind} to answer; its log:\n{self.log_tail()}")

    def ping(self):
        try:
            with contextlib.closing(socket.socket(socket.AF_UNIX)) as s:
                s.settimeout(5)
                s.connect(str(self.socket))
                s.sendall(b"GET /_ping HTTP/1.0\r\nHost: x\r\n\r\n")
                return b" 200 " in s.recv(100)
        except OSError:
            return False

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def log_tail(self, lines=30):
        return "\n".join(self.log().splitlines()[-lines:])

    def pid(self):
        return self.process.pid

    def kill(self, sig=signal.SIGKILL):
        """Sends the signal and waits for the daemon's end; returns its exit status."""
        self.process.send_signal(sig)
        status = self.process.wait(timeout=60)
        return status

    def upgrade(self, *args):
        """`buoy system upgrade` with these arguments; waits for the old daemon's end."""
        result = self.buoy("system", "upgrade", *args)
        self.follow_upgrade()
        return result

    def follow_upgrade(self):
        """The daemon that is running now is this one's from here on."""
        old = self.process
        self.process = AdoptedProcess(int((self.dir / "pid").read_text()))
        assert self.process.pid != old.pid
        old.wait(timeout=20)

    def install(self, buoyd, shim=None):
        """Puts other programs where the daemon was started from."""
        for source, name in ((buoyd, "buoyd"), (shim, "buoy-shim")):
            if source is None:
                continue
            shutil.copy(source, self.bin / (name + ".new"))
            os.replace(self.bin / (name + ".new"), self.bin / name)

    def terminate(self):
        return self.kill(signal.SIGTERM)

    def restart(self, sig=signal.SIGKILL):
        self.kill(sig)
        return self.start()

    # --- clients ---

    def env(self):
        return {**os.environ, "DOCKER_HOST": self.host, "DOCKER_CONFIG": str(self.dir / "cli")}

    def run(self, *args, client=None, check=True, input=None, timeout=60, text=True):
        """Runs a client (the stock docker CLI, or client="buoy") to its end."""
        program = _program("BUOY") if client == "buoy" else (client or DOCKER)
        done = subprocess.run(
            [program, *map(str, args)],
            env=self.env(),
            input=input,
            capture_output=True,
            text=text,
            errors="replace" if text else None,
            timeout=timeout,
        )
        result = Result(done)
        if check:
            assert result.status == 0, f"{args}: {result!r}\n{self.log_tail()}"
        return result

    def docker(self, *args, **options):
        return self.run(*args, **options)

    def buoy(self, *args, **options):
        return self.run(*args, client="buoy", **options)

    def out(self, *args, **options):
        return self.run(*args, **options).out.strip()

    def spawn(self, *args, client=None, **options):
        """Starts a client that goes on; the caller ends it."""
        program = _program("BUOY") if client == "buoy" else (client or DOCKER)
        return subprocess.Popen([program, *map(str, args)], env=self.env(), **options)

    def inspect(self, name, kind="container"):
        return json.loads(self.out("inspect", f"--type={kind}", name))[0]

    def load_busybox(self, tag="busybox:latest", *options):
        self.run("load", "-i", make_image(tag, *options))
        return self

    def request(self, method, path, body=None, headers=None):
        """A raw API request; returns (status, headers, body bytes)."""
        import http.client

        connection = http.client.HTTPConnection("localhost", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(60)
        connection.sock.connect(str(self.socket))
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        send = {"Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, body=body, headers=send)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), data

    def stop(self):
        """Ends the daemon; containers that live restore kept go with the test's namespaces."""
        if self.process and self.process.poll() is None:
            with contextlib.suppress(Exception):
                ids = self.out("ps", "-aq", check=False).split()
                if ids:
                    self.run("rm", "-f", *ids, check=False)
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
