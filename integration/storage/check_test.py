"""buoy system check [--repair]: what is damaged in the store is named, and mended where it can be."""

import json
import shutil

import pytest
from daemon import Daemon


@pytest.fixture(params=["overlay2", "vfs"])
def daemon(request):
    with Daemon(args=[f"--storage-driver={request.param}"]) as d:
        d.folder = d.data_root / ("vfs" if request.param == "vfs" else "overlay")
        yield d.load_busybox()


def check(daemon, *args):
    done = daemon.buoy("system", "check", *args, check=False)
    return done.status, done.out


def layer(daemon):
    """The folder of busybox' only layer."""
    folder, = [p for p in daemon.folder.iterdir() if len(p.name) == 64]
    return folder


GOOD = "Checked 1 image, 1 layer, {} blobs, {}: no damage\n"


def well(daemon, containers="0 containers"):
    status, out = check(daemon)
    blobs = len(list((daemon.data_root / "blobs/sha256").iterdir()))
    assert (status, out) == (0, GOOD.format(blobs, containers))


def test_a_damaged_layer_is_unpacked_again(daemon):
    well(daemon)
    daemon.run("run", "--name", "c1", "busybox", "sh", "-c", "echo kept >/mine; rm /etc/group")
    (layer(daemon) / "diff/etc/passwd").write_text("damaged::0:0::/:/bin/false\n")
    status, out = check(daemon)
    assert status == 1
    assert f"layer sha256:{layer(daemon).name}: /etc/passwd differs (busybox:latest): " in out
    assert out.endswith("1 container: 1 damaged, 0 repaired\n")
    # Not under a container that runs.
    daemon.run("run", "-d", "--name", "runs", "busybox", "sleep", "1000")
    status, out = check(daemon, "--repair")
    runs = daemon.inspect("runs")["Id"][:12]
    assert status == 1 and f"the container {runs} runs on it: stop it first" in out
    daemon.run("rm", "-f", "runs")
    status, out = check(daemon, "--repair")
    assert status == 0 and "unpacked again from its blob\n" in out, out
    well(daemon, "1 container")
    daemon.run("start", "c1")
    daemon.run("wait", "c1")
    assert "damaged" not in daemon.out("run", "--rm", "busybox", "cat", "/etc/passwd")
    assert {"A /mine", "D /etc/group"} <= set(daemon.out("diff", "c1").splitlines())


@pytest.mark.parametrize("restart", [False, True])
def test_a_lost_layer_comes_back_under_its_containers(daemon, restart):
    daemon.run("run", "--name", "c1", "busybox", "sh", "-c", "cat /kept || echo first >/kept")
    shutil.rmtree(layer(daemon))
    if restart:
        daemon.restart()
    status, out = check(daemon, "--repair", "--format", "json")
    report = json.loads(out)
    assert status == 0 and [d["Kind"] for d in report["Damages"]] == ["layer"], report
    well(daemon, "1 container")
    assert "first" in daemon.out("start", "-a", "c1")


def test_a_wrong_blob_comes_back_by_load(daemon, tmp_path):
    blob = max((daemon.data_root / "blobs/sha256").iterdir(), key=lambda p: p.stat().st_size)
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    (daemon.data_root / "blobs/sha256" / ("0" * 64)).write_text("foreign")
    status, out = check(daemon, "--repair")
    assert status == 1
    assert f"blob sha256:{'0' * 64}: no image refers to it: removed\n" in out
    assert f"blob sha256:{blob.name}: its content has the digest sha256:" in out
    assert "it runs, but cannot be saved or pushed (busybox:latest): pull or load" in out
    assert daemon.out("run", "--rm", "busybox", "echo", "runs") == "runs"
    daemon.load_busybox()
    well(daemon)
    daemon.run("save", "-o", str(tmp_path / "saved.tar"), "busybox")


def test_a_lost_container_is_named(daemon):
    daemon.run("create", "--name", "c1", "busybox")
    full = daemon.inspect("c1")["Id"]
    shutil.rmtree(daemon.data_root / "containers" / full / "rw")
    status, out = check(daemon, "--repair")
    assert status == 1
    assert f"container {full}: what it stands on is not recorded ({full[:12]}): remove" in out
    daemon.run("rm", "c1")
    well(daemon)
