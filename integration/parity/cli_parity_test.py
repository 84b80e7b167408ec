"""`buoy`, called as `docker`, prints what the stock docker CLI prints, on the same daemon."""

import importlib.util
import os
import pathlib

import pytest
from daemon import DOCKER, Daemon, temp_dir

_spec = importlib.util.spec_from_file_location(
    "script", pathlib.Path(__file__).with_name("script.py")
)
script = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(script)


@pytest.fixture(scope="module")
def outcomes():
    as_docker = temp_dir("cli") / "docker"
    as_docker.symlink_to(pathlib.Path(os.environ["BUOY"]).resolve())
    collected = {}
    for client in (DOCKER, str(as_docker)):
        with Daemon("buoy") as daemon:
            daemon.load_busybox()
            for name, args, *stdin in script.STEPS:
                result = daemon.run(
                    *args, client=client, check=False, input=stdin[0] if stdin else None
                )
                side = "stock" if client == DOCKER else "buoy"
                collected[side, name] = (
                    result.status,
                    script.normalise(result.out),
                    script.normalise(result.err),
                )
    return collected


@pytest.mark.parametrize("name", [step[0] for step in script.STEPS])
def test_same(outcomes, name):
    assert outcomes["buoy", name] == outcomes["stock", name]
