"""Volume plugins of the v1 protocol: found by socket and spec, used, down, and given back once."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from daemon import Daemon, temp_dir, wait_for

SOCKETS = pathlib.Path("/run/docker/plugins")  # /run is the test's own
HERE = pathlib.Path(__file__).resolve().parent


class Plugin:
    def __init__(self, name, socket=None):
        self.dir = temp_dir("plugin")
        self.socket = socket or SOCKETS / f"{name}.sock"
        self.state_file = self.dir / "state.json"
        self.process = None

    def start(self):
        self.process = subprocess.Popen([sys.executable, HERE / "plugin.py", self.socket,
                                         self.state_file, self.dir / "data"])
        wait_for(self.socket.exists, what="the plugin's socket")
        return self

    def stop(self):
        self.process.kill()
        self.process.wait()
        if self.socket.exists():
            os.unlink(self.socket)

    def state(self):
        if not self.state_file.exists():
            return {"volumes": {}, "mounts": [], "calls": []}
        return json.loads(self.state_file.read_text())

    def count(self, call):
        return self.state()["calls"].count(call)


@pytest.fixture
def plugin():
    SOCKETS.mkdir(parents=True, exist_ok=True)
    p = Plugin("shelf").start()
    yield p
    p.stop()


@pytest.fixture
def daemon(plugin):
    with Daemon(config={"live-restore": True}) as d:
        yield d.load_busybox()


def test_a_volumes_life(daemon, plugin):
    assert daemon.out("volume", "create", "-d", "shelf", "-o", "a=b", "--label", "l=1", "box") == "box"
    assert plugin.state()["volumes"] == {"box": {"a": "b"}}
    shown = daemon.inspect("box", "volume")
    assert shown == {"Name": "box", "Driver": "shelf", "Scope": "global", "Labels": {"l": "1"},
                     "Options": {"a": "b"}, "Status": {"size": 7},
                     "CreatedAt": "2020-01-02T03:04:05Z", "Mountpoint": str(plugin.dir / "data/box")}
    assert daemon.out("volume", "ls", "--format", "{{.Driver}} {{.Name}} {{.Scope}}") == (
        "shelf box global")
    assert daemon.out("info", "-f", "{{.Plugins.Volume}}") == "[local shelf]"
    daemon.run("run", "--rm", "-v", "box:/etc", "busybox", "sh", "-c", "echo x >/etc/new")
    data = plugin.dir / "data" / "box"
    assert (data / "new").read_text() == "x\n" and (data / "passwd").exists(), "copied up"
    assert plugin.state()["mounts"] == []
    daemon.run("run", "-d", "--name", "user", "-v", "box:/x:ro", "busybox", "sleep", "600")
    ident = daemon.inspect("user")["Id"]
    mount = daemon.inspect("user")["Mounts"][0]
    assert (mount["Driver"], mount["Name"], mount["Source"], mount["RW"]) == (
        "shelf", "box", str(data), False)
    assert plugin.state()["mounts"] == [["box", ident]]
    refused = daemon.run("volume", "rm", "box", check=False)
    assert f"remove box: volume is in use - [{ident}]" in refused.err
    daemon.run("rm", "-f", "user")
    assert plugin.state()["mounts"] == []
    daemon.run("volume", "prune", "-af")
    assert "box" in plugin.state()["volumes"], "prune is for what is on this disk"
    daemon.run("volume", "rm", "box")
    assert plugin.state()["volumes"] == {}
    assert "no such volume" in daemon.run("volume", "inspect", "box", check=False).err


def test_errors_are_the_plugins(daemon, plugin):
    def error(*args):
        result = daemon.run(*args, check=False)
        assert result.status != 0
        return result.err

    assert "create x1: refused by me" in error("volume", "create", "-d", "shelf", "-o", "fail=me",
                                               "x1")
    assert ('create x2: error looking up volume plugin ghost: plugin "ghost" not found'
            in error("volume", "create", "-d", "ghost", "x2"))
    daemon.run("volume", "create", "here")
    assert ("create here: driver 'local' already has volume 'here': volume name must be unique"
            in error("volume", "create", "-d", "shelf", "here"))
    daemon.run("volume", "create", "-d", "shelf", "-o", "failmount=1", "bad")
    assert "no medium" in error("run", "--rm", "-v", "bad:/x", "busybox", "true")
    assert plugin.state()["mounts"] == []


def test_volumes_that_only_the_plugin_knows(daemon, plugin):
    state = plugin.state()
    (plugin.dir / "data" / "old").mkdir(parents=True)
    (plugin.dir / "data" / "old" / "file").write_text("kept\n")
    plugin.state_file.write_text(json.dumps({**state, "volumes": {"old": {}}}))
    assert daemon.out("volume", "ls", "-q") == "old"
    assert daemon.out("run", "--rm", "-v", "old:/x", "busybox", "cat", "/x/file") == "kept"
    assert daemon.inspect("old", "volume")["Driver"] == "shelf"
    daemon.run("volume", "rm", "old")
    assert plugin.state()["volumes"] == {}


def test_found_by_spec_and_json(daemon):
    # The host's /etc is seen through an overlay of this test's mount namespace.
    upper = temp_dir("etc")
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", upper], check=True)
    for name in ("upper", "work"):
        (upper / name).mkdir()
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", f"lowerdir=/etc,upperdir={upper}/upper,"
                    f"workdir={upper}/work", "/etc"], check=True)
    folder = pathlib.Path("/etc/docker/plugins")
    folder.mkdir(parents=True, exist_ok=True)
    first = Plugin("first", SOCKETS.parent / "elsewhere" / "a.sock").start()
    second = Plugin("second", SOCKETS.parent / "elsewhere" / "b.sock").start()
    try:
        (folder / "byspec.spec").write_text(f"unix://{first.socket}\n")
        (folder / "byjson").mkdir()
        (folder / "byjson" / "byjson.json").write_text(json.dumps(
            {"Name": "byjson", "Addr": f"unix://{second.socket}"}))
        daemon.run("volume", "create", "-d", "byspec", "one")
        daemon.run("volume", "create", "-d", "byjson", "two")
        assert "one" in first.state()["volumes"] and "two" in second.state()["volumes"]
        assert daemon.out("volume", "ls", "--format", "{{.Driver}} {{.Name}}").splitlines() == [
            "byspec one", "byjson two"]
    finally:
        first.stop()
        second.stop()
        subprocess.run(["umount", "/etc"], check=True)


def test_while_the_plugin_is_down(daemon, plugin):
    daemon.run("volume", "create", "-d", "shelf", "box")
    daemon.run("run", "-d", "--name", "user", "-v", "box:/x", "busybox", "sleep", "600")
    plugin.stop()
    listed = daemon.request("GET", "/volumes")
    answer = json.loads(listed[2])
    assert [v["Name"] for v in answer["Volumes"]] == ["box"]
    assert answer["Warnings"][0].startswith('list shelf: Post "http://plugin.moby.localhost/'
                                            'VolumeDriver.List": dial unix ')
    assert 'exists in driver "shelf": Post' in daemon.run("volume", "inspect", "box", check=False).err
    assert daemon.out("exec", "user", "echo", "alive") == "alive"
    daemon.run("rm", "-f", "user")  # the plugin is not there, the container goes all the same
    assert plugin.state()["mounts"] != []
    plugin.start()
    wait_for(lambda: plugin.state()["mounts"] == [], 20, "the mount to be given back")
    assert plugin.count("Unmount") == plugin.count("Mount")


@pytest.mark.parametrize("ends", [False, True], ids=["runs on", "ends meanwhile"])
def test_mounts_are_given_back_once_over_daemon_kills(daemon, plugin, ends):
    daemon.run("volume", "create", "-d", "shelf", "box")
    daemon.run("run", "-d", "--name", "user", "-v", "box:/x", "busybox", "sh", "-c",
               "until [ -e /x/stop ]; do sleep 0.05; done")
    mounted = plugin.count("Mount")
    daemon.kill()
    if ends:
        (plugin.dir / "data/box/stop").touch()
    daemon.start()
    if not ends:
        assert len(plugin.state()["mounts"]) == 1
        daemon.restart()
        assert daemon.out("exec", "user", "ls", "-d", "/x") == "/x"
        (plugin.dir / "data/box/stop").touch()
    daemon.run("wait", "user")
    wait_for(lambda: plugin.state()["mounts"] == [], 20, "the mount to be given back")
    daemon.run("rm", "user")
    daemon.restart()
    assert plugin.count("Mount") == mounted == plugin.count("Unmount")
    daemon.run("volume", "rm", "box")
