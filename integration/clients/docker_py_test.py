"""docker-py drives buoyd as it drives dockerd."""

import docker
import pytest
from daemon import Daemon


@pytest.fixture(scope="module")
def daemon():
    with Daemon() as d:
        d.load_busybox()
        yield d


@pytest.fixture
def client(daemon):
    c = docker.DockerClient(base_url=daemon.host)
    yield c
    for container in c.containers.list(all=True):
        container.remove(force=True)
    c.close()


def test_version_and_info(client):
    assert client.ping()
    assert client.version()["ApiVersion"]
    assert client.info()["OSType"] == "linux"


def test_run(client):
    assert client.containers.run("busybox", "echo hello", remove=True) == b"hello\n"


def test_failure_raises(client):
    with pytest.raises(docker.errors.ContainerError) as caught:
        client.containers.run("busybox", ["sh", "-c", "echo no >&2; exit 3"], remove=True)
    assert caught.value.exit_status == 3
    with pytest.raises(docker.errors.ImageNotFound):
        client.api.create_container("ghost:nope", "true")
    with pytest.raises(docker.errors.NotFound):
        client.containers.get("ghost")


def test_lifecycle(client):
    container = client.containers.run("busybox", "sleep 600", detach=True, name="py")
    container.reload()
    assert container.status == "running"
    code, out = container.exec_run(["sh", "-c", "echo out; echo err >&2; exit 4"], demux=True)
    assert (code, out) == (4, (b"out\n", b"err\n"))
    container.pause()
    container.reload()
    assert container.status == "paused"
    container.unpause()
    assert container.top()["Processes"]
    assert container.stats(stream=False)["memory_stats"]["usage"] > 0
    container.rename("py2")
    assert client.containers.get("py2").id == container.id
    container.kill()
    assert container.wait()["StatusCode"] == 137


def test_attach_and_logs(client):
    container = client.containers.run(
        "busybox", ["sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done"], detach=True
    )
    assert b"".join(container.logs(stream=True, follow=True)) == b"1\n2\n3\n"
    assert container.logs(tail=1) == b"3\n"


def test_events(client):
    since = client.info()["SystemTime"]
    container = client.containers.run("busybox", "true", detach=True, labels={"k": "v"})
    container.wait()
    seen = []
    for event in client.events(decode=True, since=0, filters={"label": "k=v"}):
        seen.append(event["Action"])
        if event["Action"] == "die":
            assert event["Actor"]["Attributes"]["exitCode"] == "0"
            break
    assert seen[0] == "create" and "start" in seen and since


def test_files_in_and_out(client):
    import io
    import tarfile

    container = client.containers.create("busybox", "true")
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        info = tarfile.TarInfo("given.txt")
        info.size = 5
        tar.addfile(info, io.BytesIO(b"given"))
    assert container.put_archive("/tmp", data.getvalue())
    stream, stat = container.get_archive("/tmp/given.txt")
    assert stat["size"] == 5
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
        assert tar.extractfile("given.txt").read() == b"given"
    assert any(c["Path"] == "/tmp/given.txt" for c in container.diff())


def test_images(client):
    image = client.images.get("busybox")
    assert image.tag("copied", "v1")
    assert "copied:v1" in [t for i in client.images.list() for t in i.tags]
    client.images.remove("copied:v1")
    saved = b"".join(image.save(named=True))
    assert client.images.load(saved)[0].id == image.id
    assert image.history()


def test_networks_and_volumes(client):
    assert {n.name for n in client.networks.list()} >= {"bridge", "host", "none"}
    volume = client.volumes.create("pyvol", labels={"a": "b"})
    assert client.volumes.get("pyvol").attrs["Labels"] == {"a": "b"}
    client.containers.run("busybox", "touch /v/x", volumes={"pyvol": {"bind": "/v", "mode": "rw"}},
                          remove=True)
    assert client.containers.run("busybox", "ls /v", volumes=["pyvol:/v:ro"], remove=True) == b"x\n"
    volume.remove()
