"""`buoy`, called as `docker`, prints what the stock docker CLI prints, on the same daemon."""

import os
import pathlib

import pytest
import script
from daemon import DOCKER, Daemon, temp_dir


@pytest.fixture(scope="module")
def outcomes():
    as_docker = temp_dir("cli") / "docker"
    as_docker.symlink_to(pathlib.Path(os.environ["BUOY"]).resolve())
    collected = {}
    for side, client in (("stock", DOCKER), ("buoy", str(as_docker))):
        with Daemon("buoy") as daemon:
            collected[side] = script.outcomes(daemon.load_busybox(), client)
    return collected


@pytest.mark.parametrize("name", [step[0] for step in script.STEPS])
def test_same(outcomes, name):
    assert outcomes["buoy"][name] == outcomes["stock"][name]
