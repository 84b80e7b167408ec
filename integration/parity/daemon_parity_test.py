"""The stock docker CLI says the same against buoyd as against dockerd 20.10."""

import pytest
import script
from daemon import Daemon

# Where dockerd 20.10 differs from Docker 28, which Buoy follows: (step -> why). The step still runs
# on both sides and its exit status must agree.
NEWER_TEXT = {
    "bridge interfaces": "28 does not load sit/ip6tnl devices differently; order only",
    "not found 127": "28 wraps the runtime's text in 'failed to create task'",
    "not executable 126": "28 wraps the runtime's text in 'failed to create task'",
    "unknown user": "28 wraps the runtime's text in 'failed to create task'",
    "exec not found": "28 wraps the runtime's text",
    "rm running": "28 has a new text",
    "bind missing": "28 quotes the path",
    "bad runtime": "28 has a new text",
    "port taken": "28 has a new text",
    "exec stopped": "28 writes the name as given",
    "kill stopped": "28 dropped the prefix",
    "rmi in use": "28 names the container by another word",
    "inspect host config": "28 has other fields and default paths",
    "inspect config": "28 has other fields",
    "bad filter": "28 quotes the key",
    "ps bad filter": "28 has a new text",
    "bad memory": "the text is equal, the kernel warnings differ",
    "mounts": "20.10 mounts less strictly",
}


@pytest.fixture(scope="module")
def outcomes():
    collected = {}
    for kind in ("dockerd", "buoy"):
        with Daemon(kind) as daemon:
            collected[kind] = script.outcomes(daemon.load_busybox())
    return collected


@pytest.mark.parametrize("name", [step[0] for step in script.STEPS])
def test_same(outcomes, name):
    docker, buoy = outcomes["dockerd"][name], outcomes["buoy"][name]
    if name in NEWER_TEXT:
        assert buoy[0] == docker[0], f"docker: {docker}\nbuoy:   {buoy}"
    else:
        assert buoy == docker
