"""What the API says of the vfs driver, beside dockerd 20.10 with the same driver."""

import json

import pytest
from daemon import Daemon


@pytest.fixture(scope="module")
def answers():
    found = {}
    for kind in ("buoy", "dockerd"):
        with Daemon(kind, args=["--storage-driver=vfs"]) as daemon:
            daemon.load_busybox()
            daemon.run("run", "--name", "c1", "busybox", "sh", "-c", "echo 1234567 >/new")
            df = json.loads(daemon.out("system", "df", "--format", "{{json .}}").splitlines()[0])
            info = json.loads(daemon.out("info", "--format", "{{json .}}"))
            found[kind] = {
                # DriverStatus is [] here and null there: nothing for either client to show.
                "driver": (info["Driver"], info["DriverStatus"] or None),
                "container": daemon.inspect("c1")["GraphDriver"],
                "image": daemon.inspect("busybox", "image")["GraphDriver"],
                "df": {key: df[key] for key in ("Type", "TotalCount", "Active", "Size")},
                "size": daemon.out("ps", "-a", "--size", "--format", "{{.Size}}"),
            }
    return found


@pytest.mark.parametrize("what", ["driver", "container", "image", "df", "size"])
def test_same(answers, what):
    assert answers["buoy"][what] == answers["dockerd"][what]
