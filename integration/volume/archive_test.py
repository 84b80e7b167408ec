"""HEAD, GET and PUT /containers/x/archive beyond what the CLI sends, and containers that cheat."""

import base64
import http.client
import io
import json
import tarfile
import time
import urllib.parse

import pytest
from daemon import Daemon, temp_dir


@pytest.fixture(scope="module")
def daemon():
    with Daemon() as d:
        yield d.load_busybox()


def tar_of(**files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            if text is None:
                info.type, info.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(info)
            else:
                info.size = len(text)
                tar.addfile(info, io.BytesIO(text))
    return out.getvalue()


def archive(daemon, method, name, path, body=None, **query):
    text = urllib.parse.urlencode({"path": path, **query})
    return daemon.request(method, f"/containers/{name}/archive?{text}", body)


def test_stat_header(daemon):
    daemon.run("run", "--name", "stats", "busybox", "sh", "-c",
               "mkdir /d; ln -s /d /l1; ln -s l1 /l2; ln -s ghost /d/broken; chmod 4711 /bin/env")
    def stat(path):
        status, headers, body = archive(daemon, "HEAD", "stats", path)
        assert (status, body) == (200, b"")
        return json.loads(base64.b64decode(headers["X-Docker-Container-Path-Stat"]))

    folder = stat("/d")
    assert folder["name"] == "d" and folder["mode"] == 1 << 31 | 0o755
    assert sorted(folder) == ["linkTarget", "mode", "mtime", "name", "size"]
    assert stat("/l2")["linkTarget"] == "/d" and stat("/l2")["mode"] == 1 << 27 | 0o777
    assert stat("/l2/")["mode"] == 1 << 31 | 0o755
    assert stat("/d/broken")["linkTarget"] == "/d/ghost"
    assert stat("/")["name"] == "/"
    assert archive(daemon, "HEAD", "stats", "/ghost")[0] == 404
    assert archive(daemon, "HEAD", "ghost", "/")[0] == 404


def test_bad_requests(daemon):
    daemon.run("create", "--name", "refuses", "busybox")
    def error(answer):
        return answer[0], json.loads(answer[2])["message"]

    assert error(archive(daemon, "GET", "refuses", "/nope")) == (
        404, "Could not find the file /nope in container refuses")
    assert error(archive(daemon, "PUT", "refuses", "/nope", tar_of(f=b"x"))) == (
        404, "Could not find the file /nope in container refuses")
    assert error(archive(daemon, "PUT", "refuses", "/etc/passwd", tar_of(f=b"x"))) == (
        400, "extraction point is not a directory")
    assert archive(daemon, "PUT", "refuses", "/etc", tar_of(group=None), noOverwriteDirNonDir="1")[
        0] == 400
    status, message = error(archive(daemon, "PUT", "refuses", "/", tar_of(etc=b"x"),
                                    noOverwriteDirNonDir="1"))
    assert (status, message) == (400, 'cannot overwrite directory "/etc" with non-directory "/"')
    assert error(archive(daemon, "PUT", "refuses", "/tmp", b"no tar" * 500))[1] == (
        "archive/tar: invalid tar header")
    assert archive(daemon, "PUT", "refuses", "/tmp", tar_of(**{"../../up": b"x"}))[0] == 400


def test_whole_root_has_nothing_of_the_kernel(daemon):
    daemon.run("run", "-d", "--name", "whole", "--tmpfs", "/t", "busybox", "sleep", "600")
    status, _, data = archive(daemon, "GET", "whole", "/")
    assert status == 200
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        names = {n.strip("/") for n in tar.getnames()}
    assert "bin/busybox" in names and "proc" in names
    assert not any(n.startswith(("proc/", "sys/")) for n in names)
    daemon.run("rm", "-f", "whole")


SWAP = """
mkdir -p /w/real; echo mine >/w/real/secret; ln -s {host} /w/evil
while :; do
  mv /w/real /w/d; mv /w/d /w/real; mv /w/evil /w/d; mv /w/d /w/evil
done
"""


def test_cve_2018_15664_symlink_race(daemon):
    """A container that swaps a folder for a link to a host's path while files are copied."""
    host = temp_dir("host")
    (host / "secret").write_text("the host's\n")
    daemon.run("run", "-d", "--name", "racer", "busybox", "sh", "-c", SWAP.format(host=host))
    end, hits = time.monotonic() + 4, {"out": 0, "in": 0}
    while time.monotonic() < end:
        try:
            status, _, data = archive(daemon, "GET", "racer", "/w/d/secret")
        except http.client.IncompleteRead:
            status = 0  # it went while it was read
        if status == 200:
            hits["out"] += 1
            assert b"the host's" not in data
        status, _, _ = archive(daemon, "PUT", "racer", "/w/d", tar_of(planted=b"x"))
        hits["in"] += status == 200
    daemon.run("rm", "-f", "racer")
    assert sorted(p.name for p in host.iterdir()) == ["secret"]
    assert (host / "secret").read_text() == "the host's\n"
    assert hits["out"] + hits["in"] > 0, "the race was never won by the copy either: no test"


def test_cve_2026_41568_mount_points_of_a_copy_stay_inside(daemon):
    """The place of a volume is a link to the host's /: mounting it for a copy must not follow it."""
    host = temp_dir("mounthost")
    daemon.run("run", "--name", "prep", "busybox", "sh", "-c",
               f"ln -s {host} /vol; mkdir /run; ln -s /run /var/run")
    daemon.run("commit", "prep", "linked")
    daemon.run("create", "--name", "mounts", "-v", "inside:/vol", "-v", "inside2:/var/run/x",
               "linked")
    assert archive(daemon, "PUT", "mounts", "/vol", tar_of(f=b"data"))[0] == 200
    assert archive(daemon, "PUT", "mounts", "/run/x", tar_of(g=b"data"))[0] == 200
    assert list(host.iterdir()) == []
    volumes = daemon.data_root / "volumes"
    assert (volumes / "inside/_data/f").exists()
    assert (volumes / "inside2/_data/g").exists(), "absolute links within the container work"


def test_cve_2019_14271_and_2026_41567_nothing_of_the_container_runs(daemon):
    """Libraries, NSS files and decompressors of the container are not used by a copy."""
    trap = "#!/bin/sh\ntouch /tmp/ran\n"
    daemon.run("create", "--name", "traps", "-u", "www-data", "busybox")
    files = {f"bin/{n}": trap.encode() for n in ("xz", "unpigz", "gzip", "tar", "sh2")}
    files["etc/nsswitch.conf"] = b"passwd: evil\n"
    assert archive(daemon, "PUT", "traps", "/", tar_of(**files))[0] == 200
    compressed = io.BytesIO()
    with tarfile.open(fileobj=compressed, mode="w:gz") as tar:
        info = tarfile.TarInfo("packed")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    assert archive(daemon, "PUT", "traps", "/tmp", compressed.getvalue(), copyUIDGID="1")[0] == 200
    status, _, data = archive(daemon, "GET", "traps", "/tmp")
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        assert "tmp/packed" in tar.getnames() and "tmp/ran" not in tar.getnames()
        assert tar.getmember("tmp/packed").uid == 33


def test_cve_2022_1227_export_follows_nothing(daemon):
    host = temp_dir("exporthost")
    (host / "secret").write_text("the host's\n")
    daemon.run("run", "--name", "links", "busybox", "sh", "-c",
               f"ln -s {host}/secret /l; rm -rf /home; ln -s {host} /home")
    status, _, data = daemon.request("GET", "/containers/links/export")
    assert status == 200 and b"the host's" not in data
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        assert tar.getmember("l").linkname == f"{host}/secret"
    changes = {c["Path"]: c["Kind"] for c in
               json.loads(daemon.request("GET", "/containers/links/changes")[2])}
    assert changes["/l"] == 1 and changes["/home"] == 0 and "/home/secret" not in changes


def test_diff_of_folders_made_anew(daemon):
    daemon.run("run", "--name", "diffs", "-v", "vol:/mnt/made", "busybox", "sh", "-c",
               "rm -r /home/test; mkdir /home/test; touch /home/test/new; rm /etc/group; "
               "rm -r /var/www; chmod 700 /root")
    assert sorted(daemon.out("diff", "diffs").splitlines()) == sorted([
        "C /etc", "D /etc/group", "C /home", "C /home/test", "A /home/test/new", "A /mnt",
        "A /mnt/made", "C /var", "D /var/www"])
