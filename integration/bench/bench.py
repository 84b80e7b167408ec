#!/usr/bin/env python3
"""Times and sizes of Buoy beside dockerd + containerd, podman and the bare runtimes, all in this run.

The systems take turns inside every round, so that a slow moment of the machine hits all of them.
Absolute numbers mean little; the ratios are the result. Settings, from the environment:

  BENCH_ROUNDS=15       rounds of the quick figures
  BENCH_CONTAINERS=50   live containers (with two published ports each) of the restart
  BENCH_RESTARTS=3      restarts
  BENCH_JSON=FILE       where the figures also go, one JSON object a line
"""

import json
import os
import sys
import time

from daemon import make_image, temp_dir
from engines import Bare, BuoyClient, Podman, buoyd_with, dockerd
from measure import Series, elapsed_ms, in_turns, run
from restart import restart

# The goals of the project, as shares of dockerd's figure.
GOALS = {"run --rm": 1 / 4, "create+start+wait+rm": 1 / 4, "exec": 1 / 3, "idle RSS": 1 / 8,
         "restart": 1 / 10}
SHIM_GOAL_KB = 1024
# A daemon is idle when it has had nothing to do for this long.
IDLE_S = 8


class Settings:
    """What is measured, and how often; the defaults are in the text above or need no change."""

    def __init__(self, env):
        self.idle_s = float(env.get("BENCH_IDLE_S", IDLE_S))
        self.rounds = int(env.get("BENCH_ROUNDS", 15))
        self.containers = int(env.get("BENCH_CONTAINERS", 50))
        self.restarts = int(env.get("BENCH_RESTARTS", 3))
        self.listed = int(env.get("BENCH_LISTED", 100))
        self.batch = int(env.get("BENCH_BATCH", 16))
        self.image_mb = int(env.get("BENCH_IMAGE_MB", 64))
        self.json = env.get("BENCH_JSON")


class Report:
    def __init__(self, settings):
        self.file = open(settings.json, "w") if settings.json else None
        self.rows = []

    def add(self, series):
        print(series.text(), flush=True)
        for row in series.rows():
            self.rows.append(row)
            if self.file:
                print(json.dumps(row), file=self.file, flush=True)

    def verdicts(self):
        """The goals, and what became of them in this run; a text for each."""
        for row in self.rows:
            if row["figure"].startswith("PSS of a container's supervisor"):
                if row["system"].startswith("buoyd"):
                    met = "reached" if row["median"] < SHIM_GOAL_KB else "MISSED"
                    yield f"goal < {SHIM_GOAL_KB} KB {met}: {row['system']}: {row['median']:.0f}"
                continue
            goal = next((g for start, g in GOALS.items() if row["figure"].startswith(start)), None)
            if goal is None or "ratio" not in row or not row["system"].startswith("buoyd"):
                continue
            met = "reached" if row["ratio"] <= goal else "MISSED"
            yield f"goal {goal:.3f} {met}: {row['figure']}, {row['system']}: {row['ratio']:.3f}"


def optional(make):
    """A peer that does not work on this host is said, not silently left out."""
    try:
        system = make()
        system.run_rm()
        return [system]
    except (AssertionError, OSError) as error:
        print(f"not measured: {make}: {str(error)[:300]}")
        return []


def big_archive(megabytes):
    """An image whose program is padded with data that compresses to about a half."""
    folder = temp_dir("big")
    binary = folder / "busybox"
    with open("/bin/busybox", "rb") as source, open(binary, "wb") as out:
        out.write(source.read())
        for _ in range(megabytes * 8):
            out.write(os.urandom(64 << 10) + bytes(64 << 10))
    binary.chmod(0o755)
    return make_image("big:latest", "--busybox", str(binary), "--gzip")


def measure_memory(report, daemons, title):
    for field in ("Rss", "Pss"):
        series = Series(title.format(field.upper()), "KB", 0)
        report.add(in_turns(series, daemons, lambda d, f=field: d.daemon_kb(f), 1))


def measure_runs(report, settings, daemons, clients, others):
    everyone = [*daemons, *clients, *others]
    if settings.rounds > 1:  # warm
        for system in everyone:
            system.run_rm()
    report.add(in_turns(Series("run --rm true", "ms"), everyone, lambda s: s.run_rm(),
                        settings.rounds))
    report.add(in_turns(Series("create+start+wait+rm by HTTP", "ms"), daemons,
                        lambda s: elapsed_ms(s.cycle), settings.rounds))
    for system in [*daemons, *others]:
        system.prepare_exec()
    report.add(in_turns(Series("exec true", "ms"), everyone, lambda s: s.exec(), settings.rounds))
    report.add(in_turns(Series("exec true by HTTP", "ms"), daemons,
                        lambda s: elapsed_ms(s.exec_cycle), settings.rounds))


def measure_starts(report, settings, daemons):
    for at_once in (1, 8):
        series = Series(f"create+start by HTTP, {at_once} at once, per container", "ms")
        for _ in range(max(1, settings.rounds // 5)):
            for daemon in daemons:
                made = []
                spent = elapsed_ms(lambda d=daemon, m=made: m.extend(
                    d.start_many(settings.batch, at_once)))
                series.add(daemon.name, spent / settings.batch)
                daemon.remove_many(made)
        report.add(series)


def measure_load(report, settings, systems):
    archive = big_archive(settings.image_mb)
    series = Series(f"load of an image of {settings.image_mb} MB", "ms", 0)
    for _ in range(max(1, settings.rounds // 5)):
        for system in systems:
            series.add(system.name, system.load(archive))
            system.remove_image("big:latest")
    report.add(series)


def measure_many(report, settings, daemons):
    """With many containers: memory of each, `ps`, restart."""
    ports = 2
    for daemon in daemons:
        daemon.remove_many([c["Id"] for c in daemon.call("GET", "/containers/json?all=1")])
        daemon.start_many(settings.containers, 4, ports)
        for _ in range(settings.listed - settings.containers):
            daemon.create(["true"])
    live = settings.containers
    measure_memory(report, daemons, "{} of the daemon(s) just after the start of " + f"{live}")
    for field in ("Pss", "Rss"):
        series = Series(f"{field.upper()} of a container's supervisor", "KB", 0)
        report.add(in_turns(series, daemons, lambda d, f=field: d.supervisors_kb(f), 1))
    time.sleep(settings.idle_s)
    measure_memory(report, daemons, "idle {} of the daemon(s) above " + f"{live} containers")
    report.add(in_turns(Series(f"ps -a of {settings.listed} containers", "ms"), daemons,
                        lambda d: d.client("ps", "-a"), settings.rounds))
    report.add(in_turns(Series(f"GET /containers/json of {settings.listed}", "ms", 2), daemons,
                        lambda d: elapsed_ms(lambda: d.call("GET", "/containers/json?all=1")),
                        settings.rounds))
    title = f"restart above {live} containers and {live * ports} ports: exec to "
    ping, ps = Series(title + "_ping", "ms"), Series(title + "a complete ps", "ms")
    for _ in range(settings.restarts):
        for daemon in daemons:
            first, second = restart(daemon, live)
            ping.add(daemon.name, first)
            ps.add(daemon.name, second)
    report.add(ping)
    report.add(ps)


def describe(daemons):
    print("Buoy:", run([os.environ["BUOYD"], "--version"]).decode().strip())
    for program in ("dockerd", "containerd", "runc", "crun", "podman"):
        try:
            print(f"{program}:", run([program, "--version"]).decode().splitlines()[0])
        except OSError:
            print(f"{program}: not here")
    for daemon in daemons:
        runtime = daemon.call("GET", "/info")["DefaultRuntime"]
        print(f"{daemon.name}: its default runtime is {runtime}")


def main(settings):
    report = Report(settings)
    docker = dockerd()
    buoys = []
    for runtime in ("crun", "runc"):
        buoys += optional(lambda r=runtime: buoyd_with(r))
    daemons = [*buoys, docker]
    others = []
    for make in (Podman, lambda: Bare("crun"), lambda: Bare("runc")):
        others += optional(make)
    describe(daemons)
    podmans = [o for o in others if isinstance(o, Podman)]
    time.sleep(settings.idle_s)
    measure_memory(report, daemons, "idle {} of the daemon(s)")
    measure_runs(report, settings, daemons, [BuoyClient(b) for b in buoys], others)
    measure_load(report, settings, [*daemons, *podmans])
    if podmans:
        report.add(in_turns(Series("PSS of a container's conmon", "KB", 0), podmans,
                            lambda p: p.supervisors_kb(), 1))
    measure_starts(report, settings, daemons)
    measure_many(report, settings, daemons)
    for verdict in report.verdicts():
        print(verdict)
    for system in [*others, *daemons]:
        system.stop()
    return report


if __name__ == "__main__":
    main(Settings(os.environ))
    sys.exit(0)
