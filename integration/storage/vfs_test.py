"""--storage-driver vfs: containers, commit, diff, export and cp without overlayfs; what Docker says of drivers."""

import io
import subprocess
import tarfile

import pytest
from daemon import Daemon


@pytest.fixture(scope="module")
def daemon():
    with Daemon(args=["--storage-driver=vfs"]) as d:
        yield d.load_busybox()


CHANGE = "echo new >/new; echo more >>/etc/passwd; rm /etc/group; mkdir /d; ln -s /new /d/link"


@pytest.fixture(scope="module")
def changed(daemon):
    daemon.run("run", "--name", "changed", "busybox", "sh", "-c", CHANGE)
    return "changed"


def test_info_and_inspect(daemon, changed):
    assert daemon.out("info", "--format", "{{.Driver}} {{len .DriverStatus}}") == "vfs 0"
    assert daemon.inspect(changed)["GraphDriver"] == {"Name": "vfs", "Data": None}
    assert daemon.inspect("busybox", "image")["GraphDriver"] == {"Name": "vfs", "Data": None}


def test_no_overlay_is_mounted(daemon):
    daemon.run("run", "-d", "--name", "runs", "busybox", "sleep", "1000")
    try:
        mounts = daemon.out("exec", "runs", "cat", "/proc/mounts").splitlines()
        root = [line.split()[2] for line in mounts if line.split()[1] == "/"]
        assert root and "overlay" not in root
        # Two containers of one image do not see each other's files.
        daemon.run("exec", "runs", "touch", "/mine")
        assert "mine" not in daemon.out("run", "--rm", "busybox", "ls", "/")
        # They outlive the daemon.
        daemon.restart()
        assert daemon.inspect("runs")["State"]["Running"] is False
        daemon.run("start", "runs")
        assert "mine" in daemon.out("exec", "runs", "ls", "/")
    finally:
        daemon.run("rm", "-f", "runs")


def test_diff(daemon, changed):
    lines = set(daemon.out("diff", changed).splitlines())
    assert {"A /new", "C /etc", "C /etc/passwd", "D /etc/group", "A /d", "A /d/link"} == lines
    size = daemon.out("ps", "-a", "--size", "--filter", "name=changed", "--format", "{{.Size}}")
    assert size.startswith(tuple("123456789"))


def test_commit(daemon, changed):
    daemon.run("commit", changed, "committed")
    script = "cat /new; tail -1 /etc/passwd; ls /etc/group; readlink /d/link"
    result = daemon.run("run", "--rm", "committed", "sh", "-c", script)
    assert result.out.split() == ["new", "more", "/new"] and "No such file" in result.err


def test_export(daemon, changed):
    tar = daemon.run("export", changed, text=False).out
    with tarfile.open(fileobj=io.BytesIO(tar)) as names:
        found = {name.rstrip("/") for name in names.getnames()}
    assert {"new", "d/link", "bin/busybox"} <= found and "etc/group" not in found


def test_cp(daemon, changed, tmp_path):
    (tmp_path / "in").write_text("from outside")
    daemon.run("cp", str(tmp_path / "in"), f"{changed}:/d/in")
    daemon.run("cp", f"{changed}:/d/in", str(tmp_path / "out"))
    assert (tmp_path / "out").read_text() == "from outside"


def test_removal_leaves_no_file(daemon):
    daemon.run("create", "--name", "gone", "busybox")
    folder = daemon.data_root / "containers" / daemon.inspect("gone")["Id"]
    assert (folder / "rw" / "tree" / "bin").is_dir()
    daemon.run("rm", "gone")
    assert not folder.exists()


def refused(daemon, driver):
    command = [*daemon.command(), f"--storage-driver={driver}"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert result.returncode == 1, result
    return result.stdout + result.stderr


def test_unknown_driver_and_anothers_images():
    with Daemon() as d:
        d.load_busybox()
        d.stop()
        text = "error initializing graphdriver: "
        assert text + "driver not supported: bogus" in refused(d, "bogus")
        assert text + f"the images in {d.data_root} are of the storage driver overlay2" in refused(d, "vfs")


def test_the_driver_in_use_is_found_when_none_is_named():
    with Daemon(args=["--storage-driver=vfs"]) as d:
        d.load_busybox()
        d.stop()
        d.args = []
        d.start()
        assert d.out("info", "--format", "{{.Driver}}") == "vfs"
        assert d.out("run", "--rm", "busybox", "echo", "runs") == "runs"
