"""Random kills of the daemon under a mixed load: no exit code, log line or container is lost, nothing
leaks. BUOY_CHURN_KILLS: how many (20). BUOY_CHURN_SEED: of the instants (random, printed)."""

import os
import pathlib
import random
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "recovery"))
from census import settle  # noqa: E402
from daemon import Daemon, make_image  # noqa: E402

KILLS = int(os.environ.get("BUOY_CHURN_KILLS", "20"))
SEED = int(os.environ.get("BUOY_CHURN_SEED", str(random.randrange(1 << 30))))
# What a client says when the daemon was away; the daemon that is back may also find half of it done.
AWAY = ("Cannot connect to the Docker daemon", "EOF", "connection refused", "connection reset",
        "broken pipe", "error during connect", "error waiting for container", "no such file or directory")
LINES = 50


class Load:
    def __init__(self, daemon):
        self.daemon = daemon
        self.stop = threading.Event()
        self.failures = []
        self.owed = {}  # name -> exit code: of containers whose client was told that they run
        self.lock = threading.Lock()
        self.done = {}
        self.number = 0
        self.archive = make_image("other:1", "--env", "CHURN=1")

    def name(self):
        with self.lock:
            self.number += 1
            return f"c{self.number}"

    def call(self, *args):
        """The result, or None when the daemon was away."""
        try:
            result = self.daemon.run(*args, check=False, timeout=90)
        except subprocess.TimeoutExpired:
            self.failures.append(f"{args} hangs")
            return None
        if result.status != 0 and any(text.lower() in result.err.lower() for text in AWAY):
            return None
        with self.lock:
            self.done[args[0]] = self.done.get(args[0], 0) + 1
        return result

    def expect(self, result, status, out, what):
        if result is not None and (result.status, result.out) != (status, out):
            self.failures.append(f"{what}: {result!r}")

    def run_rm(self):
        code = random.randrange(100)
        result = self.call("run", "--rm", "busybox", "sh", "-c", f"seq {LINES}; exit {code}")
        self.expect(result, code, "".join(f"{i}\n" for i in range(1, LINES + 1)), "run --rm")

    def run_detached(self):
        name, code = self.name(), random.randrange(256)
        result = self.call("run", "-d", "--name", name, "-p", "80", "busybox", "sh", "-c",
                           f"for i in $(seq {LINES}); do echo $i; sleep 0.02; done; exit {code}")
        if result is None:
            return
        if result.status != 0:
            self.failures.append(f"run -d: {result!r}")
        else:
            self.owed[name] = code

    def exec_in(self):
        code = random.randrange(100)
        result = self.call("exec", "long", "sh", "-c", f"echo in; exit {code}")
        # The stock CLI's words (none) for a daemon that is away when it asks for the exit code.
        if result is None or (result.status, result.err) == (255, ""):
            return
        self.expect(result, code, "in\n", "exec")

    def logs(self):
        self.expect(self.call("logs", "long"), 0, "begun\n", "logs")

    def remove(self):
        name = self.name()
        if self.call("run", "-d", "--name", name, "-v", "/anonymous", "busybox", "sleep", "600") is None:
            return
        result = self.call("rm", "-fv", name)
        if result is not None and result.status != 0 and "No such container" not in result.err and (
                "already in progress" not in result.err):
            self.failures.append(f"rm -f: {result!r}")

    def image(self):
        result = self.call("load", "-qi", self.archive)
        if result is not None and result.status != 0:
            self.failures.append(f"load: {result!r}")
        result = self.call("rmi", "other:1")
        if result is not None and result.status != 0 and "No such image" not in result.err:
            self.failures.append(f"rmi: {result!r}")

    def network(self):
        name = "n" + self.name()
        result = self.call("network", "create", name)
        if result is None:
            return
        if "fully subnetted" in result.err:  # used up by those whose client was not told of them
            self.call("network", "prune", "-f")
            return
        if result.status != 0:
            self.failures.append(f"network create: {result!r}")
            return
        self.expect(self.call("run", "--rm", "--network", name, "busybox", "echo", "in"), 0, "in\n",
                    "run --network")
        self.call("network", "rm", name)

    def worker(self, action):
        while not self.stop.is_set():
            try:
                action()
            except Exception as error:  # noqa: BLE001 (shown in the end)
                self.failures.append(f"{action.__name__}: {error!r}")
            time.sleep(0.01)


def kill_at_random(daemon, load):
    instants = random.Random(SEED)
    for number in range(KILLS):
        time.sleep(instants.choice((0.02, 0.1, 0.3, 0.6, 1.0)) * (0.5 + instants.random()))
        daemon.kill()
        daemon.start()
        assert not load.failures, f"seed {SEED}, kill {number + 1}: {load.failures[:5]}"


def check_owed(daemon, load):
    for name, code in load.owed.items():
        assert daemon.out("wait", name) == str(code), name
        found = daemon.inspect(name)["State"]
        assert (found["Status"], found["ExitCode"]) == ("exited", code), (name, found)
        assert daemon.out("logs", name).split() == [str(i) for i in range(1, LINES + 1)], name


def remove_all(daemon):
    if ids := daemon.out("ps", "-aq").split():
        daemon.run("rm", "-fv", *ids, timeout=300)
    for name in daemon.out("network", "ls", "-q", "--filter", "type=custom").split():
        daemon.run("network", "rm", name)
    daemon.run("rmi", "other:1", check=False)
    daemon.run("image", "prune", "-f")


def test_churn():
    print(f"seed {SEED}, {KILLS} kills")
    with Daemon(args=["--live-restore"]) as daemon:
        daemon.load_busybox()
        daemon.run("run", "-d", "--name", "long", "busybox", "sh", "-c", "echo begun; exec sleep 100000")
        pid = daemon.inspect("long")["State"]["Pid"]
        load = Load(daemon)
        threads = [threading.Thread(target=load.worker, args=(action,), daemon=True) for action in (
            load.run_rm, load.run_detached, load.exec_in, load.logs, load.remove, load.image,
            load.network)]
        for thread in threads:
            thread.start()
        try:
            kill_at_random(daemon, load)
        finally:
            load.stop.set()
            for thread in threads:
                thread.join(timeout=120)
        print(f"done {load.done}, owed {len(load.owed)}")
        assert not load.failures, f"seed {SEED}: {load.failures[:10]}"
        check_owed(daemon, load)
        assert daemon.inspect("long")["State"]["Pid"] == pid
        settle(daemon, 40)
        remove_all(daemon)
        assert daemon.out("volume", "ls", "-q") == ""
        settle(daemon, 40)
