"""Clocks, memory of processes, and figures of several systems taken in turns."""

import os
import statistics
import subprocess
import time


def elapsed_ms(action):
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def run(command, **options):
    """Runs a command to its end, which must be a good one."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    assert done.returncode == 0, (command, done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def processes(*parts):
    """The processes whose command line contains every one of these strings; program name first."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                command = file.read().decode(errors="replace").split("\0")
        except OSError:
            continue
        program = os.path.basename(command[0])
        if program.startswith(parts[0]) and all(p in "\0".join(command) for p in parts[1:]):
            found.append(int(pid))
    return found


def memory_kb(pids, field="Pss"):
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith(field + ":"))
        except OSError:
            pass  # it has ended meanwhile
    return total


class Series:
    """Values of one figure, one list for each system."""

    def __init__(self, title, unit, digits=1):
        self.title, self.unit, self.digits = title, unit, digits
        self.values = {}

    def add(self, name, value):
        self.values.setdefault(name, []).append(value)

    def median(self, name):
        return statistics.median(self.values[name])

    def ratio(self, name, base):
        """The median of the ratios round by round when both have as many: a slow moment of the
        machine hits both sides of a pair."""
        mine, others = self.values[name], self.values[base]
        if len(mine) == len(others):
            return statistics.median(a / b for a, b in zip(mine, others) if b)
        return self.median(name) / self.median(base)

    def rows(self, base="dockerd"):
        for name, values in self.values.items():
            row = {"figure": self.title, "unit": self.unit, "system": name,
                   "median": self.median(name), "min": min(values), "max": max(values),
                   "runs": len(values)}
            if name != base and base in self.values:
                row["ratio"] = self.ratio(name, base)
            yield row

    def text(self, base="dockerd"):
        lines = [f"{self.title} [{self.unit}]"]
        for row in self.rows(base):
            numbers = "  ".join(f"{key} {row[key]:>9.{self.digits}f}"
                                for key in ("median", "min", "max"))
            ratio = f"  {row['ratio']:.3f} of {base}" if "ratio" in row else ""
            lines.append(f"  {row['system']:18} {numbers}{ratio}")
        return "\n".join(lines)


def in_turns(series, systems, action, rounds):
    """One value of every system in each round; `action(system)` returns it."""
    for _ in range(rounds):
        for system in systems:
            series.add(system.name, action(system))
    return series
