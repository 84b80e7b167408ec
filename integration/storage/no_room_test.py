"""A data root that gets full in the middle of load, commit and import: nothing stays behind."""

import io
import hashlib
import json
import os
import subprocess
import tarfile

import pytest
from daemon import Daemon, wait_for

@pytest.fixture(scope="module", params=["overlay2", "vfs"])
def daemon(request, tmp_path_factory):
    small = tmp_path_factory.mktemp("small")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(small)], check=True)
    daemon = Daemon(args=[f"--storage-driver={request.param}"])
    daemon.data_root = small / "data"
    daemon.folder = "vfs" if request.param == "vfs" else "overlay"
    with daemon:
        yield daemon.load_busybox()


def files(daemon):
    found = set()
    for folder in ("blobs/sha256", "blobs/.staging", daemon.folder, f"{daemon.folder}/.staging"):
        found |= {f"{folder}/{p.name}" for p in (daemon.data_root / folder).iterdir()}
    return found


def tar_of(**members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.fixture
def unchanged(daemon):
    before, images = files(daemon), daemon.out("images", "-a")
    yield
    wait_for(lambda: files(daemon) == before, 20, "nothing left")
    assert daemon.out("images", "-a") == images
    assert daemon.buoy("system", "check").out.endswith("no damage\n")


def no_room(daemon, *args, **options):
    done = daemon.run(*args, check=False, **options)
    assert done.status == 1, done
    text = done.err if isinstance(done.err, str) else done.err.decode()
    assert "no space left on device" in text, done


@pytest.mark.parametrize("size", [60, 18])
def test_load(daemon, unchanged, tmp_path, size):
    """Too large for the blobs, then for the layers."""
    layer = tar_of(data=os.urandom(size << 20))
    config = json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {
        "type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]}})
    manifest = [{"Config": "c.json", "RepoTags": None, "Layers": ["layer.tar"]}]
    archive = tmp_path / "big.tar"
    archive.write_bytes(tar_of(**{"layer.tar": layer, "c.json": config.encode(),
                                  "manifest.json": json.dumps(manifest).encode()}))
    no_room(daemon, "load", "-i", archive)


def test_import(daemon, unchanged):
    no_room(daemon, "import", "-", input=tar_of(data=os.urandom(18 << 20)), text=False)
    no_room(daemon, "import", "-", input=tar_of(data=os.urandom(60 << 20)), text=False)


def test_commit(daemon, unchanged):
    daemon.run("run", "--name", "writer", "busybox", "dd", "if=/dev/urandom", "of=/data", "bs=1M",
               "count=14")
    try:
        no_room(daemon, "commit", "writer")
    finally:
        daemon.run("rm", "writer")
