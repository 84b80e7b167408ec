"""Registries that lie and connections that break."""

import io
import json
import os
import signal
import subprocess
import tarfile
import threading
import time

import pytest

from daemon import Daemon, wait_for
from fake_registry import (LAYER, OCI_CONFIG, OCI_INDEX, OCI_LAYER, FakeRegistry, FlakyProxy,
                           describe, digest, sometimes, tar_of)
from registry import Registry, skopeo


@pytest.fixture(scope="module")
def daemon():
    with Daemon() as daemon:
        yield daemon


@pytest.fixture
def fake():
    with FakeRegistry() as fake:
        yield fake


def leftovers(daemon):
    found = []
    for folder in ("blobs/sha256", "blobs/.staging", "overlay/.staging"):
        found += [str(p) for p in (daemon.data_root / folder).iterdir()]
    return found


def refused(daemon, fake, name, *texts):
    done = daemon.run("pull", f"{fake.host}/{name}", check=False)
    assert done.status == 1, done
    assert any(text in done.err for text in texts), done.err
    assert daemon.out("images", "-aq") == "" and leftovers(daemon) == []
    assert daemon.ping()


def test_the_fake_is_a_registry(daemon, fake):
    fake.image("good:1", [LAYER])
    daemon.run("pull", f"{fake.host}/good:1")
    daemon.run("rmi", f"{fake.host}/good:1")
    assert leftovers(daemon) == []


def test_wrong_digests_and_sizes(daemon, fake):
    document = fake.image("a:1", [LAYER])
    blob = document["layers"][0]["digest"]
    fake.blobs[blob] = LAYER[:-1] + b"x"
    refused(daemon, fake, "a:1", "filesystem layer verification failed for digest " + blob)
    fake.blobs[blob] = LAYER + b"more"
    refused(daemon, fake, "a:1", "failed size validation")
    fake.blobs[blob] = LAYER[:100]
    refused(daemon, fake, "a:1", "failed size validation")
    fake.blobs[blob] = LAYER
    document["layers"][0]["size"] += 1
    fake.put("a:1", document)
    refused(daemon, fake, "a:1", "failed size validation")
    for size in (-1, "1", 1.5, None, 1 << 64):
        document["layers"][0]["size"] = size
        fake.put("a:1", document)
        refused(daemon, fake, "a:1", "has no valid size")
    del fake.blobs[blob]
    document = fake.image("a:2", [LAYER])
    del fake.blobs[blob]
    refused(daemon, fake, "a:2", "blob unknown")


def test_config_is_verified(daemon, fake):
    document = fake.image("c:1", [LAYER])
    config = document["config"]["digest"]
    good = fake.blobs[config]
    fake.blobs[config] = good[:-1] + b" "
    refused(daemon, fake, "c:1", "error pulling image configuration: verification failed for digest")
    fake.blobs[config] = good + b" " * 100
    refused(daemon, fake, "c:1", "error pulling image configuration")
    fake.image("c:2", [LAYER], plain=[b"something else"])
    refused(daemon, fake, "c:2", "don't match image configuration")
    fake.image("c:3", [LAYER], plain=[LAYER, LAYER])
    refused(daemon, fake, "c:3", "don't match image configuration")
    fake.image("c:4", [LAYER], config=b'{"os":"linux"}')
    refused(daemon, fake, "c:4", "no RootFS key")
    fake.image("c:5", [LAYER], config=json.dumps(
        {"os": "windows", "rootfs": {"type": "layers", "diff_ids": [digest(LAYER)]}}).encode())
    refused(daemon, fake, "c:5", "cannot download image with operating system")


def test_manifests_that_are_two_things(daemon, fake):
    document = fake.image("m:1", [LAYER], manifests=[])
    refused(daemon, fake, "m:1", 'should not have "manifests"')
    fake.put("m:2", {**document, "mediaType": OCI_INDEX}, OCI_INDEX)
    refused(daemon, fake, "m:2", 'should not have "config", "layers"')
    fake.put("m:3", {**document, "mediaType": OCI_INDEX})
    refused(daemon, fake, "m:3", "mediaType in manifest should be")
    del document["mediaType"]
    fake.put("m:4", document, "text/plain")
    refused(daemon, fake, "m:4", "cannot determine")
    fake.put("m:5", {"schemaVersion": 1, "fsLayers": []}, "application/json")
    refused(daemon, fake, "m:5", "schema 1 support has been removed")


def test_foreign_layers_and_artifacts(daemon, fake):
    for kind in ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                 "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                 "application/vnd.acme.rocket"):
        document = fake.image("f:1", [LAYER])
        document["layers"][0]["mediaType"] = kind
        fake.put("f:1", document)
        refused(daemon, fake, "f:1", "unsupported media type " + kind)
    document["config"]["mediaType"] = "application/vnd.cncf.helm.config.v1+json"
    fake.put("f:1", document)
    refused(daemon, fake, "f:1", "unsupported media type application/vnd.cncf.helm")


def test_malformed_and_huge_json(daemon, fake):
    for data, text in ((b"{", "unexpected end of JSON"), (b"[]", "unsupported manifest format"),
                       (b"null", "unsupported manifest format"), (b"", "EOF"),
                       (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "max depth"),
                       (b'{"layers":"x","config":{}}', "could not validate config digest"),
                       (b'{"a":"' + b"x" * (5 << 20) + b'"}', "error reading manifest"),
                       (b"{" + b",".join(b'"%d":1' % i for i in range(300_000)) + b"}", "too many")):
        fake.put("j:1", data)
        refused(daemon, fake, "j:1", text)
    loop = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}
    for depth in range(6):
        data = json.dumps(loop).encode()
        fake.put(f"loop:{depth}", data, OCI_INDEX)
        loop = {**loop, "manifests": [describe(OCI_INDEX, data)]}
    fake.put("loop:x", loop, OCI_INDEX)
    refused(daemon, fake, "loop:x", "nested too deeply")
    for bad in ("sha256:../../etc/passwd", "sha256:" + "g" * 64, "md5:" + "0" * 32, "", 7):
        document = fake.image("d:1", [LAYER])
        document["layers"][0]["digest"] = bad
        fake.put("d:1", document)
        refused(daemon, fake, "d:1", "digest", "not a string")


def test_a_bomb_is_bounded_by_the_manifest(daemon, fake):
    plain = tar_of(zeros=b"\0" * (64 << 20))
    packed = subprocess.run(["zstd", "-19", "-c"], input=plain, capture_output=True,
                            check=True).stdout
    fake.image("bomb:1", [packed], plain=[plain])
    refused(daemon, fake, "bomb:1", "failed to register layer: archive holds more than")


def test_paths_stay_inside(daemon, fake):
    evil = io.BytesIO()
    with tarfile.open(fileobj=evil, mode="w") as tar:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
        info = tarfile.TarInfo("../../../../../../tmp/escaped")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    fake.image("evil:1", [evil.getvalue()])
    refused(daemon, fake, "evil:1", "failed to register layer")
    assert not os.path.exists("/tmp/escaped")


def test_redirects(daemon, fake):
    """Blobs may be elsewhere, but nobody there sees our credentials."""
    document = fake.image("r:1", [LAYER])
    blob = document["layers"][0]["digest"]
    del fake.blobs[blob]
    with FakeRegistry("127.0.0.2") as cdn:
        cdn.routes["/data"] = lambda h: h.answer(200, LAYER)
        fake.routes[f"/v2/r/blobs/{blob}"] = lambda h: h.answer(
            307, Location=f"http://{cdn.host}/data")
        fake.challenge, fake.accepts = 'Basic realm="x"', lambda a: True
        daemon.run("login", "-u", "u", "-p", "p", fake.host)
        daemon.run("pull", f"{fake.host}/r:1")
        daemon.run("rmi", f"{fake.host}/r:1")
        assert [(m, p, a) for m, p, a in cdn.seen] == [("GET", "/data", "")]
        fake.routes[f"/v2/r/blobs/{blob}"] = lambda h: h.answer(307, Location=h.path)
        done = daemon.run("pull", f"{fake.host}/r:1", check=False)
        assert "stopped after 10 redirects" in done.err
    daemon.run("logout", fake.host)


def test_cut_connections_are_resumed_by_range(daemon):
    layers = [tar_of(**{f"file{i}": os.urandom(6 << 20)}) for i in range(4)]
    with Registry() as registry:
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {
            "type": "layers", "diff_ids": [digest(layer) for layer in layers]}}).encode()
        for blob in (*layers, config):
            registry.put_blob("flaky", blob)
        registry.put_manifest("flaky", "1", {
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": describe(OCI_CONFIG, config),
            "layers": [describe(OCI_LAYER, layer) for layer in layers]})
        total = sum(map(len, layers))
        # Every connection is cut within its first two megabytes.
        with FlakyProxy(registry.port, lambda n: 300_000 + n * 77_777 % 1_700_000) as proxy:
            daemon.run("pull", f"{proxy.host}/flaky:1", timeout=120)
            assert proxy.cuts >= 12
            assert proxy.moved <= 1.05 * total
        daemon.run("rmi", f"{proxy.host}/flaky:1")
        # And one in a hundred is.
        with FlakyProxy(registry.port, sometimes(0.01)) as proxy:
            for _ in range(3):
                daemon.run("pull", f"{proxy.host}/flaky:1", timeout=120)
                daemon.run("rmi", f"{proxy.host}/flaky:1")
            assert proxy.moved <= 1.05 * 3 * total
    assert leftovers(daemon) == []


@pytest.mark.parametrize("client", [None, "buoy"])
def test_a_cancelled_pull_keeps_what_came(daemon, client):
    layer = tar_of(big=os.urandom(30 << 20))
    with Registry() as registry:
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {
            "type": "layers", "diff_ids": [digest(layer)]}}).encode()
        registry.put_blob("slow", layer)
        registry.put_blob("slow", config)
        registry.put_manifest("slow", "1", {
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": describe(OCI_CONFIG, config), "layers": [describe(OCI_LAYER, layer)]})
        stalls = {"on": True}
        with SlowProxy(registry.port, stalls) as proxy:
            pull = daemon.spawn("pull", f"{proxy.host}/slow:1", client=client)
            wait_for(lambda: proxy.moved > 10 << 20, 60, "the first half")
            pull.send_signal(signal.SIGTERM)
            status = pull.wait(timeout=30)
            # The stock CLI's is a race of its own: 0, 1 or 130.
            assert client != "buoy" or status != 0
            wait_for(lambda: proxy.open == 0, 30, "the daemon to hang up")
            assert daemon.out("images", "-q", f"{proxy.host}/slow") == ""
            assert any("/.staging/" in path for path in leftovers(daemon))
            stalls["on"] = False
            daemon.run("pull", f"{proxy.host}/slow:1")
            assert proxy.moved <= 1.05 * len(layer)
        daemon.run("rmi", f"{proxy.host}/slow:1")


def test_prune_takes_what_cancelled_pulls_left(daemon):
    layer = tar_of(big=os.urandom(4 << 20))
    with FakeRegistry() as fake:
        document = fake.image("half:1", [layer])

        def half(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(layer)))
            handler.end_headers()
            handler.wfile.write(layer[:2 << 20])
            handler.wfile.flush()
            half.sent.set()
            half.go_on.wait(20)
            handler.close_connection = True

        half.sent, half.go_on = threading.Event(), threading.Event()
        fake.routes[f"/v2/half/blobs/{document['layers'][0]['digest']}"] = half
        pull = daemon.spawn("pull", f"{fake.host}/half:1")
        assert half.sent.wait(20)
        pull.send_signal(signal.SIGTERM)
        pull.wait(timeout=30)
        half.go_on.set()
        daemon.run("image", "prune", "-f")
        wait_for(lambda: daemon.run("image", "prune", "-f") and leftovers(daemon) == [], 30,
                 "nothing left")


def test_no_room_leaves_nothing_behind(tmp_path):
    """The data root is a file system that the image does not fit into."""
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(small)], check=True)
    daemon = Daemon()
    daemon.data_root = small / "data"
    with FakeRegistry() as fake, daemon:
        fake.image("big:1", [tar_of(a=os.urandom(10 << 20)), tar_of(b=os.urandom(10 << 20))])
        fake.image("small:1", [LAYER])
        done = daemon.run("pull", f"{fake.host}/big:1", check=False)
        assert done.status == 1 and "no space left on device" in done.err, done
        # The other layer's download may be on its way out still.
        wait_for(lambda: leftovers(daemon) == [], 20, "nothing left")
        daemon.run("pull", f"{fake.host}/small:1")


class SlowProxy(FlakyProxy):
    """Stands still in the middle of a blob while `stalls` says so."""

    def __init__(self, port, stalls):
        super().__init__(port, lambda _: None)
        self.stalls, self.open = stalls, 0

    def pump(self, source, sink, limit):
        self.open += 1
        passed = 0
        try:
            while data := source.recv(16384):
                down = sink.getpeername()[1] != self.target
                sink.sendall(data)
                if down:
                    self.moved += len(data)
                    passed += len(data)
                while down and passed > 11 << 20 and self.stalls["on"]:
                    time.sleep(0.05)
                    if sink.fileno() < 0 or source.fileno() < 0:
                        return
        except OSError:
            pass
        finally:
            self.open -= 1
            for end in (source, sink):
                end.close()
