"""docker manifest create, annotate, inspect, push and rm: the stock CLI and buoy side by side, each
with a store and a repository of its own in one registry."""

import json
import os
import pathlib
import subprocess

import pytest

from daemon import DOCKER
from fake_registry import (LAYER, OCI_CONFIG, OCI_LAYER, OCI_MANIFEST, describe, digest)
from registry import Registry

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture(scope="module")
def registry():
    with Registry() as registry:
        for side in ("stock", "buoy"):
            for arch, kind in (("amd64", OCI_MANIFEST), ("arm64", DOCKER_MANIFEST)):
                put_image(registry, f"{side}/{arch}", arch, kind)
                put_image(registry, f"{side}/list", arch, kind, tag=arch)
        yield registry


def put_image(registry, name, arch, kind, tag="1"):
    config = json.dumps({"architecture": arch, "os": "linux", "config": {}, "rootfs": {
        "type": "layers", "diff_ids": [digest(LAYER)]}}).encode()
    registry.put_blob(name, config)
    registry.put_blob(name, LAYER)
    docker = kind == DOCKER_MANIFEST
    registry.put_manifest(name, tag, {
        "schemaVersion": 2, "mediaType": kind,
        "config": describe("application/vnd.docker.container.image.v1+json" if docker
                           else OCI_CONFIG, config),
        "layers": [describe("application/vnd.docker.image.rootfs.diff.tar.gzip" if docker
                            else OCI_LAYER, LAYER)]})


class Side:
    def __init__(self, name, program, home, registry):
        self.name, self.program, self.home = name, program, home
        self.repo = f"{registry.host}/{name}"

    def run(self, *args):
        done = subprocess.run(
            [self.program, "manifest", *(a.replace("REPO", self.repo) for a in args)],
            env={**os.environ, "HOME": str(self.home), "DOCKER_CONFIG": str(self.home)},
            capture_output=True, text=True, timeout=60)
        same = lambda text: text.replace(self.repo, "REPO").replace(f"{self.name}/", "SIDE/")
        return done.returncode, same(done.stdout), same(done.stderr)

    def stored(self):
        root = self.home / "manifests"
        return {str(p.relative_to(root)).replace(f"_{self.name}_", "_SIDE_"):
                p.read_text().replace(self.repo, "REPO")
                for p in sorted(root.rglob("*")) if p.is_file()} if root.exists() else {}


@pytest.fixture
def both(registry, tmp_path):
    link = tmp_path / "bin" / "docker"
    link.parent.mkdir()
    link.symlink_to(pathlib.Path(os.environ["BUOY"]).resolve())
    sides = []
    for name, program in (("stock", DOCKER), ("buoy", str(link))):
        (tmp_path / name).mkdir()
        sides.append(Side(name, program, tmp_path / name, registry))

    def run(*args):
        stock, buoy = (side.run(*args) for side in sides)
        assert buoy == stock, args
        assert sides[1].stored() == sides[0].stored()
        return stock

    return run


def made(both):
    status, out, _ = both("create", "--insecure", "REPO/list:x", "REPO/amd64:1", "REPO/arm64:1")
    assert (status, out) == (0, "Created manifest list REPO/list:x\n")


def test_create_annotate_push_rm(both, registry):
    made(both)
    both("inspect", "REPO/list:x")
    both("inspect", "-v", "REPO/list:x")
    both("inspect", "REPO/list:x", "REPO/arm64:1")
    both("inspect", "--verbose", "REPO/list:x", "REPO/amd64:1")
    assert both("annotate", "REPO/list:x", "REPO/arm64:1", "--variant", "v8", "--os-version", "7",
                "--os-features", "a,b", "--os-features", "a")[0] == 0
    assert both("annotate", "REPO/list:x", "REPO/arm64:1", "--arch", "arm")[0] == 0
    status, out, _ = both("push", "REPO/list:x")
    assert status == 0 and out.startswith("Pushed ref REPO/list@sha256:")
    _, stock = registry.manifest("stock/list", "x")
    _, buoy = registry.manifest("buoy/list", "x")
    assert stock == buoy and json.loads(buoy)["manifests"][1]["platform"]["variant"] == "v8"
    both("inspect", "REPO/list:x")
    assert both("push", "--purge", "REPO/list:x")[0] == 0
    both("inspect", "--insecure", "REPO/list:x")
    both("inspect", "--insecure", "-v", "REPO/list:x")
    both("rm", "REPO/list:x")


def test_images_of_the_same_repository_are_not_mounted(both):
    both("create", "--insecure", "REPO/list:y", "REPO/list:amd64", "REPO/list:arm64")
    status, out, _ = both("push", "--insecure", "REPO/list:y")
    assert status == 0 and out.startswith("sha256:") and out.count("\n") == 1
    made(both)
    assert both("rm", "REPO/list:x", "REPO/list:y", "REPO/list:z")[0] == 1


@pytest.mark.parametrize("args", [
    ("create", "REPO/list:x"), ("create", "REPO/UPPER:x", "REPO/amd64:1"),
    ("create", "--insecure", "REPO/list:x", "REPO/missing:1"),
    ("create", "--insecure", "REPO/list:x", "BAD/@"),
    ("annotate", "REPO/list:x"), ("annotate", "REPO/list:x", "REPO/amd64:1"),
    ("annotate", "BAD/@", "REPO/amd64:1"), ("annotate", "REPO/list:x", "BAD/@"),
    ("push",), ("push", "REPO/none:x"), ("push", "BAD/@"), ("rm",), ("rm", "REPO/none", "BAD/@"),
    ("inspect", "REPO/none:x", "REPO/amd64:1"), ("inspect", "a", "b", "c"), ("inspect",),
    ("--help",), ("create", "--help"), ("annotate", "--help"), ("push", "--help"), ("rm", "--help"),
    ("inspect", "--help")], ids=" ".join)
def test_what_is_refused_and_explained(both, args):
    both(*args)


def test_a_list_is_changed_only_when_asked(both):
    made(both)
    assert both("create", "--insecure", "REPO/list:x", "REPO/amd64:1")[0] == 1
    assert both("create", "--insecure", "--amend", "REPO/list:x", "REPO/list:arm64")[0] == 0
    assert both("annotate", "REPO/list:x", "REPO/amd64:1", "--os", "haiku", "--arch", "ppc")[0] == 1
    assert both("annotate", "REPO/list:x", "REPO/missing:1", "--os", "linux")[0] == 1
    assert both("create", "--insecure", "other.test/x:1", "REPO/amd64:1")[0] == 0
    assert both("inspect", "other.test/x:1")[0] == 1
    assert both("push", "other.test/x:1")[0] == 1
