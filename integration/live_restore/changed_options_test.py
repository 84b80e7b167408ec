"""Restarts with other options while containers run: what they stand on stays, the rest takes effect."""

import json
import re
import signal

import pytest
from daemon import Daemon, wait_for

DOCKERS_LINE = "There are old running containers, the network config will not take affect"
BEFORE = {"live-restore": True, "bip": "10.98.0.1/24", "labels": ["a=b"],
          "default-address-pools": [{"base": "10.97.0.0/16", "size": 24}]}
AFTER = {"live-restore": True, "bip": "10.99.0.1/24", "labels": ["c=d"], "debug": True,
         "registry-mirrors": ["https://mirror.example/"], "storage-driver": "vfs", "mtu": 1400,
         "default-address-pools": [{"base": "10.96.0.0/16", "size": 24}], "icc": False}


@pytest.fixture
def daemon():
    with Daemon(config=BEFORE) as d:
        d.load_busybox()
        yield d


def facts(daemon, name):
    found = daemon.inspect(name)
    found.pop("ExecIDs")
    return found


def configure(daemon, config):
    daemon.config_file.write_text(json.dumps(config))


def not_in_effect(log):
    """{option: (what stays, what was wanted)} of the lines that name them."""
    pattern = (r'msg="configuration: (\S+) does not take effect while old containers run" '
               r'stays=(.*) wanted=(.*)')
    return {m[1]: (m[2], m[3]) for m in re.finditer(pattern, log)}


def network(daemon, name):
    return daemon.inspect(name, "network")["IPAM"]["Config"][0]["Subnet"]


@pytest.mark.parametrize("how", ["KILL", "TERM", "UPGRADE"])
def test_what_containers_stand_on_stays_until_they_are_gone(daemon, how):
    daemon.run("run", "-d", "--name", "old", "--stop-timeout", "0", "busybox", "sleep", "600")
    before, seen = facts(daemon, "old"), len(daemon.log())
    other_root = daemon.dir / "run2"
    configure(daemon, {**AFTER, "bip": "10.99.0.1/24"})
    if how == "UPGRADE":
        daemon.upgrade()
    else:
        daemon.kill(getattr(signal, "SIG" + how))
        daemon.exec_root = other_root
        daemon.start()
    log = daemon.log()[seen:]
    assert log.count(DOCKERS_LINE) == 1
    options = not_in_effect(log)
    expected = {"bip", "icc", "mtu", "storage-driver"}
    assert set(options) == expected | (set() if how == "UPGRADE" else {"exec-root"})
    assert "10.98.0.1/24" in options["bip"][0] and "10.99.0.1/24" in options["bip"][1]
    assert facts(daemon, "old") == before
    assert daemon.out("exec", "old", "echo", "alive") == "alive"
    # All others do take effect.
    info = json.loads(daemon.out("info", "-f", "{{json .}}"))
    assert info["Labels"] == ["c=d"] and info["Debug"] is True and info["Driver"] == "overlay2"
    assert info["RegistryConfig"]["Mirrors"] == ["https://mirror.example/"]
    # New ones stand on the same, but networks come from the new pools; what waits is pending.
    daemon.run("network", "create", "more")
    assert network(daemon, "more").startswith("10.96.")
    daemon.run("run", "--rm", "busybox", "true")
    settings = json.loads(daemon.request("GET", "/config")[2])["Settings"]
    pending = {s["Key"]: (s["Value"], s["Pending"]) for s in settings if "Pending" in s}
    assert pending["bip"] == ("10.98.0.1/24", "10.99.0.1/24") and expected <= set(pending)
    # And is in effect at the next start without them.
    configure(daemon, {**AFTER, "storage-driver": ""})
    daemon.run("rm", "-f", "old")
    seen = len(daemon.log())
    daemon.restart(signal.SIGTERM)
    assert DOCKERS_LINE not in daemon.log()[seen:] and not not_in_effect(daemon.log()[seen:])
    assert network(daemon, "bridge") == "10.99.0.0/24"
    daemon.run("network", "create", "later")
    assert network(daemon, "later").startswith("10.96.")
    daemon.run("run", "-d", "--name", "new", "busybox", "sleep", "600")
    if how != "UPGRADE":
        wait_for(lambda: list(other_root.glob("containers/*")), what="the new exec root in use")


def test_without_live_restore_new_options_are_in_effect_at_once(daemon):
    """What a killed daemon left running is stopped first, as with dockerd."""
    configure(daemon, {**BEFORE, "live-restore": False})
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(lambda: daemon.out("info", "-f", "{{.LiveRestoreEnabled}}") == "false", what="reload")
    daemon.run("run", "-d", "--name", "once", "--stop-timeout", "0", "busybox", "sleep", "600")
    daemon.run("run", "-d", "--name", "always", "--stop-timeout", "0", "--restart", "always",
               "busybox", "sleep", "600")
    configure(daemon, {"bip": "10.99.0.1/24"})
    seen = len(daemon.log())
    daemon.restart(signal.SIGKILL)
    assert DOCKERS_LINE not in daemon.log()[seen:] and not not_in_effect(daemon.log()[seen:])
    assert network(daemon, "bridge") == "10.99.0.0/24"
    assert daemon.inspect("once")["State"]["Status"] == "exited"
    again = wait_for(lambda: (s := daemon.inspect("always"))["State"]["Running"] and s,
                     what="the policy")
    assert again["NetworkSettings"]["Networks"]["bridge"]["IPAddress"].startswith("10.99.0.")


def test_an_unchanged_restart_says_nothing(daemon):
    daemon.run("run", "-d", "--name", "c1", "busybox", "sleep", "600")
    daemon.restart()
    daemon.restart(signal.SIGTERM)
    assert DOCKERS_LINE not in daemon.log() and "does not take effect" not in daemon.log()
