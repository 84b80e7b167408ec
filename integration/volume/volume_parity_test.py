"""Volumes: the stock docker CLI says the same against buoyd as against dockerd 20.10."""

import json
import concurrent.futures
import re

import pytest
import volume_steps
from daemon import Daemon, temp_dir

# step -> why Buoy, which follows Docker 28, differs. The exit status must still agree.
NEWER = {
    "ls dangling bad": "28 writes 'invalid' in lower case",
    "ls bad filter": "28 writes 'invalid' in lower case",
    "prune bad filter": "28 writes 'invalid' in lower case",
    "bad data used": "28 hides passwords",
    "tmpfs bad option": "28 prints the word alone",
}


def outcomes(kind):
    with Daemon(kind) as daemon:
        return run_steps(daemon.load_busybox())


def run_steps(daemon):
    """{step: (status, stdout, stderr)} with what is the daemon's own taken out."""
    tmp = temp_dir("steps")
    (tmp / "data").mkdir()
    (tmp / "data" / "file").write_text("content\n")
    collected = {}
    for name, args, *stdin in volume_steps.STEPS:
        args = [arg.replace("{tmp}", str(tmp)) for arg in args]
        result = daemon.run(*args, check=False, input=stdin[0] if stdin else None)
        texts = []
        for text in (result.out, result.err):
            for own, shown in ((str(daemon.data_root), "<root>"), (str(tmp), "<tmp>")):
                text = text.replace(own, shown)
            text = re.sub(r"\b[0-9a-f]{64}\b", "<id>", text)
            text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", "<time>", text)
            text = re.sub(r"Unable to find image (.|\n)*", "<no image>", text)
            # Docker lists the users of a volume in any order.
            text = re.sub(r"\[<id>(, <id>)*\]", "<ids>", text) if "in use" in text else text
            texts.append(text)
        # Where an anonymous volume's random name sorts is chance.
        if "inspect" in name or name.endswith("mounts") or name.startswith("ls"):
            texts[0] = "\n".join(sorted(texts[0].splitlines()))
        collected[name] = (result.status, *texts)
    return collected


@pytest.fixture(scope="module")
def both():
    kinds = ("dockerd", "buoy")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return dict(zip(kinds, pool.map(outcomes, kinds)))


def in_order(name, outcome):
    """The CLI sends its -v options in the order of a map."""
    if name != "inspect binds":
        return outcome
    status, out, err = outcome
    binds, rest = out.split("] ", 1)
    return status, " ".join(sorted(json.loads(binds + "]"))) + rest, err


@pytest.mark.parametrize("name", [step[0] for step in volume_steps.STEPS])
def test_same(both, name):
    docker, buoy = (in_order(name, both[kind][name]) for kind in ("dockerd", "buoy"))
    if name in NEWER:
        assert buoy[0] == docker[0], f"docker: {docker}\nbuoy:   {buoy}"
    else:
        assert buoy == docker
