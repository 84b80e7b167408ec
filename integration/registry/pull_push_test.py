"""Pull and push between buoyd, Debian's registry, skopeo and dockerd 20.10."""

import hashlib
import json
import os
import subprocess
import tarfile
import time

import pytest

from daemon import Daemon, make_image, wait_for
from fake_registry import OCI_CONFIG, OCI_LAYER, OCI_MANIFEST, describe, tar_of
from registry import Registry, skopeo


@pytest.fixture(scope="module")
def registry():
    with Registry() as registry:
        yield registry


@pytest.fixture(scope="module")
def daemon():
    with Daemon() as daemon:
        yield daemon


@pytest.fixture(autouse=True)
def clean(daemon):
    yield
    ids = set(daemon.out("images", "-aq").split())
    if ids:
        daemon.run("rmi", "-f", *ids)


@pytest.fixture(scope="module")
def busybox():
    return make_image("busybox:latest", "--layers", "4", "--gzip")


def seed(registry, archive, name="library/busybox:latest", *options):
    skopeo("copy", "--dest-tls-verify=false", *options, f"docker-archive:{archive}",
           f"docker://{registry.host}/{name}")
    return f"{registry.host}/{name}"


@pytest.mark.parametrize("client", [None, "buoy"])
def test_pull_says_what_docker_says(daemon, registry, busybox, client):
    ref = seed(registry, busybox)
    headers, manifest = registry.manifest("library/busybox", "latest")
    digest = headers["Docker-Content-Digest"]
    lines = daemon.out("pull", ref, client=client).splitlines()
    layers = [layer["digest"][7:19] for layer in json.loads(manifest)["layers"]]
    assert lines[0] == "latest: Pulling from library/busybox"
    for layer in layers:
        said = [line.split(": ", 1)[1] for line in lines if line.startswith(layer)]
        assert [s for s in said if s != "Waiting"] == [
            "Pulling fs layer", "Verifying Checksum", "Download complete", "Pull complete"]
    assert lines[-3:] == [f"Digest: {digest}", f"Status: Downloaded newer image for {ref}", ref]

    again = daemon.out("pull", ref, client=client).splitlines()
    assert again == ["latest: Pulling from library/busybox", f"Digest: {digest}",
                     f"Status: Image is up to date for {ref}", ref]
    image = daemon.inspect(ref, "image")
    assert image["RepoTags"] == [ref]
    assert image["RepoDigests"] == [f"{ref.rsplit(':', 1)[0]}@{digest}"]
    assert image["Id"] == json.loads(manifest)["config"]["digest"]
    assert daemon.out("run", "--rm", ref, "echo", "hi") == "hi"


def test_pull_by_digest_and_quiet(daemon, registry, busybox):
    ref = seed(registry, busybox)
    digest = registry.manifest("library/busybox", "latest")[0]["Docker-Content-Digest"]
    name = ref.rsplit(":", 1)[0]
    lines = daemon.out("pull", f"{name}@{digest}").splitlines()
    assert lines[0] == f"{name}@{digest}: Pulling from library/busybox"
    assert lines[-2] == f"Status: Downloaded newer image for {name}@{digest}"
    assert daemon.inspect(f"{name}@{digest}", "image")["RepoTags"] == []
    assert daemon.out("pull", "-q", ref) == ref
    wrong = "sha256:" + "0" * 64
    done = daemon.run("pull", f"{name}@{wrong}", check=False)
    assert done.status == 1 and f"manifest for {name}@{wrong} not found: manifest unknown" in done.err


def test_pull_all_tags(daemon, registry, busybox):
    for tag in ("one", "two", "three"):
        seed(registry, busybox, f"many/tags:{tag}")
    name = f"{registry.host}/many/tags"
    out = daemon.out("pull", "-a", name)
    assert out.splitlines()[-2:] == [f"Status: Downloaded newer image for {name}", name]
    assert {line for line in daemon.out("images", "--format", "{{.Tag}}", name).split()} == {
        "one", "two", "three"}


def test_errors_are_dockers(daemon, registry):
    done = daemon.run("pull", f"{registry.host}/nope:1", check=False)
    assert done.err == (f"Error response from daemon: manifest for {registry.host}/nope:1 not found: "
                        "manifest unknown: manifest unknown\n")
    status, _, _ = daemon.request("POST", f"/images/create?fromImage={registry.host}/nope&tag=1")
    assert status == 404
    done = daemon.run("pull", "127.0.0.1:1/x", check=False)
    assert done.status == 1 and "connect: connection refused" in done.err
    done = daemon.run("pull", "scratch", check=False)
    assert "'scratch' is a reserved name" in done.err


def test_run_pulls_what_is_absent(daemon, registry, busybox):
    for client in (None, "buoy"):
        ref = seed(registry, busybox, f"absent:{client}")
        done = daemon.run("run", "--rm", ref, "echo", "hello", client=client)
        assert done.out == "hello\n"
        assert f"Unable to find image '{ref}' locally" in done.err
        assert f"Status: Downloaded newer image for {ref}" in done.err
        again = daemon.run("run", "--rm", "--pull", "always", ref, "true", client=client)
        assert "Status: Image is up to date for " + ref in again.err + again.out
    done = daemon.run("run", "--pull=never", f"{registry.host}/absent:x", client="buoy", check=False)
    assert done.status == 125


def test_events(daemon, registry, busybox):
    ref = seed(registry, busybox)
    daemon.run("pull", ref)
    daemon.run("push", ref)
    events = [json.loads(line) for line in daemon.out(
        "events", "--since", "1h", "--until", str(int(time.time()) + 1), "--filter", "type=image", "--format",
        "{{json .}}").splitlines()]
    last = [(e["Action"], e["Actor"]["ID"], e["Actor"]["Attributes"]["name"]) for e in events][-2:]
    name = ref.rsplit(":", 1)[0]
    assert last == [("pull", ref, name), ("push", ref, name)]


@pytest.mark.parametrize("form,compression", [("v2s2", "gzip"), ("oci", "gzip"), ("oci", "zstd")])
def test_formats(daemon, registry, busybox, form, compression):
    if compression == "zstd":
        ref = zstd_image(registry, form, compression)
    else:
        ref = seed(registry, busybox, f"{form}:{compression}", "--format", form)
    headers, manifest = registry.manifest(form, compression)
    daemon.run("pull", ref)
    assert daemon.out("run", "--rm", ref, "ls", "/layers") == "3"
    # The very bytes go back out.
    other = f"{registry.host}/copy-{form}:{compression}"
    daemon.run("tag", ref, other)
    out = daemon.out("push", other)
    assert out.splitlines()[-1] == (f"{compression}: digest: {headers['Docker-Content-Digest']} "
                                    f"size: {len(manifest)}")
    assert registry.manifest(f"copy-{form}", compression)[1] == manifest


def zstd_image(registry, name, tag):
    """busybox and a few layers, all packed by zstd."""
    folder = make_image("x:1", "--layers", "4", "--layout", "oci").parent
    with tarfile.open(folder / "image.tar") as tar:
        def read(descriptor):
            return tar.extractfile("blobs/sha256/" + descriptor["digest"][7:]).read()
        index = json.loads(tar.extractfile("index.json").read())
        manifest = json.loads(read(index["manifests"][0]))
        config, layers = read(manifest["config"]), [read(layer) for layer in manifest["layers"]]
    packed = [subprocess.run(["zstd", "-c"], input=layer, capture_output=True, check=True).stdout
              for layer in layers]
    document = {
        "schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": describe(OCI_CONFIG, config),
        "layers": [describe(OCI_LAYER + "+zstd", blob) for blob in packed]}
    for blob in (config, *packed):
        registry.put_blob(name, blob)
    registry.put_manifest(name, tag, document)
    return f"{registry.host}/{name}:{tag}"


def put_image(registry, name, tag, layer, arch="amd64", **more):
    diff_id = "sha256:" + hashlib.sha256(layer).hexdigest()
    config = json.dumps({"architecture": arch, "os": "linux", "config": {"Cmd": ["sh"]},
                         "rootfs": {"type": "layers", "diff_ids": [diff_id]}, **more}).encode()
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": len(config),
                   "digest": registry.put_blob(name, config)},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "size": len(layer),
                    "digest": registry.put_blob(name, layer)}]}
    return registry.put_manifest(name, tag, manifest), len(json.dumps(manifest))


def test_platforms_of_an_index(daemon, registry):
    empty = b"\0" * 10240
    entries = []
    for arch, variant in (("arm", "v6"), ("arm", "v7"), ("amd64", ""), ("s390x", "")):
        tag = arch + variant
        digest, size = put_image(registry, "multi", tag, empty, arch, **({"variant": variant} if variant else {}))
        platform = {"os": "linux", "architecture": arch, **({"variant": variant} if variant else {})}
        entries.append({"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest,
                        "size": size, "platform": platform})
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
             "manifests": entries}
    digest = registry.put_manifest("multi", "latest", index)
    ref = f"{registry.host}/multi:latest"
    for platform, arch, variant in ((None, "amd64", ""), ("linux/arm/v7", "arm", "v7"),
                                    ("linux/arm/v6", "arm", "v6"), ("linux/s390x", "s390x", ""),
                                    (None, "amd64", "")):
        options = ["--platform", platform] if platform else []
        assert f"Digest: {digest}" in daemon.out("pull", *options, ref)
        image = daemon.inspect(ref, "image")
        assert (image["Architecture"], image.get("Variant", "")) == (arch, variant)
        assert image["RepoDigests"] == [f"{registry.host}/multi@{digest}"]
    done = daemon.run("pull", "--platform", "linux/riscv64", ref, check=False)
    assert "no matching manifest for linux/riscv64 in the manifest list entries" in done.err
    out = daemon.out("pull", "--platform", "linux/arm64", f"{registry.host}/multi:s390x")
    assert "WARNING: image with reference" in out and "(linux/s390x) does not match" in out

    status, _, body = daemon.request("GET", f"/distribution/{registry.host}/multi:latest/json")
    answer = json.loads(body)
    assert status == 200 and answer["Descriptor"]["digest"] == digest
    assert [p["architecture"] for p in answer["Platforms"]] == ["arm", "arm", "amd64", "s390x"]


def test_manifest_inspect_is_dockers(daemon, registry, busybox):
    seed(registry, busybox, "plain:v2", "--format", "v2s2")
    seed(registry, busybox, "plain:oci", "--format", "oci")
    entries = []
    for tag in ("oci",):
        data = registry.manifest("plain", tag)[1]
        entries.append({**describe(OCI_MANIFEST, data),
                        "platform": {"architecture": "arm", "os": "linux", "variant": "v7"}})
    registry.put_manifest("plain", "list", {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": entries})
    for options in (["--insecure"], ["--insecure", "-v"]):
        for tag in ("v2", "oci", "list"):
            command = ["manifest", "inspect", *options, f"{registry.host}/plain:{tag}"]
            assert daemon.out(*command, client="buoy") == daemon.out(*command), (options, tag)
    for command in (["manifest", "inspect", "--insecure", f"{registry.host}/plain:no"],
                    ["manifest", "inspect", f"{registry.host}/plain:v2"]):
        ours, theirs = (daemon.run(*command, client=c, check=False) for c in ("buoy", None))
        assert (ours.status, ours.err) == (theirs.status, theirs.err)


@pytest.mark.parametrize("client", [None, "buoy"])
def test_push_of_a_loaded_image(daemon, registry, client):
    daemon.load_busybox("base:1", "--layers", "3")
    name = f"{registry.host}/loaded-{client or 'docker'}"
    daemon.run("tag", "base:1", f"{name}:v1")
    lines = daemon.out("push", f"{name}:v1", client=client).splitlines()
    assert lines[0] == f"The push refers to repository [{name}]"
    assert sum(line.endswith(": Pushed") for line in lines) == 3
    headers, manifest = registry.manifest(f"loaded-{client or 'docker'}", "v1")
    assert json.loads(manifest)["mediaType"] == (
        "application/vnd.docker.distribution.manifest.v2+json")
    assert lines[-1] == f"v1: digest: {headers['Docker-Content-Digest']} size: {len(manifest)}"
    assert daemon.inspect(f"{name}:v1", "image")["RepoDigests"] == [
        f"{name}@{headers['Docker-Content-Digest']}"]
    # What is there is skipped; what another repository has is mounted.
    again = daemon.out("push", f"{name}:v1", client=client)
    assert again.count("Layer already exists") == 3 and "Pushed" not in again
    daemon.run("tag", "base:1", f"{registry.host}/elsewhere-{client or 'docker'}/x:v1")
    other = daemon.out("push", f"{registry.host}/elsewhere-{client or 'docker'}/x:v1", client=client)
    assert other.count("Mounted from ") == 3 and "Pushed" not in other
    # All tags, and the image can be had back.
    daemon.run("tag", "base:1", f"{name}:v2")
    assert "v2: digest" in daemon.out("push", "-a", name, client=client)
    daemon.run("rmi", "-f", daemon.out("images", "-q", "base:1"))
    daemon.run("pull", f"{name}:v2")
    assert daemon.out("run", "--rm", f"{name}:v2", "ls", "/layers") == "2"


def test_push_errors(daemon, registry):
    done = daemon.run("push", f"{registry.host}/ghost", check=False)
    assert done.status == 1
    assert done.err == ("An image does not exist locally with the tag: "
                        f"{registry.host}/ghost\n")
    daemon.load_busybox(f"{registry.host}/there:1")
    done = daemon.run("push", f"{registry.host}/there:2", check=False)
    assert done.err == f"tag does not exist: {registry.host}/there:2\n"


def test_commit_push_and_the_other_engines(registry, busybox):
    """buoyd -> registry -> dockerd 20.10 and skopeo, and the other way round."""
    ref = seed(registry, busybox, "shared:1")
    with Daemon() as buoy, Daemon("dockerd") as dockerd:
        buoy.run("run", "--name", "cc", ref, "sh", "-c", "echo mine >/mine")
        buoy.run("commit", "cc", f"{registry.host}/shared:2")
        buoy.run("push", f"{registry.host}/shared:2")
        dockerd.run("pull", f"{registry.host}/shared:2", timeout=120)
        image = buoy.inspect(f"{registry.host}/shared:2", "image")
        theirs = dockerd.inspect(f"{registry.host}/shared:2", "image")
        assert image["Id"] == theirs["Id"] and image["RepoDigests"] == theirs["RepoDigests"]
        assert image["RootFS"] == theirs["RootFS"]
        report = json.loads(skopeo("inspect", "--tls-verify=false",
                                   f"docker://{registry.host}/shared:2").stdout)
        assert len(report["Layers"]) == 5

        dockerd.run("load", "-i", make_image("theirs:1", "--layers", "2"))
        dockerd.run("tag", "theirs:1", f"{registry.host}/theirs:1")
        dockerd.run("push", f"{registry.host}/theirs:1")
        buoy.run("pull", f"{registry.host}/theirs:1")
        assert buoy.out("run", "--rm", f"{registry.host}/theirs:1", "cat", "/layers/1") == "layer 1"
        assert (buoy.inspect(f"{registry.host}/theirs:1", "image")["Id"]
                == dockerd.inspect("theirs:1", "image")["Id"])


def test_two_pulls_share_a_layer_and_nothing_is_left_behind(registry):
    big = os.urandom(24 << 20)
    put_image(registry, "big", "1", tar_of(big=big))
    ref = f"{registry.host}/big:1"
    with Daemon() as daemon:
        before = registry.log().count("/v2/big/blobs/")
        pulls = [daemon.spawn("pull", "-q", ref) for _ in range(3)]
        assert [pull.wait(timeout=60) for pull in pulls] == [0, 0, 0]
        assert daemon.out("images", "-q", ref)
        wait_for(lambda: registry.log().count('http.request.method=GET') > 0, 5, "the log")
        gets = [line for line in registry.log()[0:].splitlines()
                if "response completed" in line and "/v2/big/blobs/" in line and "method=GET" in line]
        layer = json.loads(registry.manifest("big", "1")[1])["layers"][0]["digest"]
        assert sum(layer in line for line in gets) == 1, before
        daemon.run("rmi", ref)
        blobs = daemon.data_root / "blobs"
        assert not list((blobs / "sha256").iterdir()) and not list((blobs / ".staging").iterdir())

