"""Mounts of containers: below volumes, images, binds with their options; over the daemon's death."""

import json
import os
import signal
import subprocess
import time

import pytest
from daemon import Daemon, make_image, temp_dir, wait_for


@pytest.fixture(scope="module")
def daemon():
    with Daemon(config={"live-restore": True}) as d:
        d.load_busybox()
        d.run("load", "-i", make_image("layers:v1", "--layers", "4"))
        yield d


def run(daemon, *args, **options):
    return daemon.run("run", "--rm", *args, **options)


def test_subpath(daemon):
    run(daemon, "-v", "sub:/v", "busybox", "sh", "-c",
        "mkdir -p /v/a/b; echo hi >/v/a/b/f; ln -s a/b /v/link; ln -s /etc /v/out; ln -s .. /v/up")

    def mount(path, *more):
        return run(daemon, "--mount", f"type=volume,src=sub,dst=/x,volume-subpath={path}", *more,
                   "busybox", "cat", "/x/f", check=False)

    assert mount("a/b").out == "hi\n"
    assert mount("link").out == "hi\n", "links within the volume are fine"
    folder = daemon.data_root / "volumes/sub/_data"
    for path in ("out", "up"):
        assert (f"path concatenation escapes the base directory, base: {folder}, subpath: {path}"
                in mount(path).err)
    assert f"cannot access path {folder}/ghost: no such file or directory" in mount("ghost").err
    assert "subpath must be a relative path within the volume" in mount("../x").err
    one = run(daemon, "--mount", "type=volume,src=sub,dst=/one,volume-subpath=a/b/f,ro", "busybox",
              "sh", "-c", "cat /one; echo no >/one", check=False)
    assert one.out == "hi\n" and "Read-only file system" in one.err
    assert not list(daemon.data_root.glob("containers/*/mounts/pins")), "nothing is left mounted"


def test_subpath_race(daemon):
    """A container swaps the subpath for a link to the host's /: another that mounts it sees the
    volume or an error, never the host."""
    host = temp_dir("host")
    (host / "f").write_text("the host's")
    daemon.run("run", "-d", "--name", "swapper", "-v", "raced:/v", "busybox", "sh", "-c",
               f"mkdir /v/real; echo mine >/v/real/f; ln -s {host} /v/evil; "
               "while :; do mv /v/real /v/d; mv /v/d /v/real; mv /v/evil /v/d; mv /v/d /v/evil; done")
    seen = []
    end = time.monotonic() + 4
    while time.monotonic() < end:
        result = run(daemon, "--mount", "type=volume,src=raced,dst=/x,volume-subpath=d", "busybox",
                     "cat", "/x/f", check=False)
        seen.append(result.out.strip())
    daemon.run("rm", "-f", "swapper")
    assert set(seen) <= {"mine", ""} and len(seen) > 3


def test_image_mounts(daemon):
    shown = run(daemon, "--mount", "type=image,src=layers:v1,dst=/i", "busybox", "sh", "-c",
                "ls /i/layers; cat /i/layers/3; touch /i/x", check=False)
    assert shown.out == "3\nlayer 3\n" and "Read-only file system" in shown.err
    single = run(daemon, "--mount", "type=image,src=busybox,dst=/i,image-subpath=etc/group",
                 "busybox", "head", "-1", "/i")
    assert single.out == "root:x:0:\n"
    missing = daemon.run("create", "--mount", "type=image,src=ghost:v1,dst=/i", "busybox",
                         check=False)
    assert missing.status != 0
    status, _, body = daemon.request("POST", "/containers/create", {
        "Image": "busybox", "HostConfig": {"Mounts": [{"Type": "image", "Target": "/i"}]}})
    assert (status, json.loads(body)["message"]) == (
        400, 'invalid mount config for type "image": field Source must not be empty')

    daemon.run("run", "-d", "--name", "holder", "--mount",
               "type=image,src=layers:v1,dst=/i,image-subpath=layers", "busybox", "sh", "-c",
               "trap exit TERM; while :; do sleep 0.1; done")
    mount = daemon.inspect("holder")["Mounts"][0]
    assert (mount["Type"], mount["Name"], mount["Destination"], mount["RW"]) == (
        "image", "layers:v1", "/i", False)
    daemon.run("rmi", "layers:v1")
    daemon.restart()
    assert daemon.out("exec", "holder", "cat", "/i/3") == "layer 3"
    daemon.run("restart", "-t", "1", "holder")
    assert daemon.out("exec", "holder", "cat", "/i/3") == "layer 3", "its layers are kept for it"
    assert "layer 3" in subprocess.run(
        ["tar", "xO"], input=daemon.run("cp", "holder:/i/3", "-", text=False).out,
        capture_output=True).stdout.decode()
    daemon.run("rm", "-f", "holder")
    daemon.run("load", "-i", make_image("layers:v1", "--layers", "4"))


def test_bind_options(daemon):
    outer = temp_dir("outer")
    (outer / "inner").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", outer / "inner"], check=True)
    (outer / "inner" / "f").write_text("in")

    def bind(options, *command):
        return run(daemon, "--mount", f"type=bind,src={outer},dst=/b{options}", "busybox", *command,
                   check=False)

    try:
        assert bind("", "cat", "/b/inner/f").out == "in"
        assert bind(",bind-recursive=disabled", "ls", "-A", "/b/inner").out == ""
        assert "Read-only" in bind(",ro", "touch", "/b/inner/x").err
        assert bind(",ro,bind-recursive=writable", "touch", "/b/inner/w").status == 0
        assert "Read-only" in bind(",ro,bind-recursive=writable", "touch", "/b/w").err
        assert "Read-only" in bind(",ro,bind-recursive=readonly,bind-propagation=rprivate", "touch",
                                   "/b/inner/x").err
        made = outer / "made" / "here"
        status, _, body = daemon.request("POST", "/containers/create", {
            "Image": "busybox", "HostConfig": {"Mounts": [{
                "Type": "bind", "Source": str(made), "Target": "/m",
                "BindOptions": {"CreateMountpoint": True}}]}})
        assert status == 201
        daemon.run("start", json.loads(body)["Id"])
        assert made.is_dir()
        # Both ways of propagation: what the host mounts later is seen, and the reverse.
        subprocess.run(["mount", "--bind", outer, outer], check=True)
        subprocess.run(["mount", "--make-shared", outer], check=True)
        (outer / "late").mkdir()
        daemon.run("run", "-d", "--name", "slave", "--mount",
                   f"type=bind,src={outer},dst=/b,bind-propagation=rslave", "busybox", "sleep", "600")
        daemon.run("run", "-d", "--privileged", "--name", "shared", "--mount",
                   f"type=bind,src={outer},dst=/b,bind-propagation=rshared", "busybox", "sleep",
                   "600")
        daemon.run("exec", "shared", "sh", "-c", "mount -t tmpfs none /b/late && touch /b/late/seen")
        assert (outer / "late" / "seen").exists()
        assert daemon.out("exec", "slave", "ls", "/b/late") == "seen"
        daemon.run("rm", "-f", "shared", "slave")
    finally:
        subprocess.run(["umount", "-l", outer / "late"], check=False)
        subprocess.run(["umount", "-l", outer], check=False)
        subprocess.run(["umount", "-l", outer / "inner"], check=False)


def mounted(path):
    return any(line.split()[4] == str(path) for line in open("/proc/self/mountinfo"))


@pytest.mark.parametrize("sig", [signal.SIGKILL, signal.SIGTERM], ids=["KILL", "TERM"])
def test_a_local_volume_stays_mounted_over_the_daemons_death(daemon, sig):
    """moby#46148: a volume with options must not be unmounted under its users at daemon start."""
    daemon.run("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "memory")
    data = daemon.data_root / "volumes/memory/_data"
    for name in ("one", "two"):
        daemon.run("run", "-d", "--name", name, "-v", "memory:/m", "busybox", "sh", "-c",
                   "until [ -e /m/stop ]; do sleep 0.05; done")
    daemon.run("exec", "one", "sh", "-c", "echo kept >/m/f")
    daemon.kill(sig)
    assert mounted(data)
    daemon.start()
    assert mounted(data)
    assert run(daemon, "-v", "memory:/m", "busybox", "cat", "/m/f").out == "kept\n"
    assert "volume is in use" in daemon.run("volume", "rm", "memory", check=False).err
    daemon.kill(sig)
    (data / "stop").touch()
    time.sleep(0.3)  # both end without a daemon
    daemon.start()
    wait_for(lambda: not mounted(data), what="the volume to be unmounted")
    daemon.run("rm", "one", "two")
    daemon.run("volume", "rm", "memory")


def test_copies_leave_nothing_mounted(daemon):
    before = open("/proc/self/mountinfo").read()
    daemon.run("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "copied")
    daemon.run("create", "--name", "still", "-v", "copied:/c", "--mount",
               "type=image,src=layers:v1,dst=/i", "busybox")
    for _ in range(3):
        assert daemon.run("cp", "still:/i/layers", "-", text=False).out
    assert open("/proc/self/mountinfo").read() == before
    refused = daemon.run("cp", "/etc/hostname", "still:/i/", check=False)
    assert "mounted volume is marked read-only" in refused.err
    daemon.run("rm", "still")
    daemon.run("volume", "rm", "copied")


def test_prune_and_df(daemon):
    run(daemon, "-v", "named:/n", "busybox", "sh", "-c", "dd if=/dev/zero of=/n/f bs=1k count=10")
    daemon.run("create", "--name", "keeps", "-v", "/anon", "-v", "named2:/x", "busybox")
    daemon.run("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "optioned")
    daemon.run("volume", "create", "--label", "keep=1", "labelled")
    usage = json.loads(daemon.request("GET", "/system/df?type=volume")[2])["Volumes"]
    by_name = {v["Name"]: v["UsageData"] for v in usage}
    assert by_name["named"] == {"RefCount": 0, "Size": 10240}
    assert by_name["named2"]["RefCount"] == 1 and "optioned" not in by_name
    daemon.run("rm", "keeps")
    pruned = daemon.out("volume", "prune", "-f")
    assert "named" not in pruned and "Total reclaimed space: 0B" in pruned
    pruned = daemon.out("volume", "prune", "-af", "--filter", "label!=keep")
    assert "named" in pruned and "labelled" not in pruned and "optioned" not in pruned
    left = daemon.out("volume", "ls", "-q").split()
    assert "labelled" in left and "optioned" in left and "named" not in left
    daemon.run("volume", "rm", "labelled", "optioned")


def test_volumes_from_takes_everything(daemon):
    folder = temp_dir("from")
    (folder / "f").write_text("bound\n")
    daemon.run("create", "--name", "source", "-v", "shared:/v", "-v", f"{folder}:/b:ro", "--mount",
               "type=volume,src=shared,dst=/s,volume-subpath=", "busybox")
    out = run(daemon, "--volumes-from", "source", "busybox", "sh", "-c",
              "cat /b/f; touch /v/x; touch /b/x", check=False)
    assert out.out == "bound\n" and "/b/x: Read-only" in out.err
    out = run(daemon, "--volumes-from", "source:ro", "busybox", "touch", "/v/y", check=False)
    assert "Read-only" in out.err
    daemon.run("rm", "source")
    daemon.run("volume", "rm", "shared")


def test_cve_2021_30465_swapped_mount_targets(daemon):
    """The target of a mount is a link out of the container that another container keeps swapping."""
    host = temp_dir("target")
    daemon.run("run", "-d", "--name", "swaps", "-v", "swapped:/v", "busybox", "sh", "-c",
               f"mkdir /v/real; ln -s /../../../../../..{host} /v/evil; "
               "while :; do mv /v/real /v/d; mv /v/d /v/real; mv /v/evil /v/d; mv /v/d /v/evil; done")
    end = time.monotonic() + 3
    while time.monotonic() < end:
        run(daemon, "-v", "swapped:/v", "--tmpfs", "/v/d", "busybox", "touch", "/v/d/x", check=False)
        assert not mounted(host) and os.listdir(host) == []
    daemon.run("rm", "-f", "swaps")


def test_cve_2022_23648_volume_paths_of_the_image_stay_inside(daemon):
    """VOLUMEs of the image's config that climb, or that are links in it, copy nothing of the host."""
    host = temp_dir("imagevolume")
    (host / "secret").write_text("the host's")
    daemon.run("run", "--name", "evil", "busybox", "ln", "-s", str(host), "/data")
    daemon.run("commit", "-c", f'VOLUME ["/../../../../..{host}", "/data"]', "evil", "evil:v1")
    out = run(daemon, "evil:v1", "sh", "-c", f"ls -A /data {host}", check=False)
    assert "secret" not in out.out
    daemon.run("rm", "-v", "evil")
