"""`buoy`, called as `docker`, does what the stock docker CLI 28 does: same output, same exit status,
on the same daemon (dockerd 20.10, so that only the client differs)."""

import os
import pathlib

import cli_script
import cli_steps
import pytest
from daemon import DOCKER, Daemon, make_image

# What still differs: (topic, step) -> why. Skipped, so that it is seen.
_NO_BUILD = "the CLI has no build, builder, plugin, service, stack, trust yet"
DIFFERS = {
    ("help", ""): _NO_BUILD,
    ("help", "image"): _NO_BUILD,
    ("cp", "42"): "the stock CLI also logs that its own pipe was closed",
    ("cp", "44"): "the stock CLI also logs that its own pipe was closed",
    ("system", "47"): "the times are in the text",
    ("system", "48"): "the times are in the text",
    ("errors", "1"): _NO_BUILD,
    ("errors", "4"): "the build",
    ("errors", "5"): "the build",
    ("errors", "6"): _NO_BUILD,
    ("errors", "75"): "the platform is checked by the daemon, not by the client",
    ("errors", "142"): "no --tree yet",
    ("errors", "154"): "the daemon's temporary name is in the text",
    ("errors", "186"): "no cluster volumes yet",
    ("errors", "192"): "the build",
    ("errors", "198"): "the text of a missing ca.pem",
    ("run", "18"): "the stock CLI tells of the broken pipe; buoy ends as SIGPIPE ends a process",
    ("run", "22"): "with --sig-proxy=false the stock CLI ignores SIGTERM; buoy ends",
    ("life", "5"): "two streams: which line was logged last is a race",
    ("life", "25"): "no format `raw` yet",
    ("life", "64"): "Go's print of a whole struct",
    ("life", "69"): "pids",
    ("life", "100"): "the text of a broken pipe",
    ("volumes", "29"): "no cluster volumes yet",
}


@pytest.fixture(scope="module")
def outcomes():
    buoy = str(pathlib.Path(os.environ["BUOY"]).resolve())
    collected = {}
    with Daemon("dockerd") as daemon:
        image = make_image("busybox:latest", "--layers", "2")
        for topic, steps in cli_steps.TOPICS.items():
            for side, client in (("stock", DOCKER), ("buoy", buoy)):
                daemon.run("load", "-i", image)
                collected[topic, side] = cli_script.run_topic(steps, client, DOCKER, daemon.host)
    return collected


CASES = [(topic, name) for topic, steps in cli_steps.TOPICS.items() for name, _ in steps]


@pytest.mark.parametrize("topic,name", CASES)
def test_same(outcomes, topic, name):
    if (topic, name) in DIFFERS:
        pytest.skip(DIFFERS[topic, name])
    assert outcomes[topic, "buoy"][name] == outcomes[topic, "stock"][name]
