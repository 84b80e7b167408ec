"""Runs a list of steps on dockerd 20.10 and on buoyd and compares; where Docker 28 says otherwise than
20.10, Buoy follows 28 (texts of moby v28.5.2), and the difference is written down exactly."""

import os

from daemon import Daemon
import script

# Of the tests whose names end so: buoyd's runtime is crun, dockerd's is always runc.
CRUN = os.environ.get("BUOY_TEST_CRUN") == "1"


def both(steps):
    """{"dockerd": outcomes, "buoy": outcomes} of the steps, each on a fresh daemon."""
    collected = {}
    for kind in ("dockerd", "buoy"):
        with Daemon(kind) as daemon:
            collected[kind] = script.outcomes(daemon.load_busybox(), steps)
    return collected


def also_crun(newer, crun):
    """`newer` with what crun does in another way than runc: step -> [(runc's words, crun's words)]."""
    if not CRUN:
        return newer
    merged = dict(newer)
    for name, changes in crun.items():
        why, former = newer.get(name, ("crun", []))
        merged[name] = (why, [*former, *changes])
    return merged


def check(outcomes, name, newer):
    """`newer`: step -> (why, [(20.10's words, 28's words), ...]), the exit status among the words, or
    (why, 28's outcome). Each of them must be needed."""
    docker, buoy = outcomes["dockerd"][name], outcomes["buoy"][name]
    if name in newer:
        why, changes = newer[name]
        assert why and docker != buoy, "the same as 20.10: the exception is not needed"
        if isinstance(changes, tuple):
            docker, changes = changes, []
        for old, new in changes:
            if isinstance(old, int):
                assert docker[0] == old
                docker = (new, *docker[1:])
                continue
            assert old in docker[1] + docker[2], f"20.10 does not say {old!r}: {docker}"
            docker = (docker[0], docker[1].replace(old, new), docker[2].replace(old, new))
    assert buoy == docker, f"\nbuoy:    {buoy}\ndockerd: {docker}"
