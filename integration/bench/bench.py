#!/usr/bin/env python3
"""Times and sizes of Buoy beside dockerd + containerd, podman and bare crun, all in this run.

Every figure is the median of ROUNDS rounds, with the systems taking turns inside a round so that a
slow moment of the machine hits all of them. Absolute numbers mean little; the ratios are the result.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

from daemon import DOCKER, Daemon, make_image, temp_dir

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 15


def timed(command, **options):
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    assert done.returncode == 0, (command, done.stderr)
    return (time.perf_counter() - start) * 1000


def memory_kb(pids, field="Pss"):
    total = 0
    for pid in pids:
        try:
            for line in open(f"/proc/{pid}/smaps_rollup"):
                if line.startswith(field + ":"):
                    total += int(line.split()[1])
        except OSError:
            pass
    return total


def processes(*names):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if open(f"/proc/{pid}/comm").read().strip() in names:
                found.append(int(pid))
        except OSError:
            pass
    return found


class Engine:
    """A daemon driven by a docker CLI."""

    def __init__(self, name, kind, client, programs, supervisors):
        self.name, self.client = name, client
        self.programs, self.supervisors = programs, supervisors
        self.daemon = Daemon(kind, args=["--live-restore"] if kind == "buoy" else [])
        self.daemon.start()
        self.daemon.load_busybox()

    def time(self, *args):
        return timed([self.client, *args], env=self.daemon.env())

    def run_rm(self):
        return self.time("run", "--rm", "busybox", "true")

    def prepare_exec(self):
        self.time("run", "-d", "--name", "base", "busybox", "sleep", "1000")

    def exec(self):
        return self.time("exec", "base", "true")

    def idle_kb(self, field):
        return memory_kb(processes(*self.programs), field)

    def start_many(self, count):
        start = time.perf_counter()
        jobs = [
            subprocess.Popen([self.client, "run", "-d", "busybox", "sleep", "1000"],
                             env=self.daemon.env(), stdout=subprocess.DEVNULL)
            for _ in range(count)
        ]
        assert all(job.wait() == 0 for job in jobs)
        return count / (time.perf_counter() - start)

    def per_container_kb(self):
        pids = processes(*self.supervisors)
        return memory_kb(pids) / max(1, len(pids))

    def remove_all(self):
        ids = self.daemon.out("ps", "-aq").split()
        if ids:
            self.daemon.run("rm", "-f", *ids, timeout=300)

    def stop(self):
        self.daemon.stop()


class Podman:
    name = "podman"

    def __init__(self):
        self.dir = temp_dir("podman")
        self.base = ["podman", "--root", f"{self.dir}/root", "--runroot", f"{self.dir}/run",
                     "--cgroup-manager", "cgroupfs", "--events-backend", "file"]
        timed([*self.base, "load", "-i", str(make_image())])

    def run_rm(self):
        return timed([*self.base, "run", "--rm", "busybox", "true"])

    def prepare_exec(self):
        timed([*self.base, "run", "-d", "--name", "base", "busybox", "sleep", "1000"])

    def exec(self):
        return timed([*self.base, "exec", "base", "true"])

    def stop(self):
        subprocess.run([*self.base, "rm", "-fa", "-t", "0"], capture_output=True)


class Bare:
    """The OCI runtime alone on an unpacked root: the floor for everybody."""

    def __init__(self, runtime):
        self.name, self.runtime = runtime, runtime
        self.dir = temp_dir(runtime)
        root = self.dir / "rootfs"
        (root / "bin").mkdir(parents=True)
        shutil.copy("/bin/busybox", root / "bin")
        for applet in ("sh", "true", "sleep"):
            (root / "bin" / applet).symlink_to("busybox")
        subprocess.run(["runc", "spec"], cwd=self.dir, check=True)
        spec = json.loads((self.dir / "config.json").read_text())
        spec["process"].update(terminal=False, args=["true"])
        (self.dir / "config.json").write_text(json.dumps(spec))
        self.count = 0

    def run_rm(self):
        self.count += 1
        return timed([self.runtime, "--root", f"{self.dir}/state", "run", f"b{self.count}"],
                     cwd=self.dir)


def rounds(systems, what):
    values = {s.name: [] for s in systems}
    for _ in range(ROUNDS):
        for system in systems:
            values[system.name].append(getattr(system, what)())
    return {name: statistics.median(v) for name, v in values.items()}


def row(title, unit, values, base="dockerd", digits=1):
    shown = "  ".join(f"{n} {v:.{digits}f}" for n, v in values.items())
    ratios = ""
    if base in values and values[base]:
        ratios = "  ".join(f"{n}/{base} {v / values[base]:.3f}" for n, v in values.items()
                           if n != base)
    print(f"{title:34} [{unit}] {shown}\n{'':34} ratio: {ratios}", flush=True)


def main():
    buoy = Engine("buoy", "buoy", os.environ["BUOY"], ["buoyd"], ["buoy-shim"])
    stock = Engine("buoy+docker-cli", "buoy", DOCKER, [], ["buoy-shim"])
    docker = Engine("dockerd", "dockerd", DOCKER, ["dockerd", "containerd"],
                    ["containerd-shim"])
    engines = [buoy, stock, docker]
    bares = []
    for runtime in ("crun", "runc"):
        try:
            bare = Bare(runtime)
            bare.run_rm()
            bares.append(bare)
        except (AssertionError, FileNotFoundError) as error:
            print(f"{runtime}: not measured: {error}")
    podmans = []
    try:
        podman = Podman()
        podman.run_rm()
        podmans.append(podman)
    except (AssertionError, FileNotFoundError) as error:
        print(f"podman: not measured: {str(error)[:300]}")

    time.sleep(2)
    buoy_idle = {"buoy": buoy.idle_kb("Rss") / 2, "dockerd": docker.idle_kb("Rss")}
    row("idle RSS of the daemon(s)", "KB", buoy_idle, digits=0)
    row("run --rm true", "ms", rounds([*engines, *podmans, *bares], "run_rm"))
    for system in [*engines, *podmans]:
        system.prepare_exec()
    row("exec true", "ms", rounds([*engines, *podmans], "exec"))
    row("20 x run -d at once", "containers/s",
        {e.name: e.start_many(20) for e in (stock, docker)})
    row("memory per container (supervisor)", "KB PSS",
        {"buoy": buoy.per_container_kb(), "dockerd": docker.per_container_kb()}, digits=0)
    for engine in engines:
        engine.remove_all()
    for system in [*engines, *podmans]:
        system.stop()


main()
