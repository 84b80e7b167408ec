"""The packet filter: what others do to it, and what it keeps out."""

import subprocess

import pytest
from daemon import Daemon, wait_for
from hosts import HERE, answering, ask, outside, serving


@pytest.fixture(scope="module")
def host():
    with outside() as name:
        yield name


@pytest.fixture(scope="module")
def daemon(host):
    with Daemon(args=["--live-restore"]) as d:
        d.load_busybox()
        d.run("network", "create", "front")
        d.run("network", "create", "back")
        yield d


@pytest.fixture(autouse=True)
def clean(daemon):
    yield
    if ids := daemon.out("ps", "-aq").split():
        daemon.run("rm", "-f", *ids)


def run(daemon, name, *options):
    daemon.run("run", "-d", "--name", name, *options, "busybox", "sleep", "600")
    return daemon.inspect(name)["State"]["Pid"]


def nft(*words):
    return subprocess.run(["nft", *words], check=True, capture_output=True, text=True).stdout


def table():
    return nft("list", "table", "inet", "buoy")


@pytest.mark.parametrize("damage", [
    ("flush", "ruleset"), ("delete", "table", "inet", "buoy"), ("flush", "table", "inet", "buoy")], ids=" ".join)
def test_a_flushed_table_is_put_back(daemon, host, damage):
    run(daemon, "c1", "-p", "8080:80")
    with serving(daemon, "c1", 80):
        assert ask("tcp", HERE, 8080, host) == "c1 80 198.51.100.2"
        before = table()
        nft(*damage)
        wait_for(lambda: subprocess.run(["nft", "list", "table", "inet", "buoy"], capture_output=True,
                                        text=True).stdout == before, 5, "the table")
        assert ask("tcp", HERE, 8080, host) == "c1 80 198.51.100.2"
    assert "it has been put back" in daemon.log()


def test_own_changes_are_no_damage(daemon):
    seen = daemon.log().count("it has been put back")
    for _ in range(3):
        daemon.run("network", "create", "short")
        run(daemon, "c1", "-p", "8080:80", "--network", "short")
        daemon.run("rm", "-f", "c1")
        daemon.run("network", "rm", "short")
    assert daemon.log().count("it has been put back") == seen


def test_networks_are_apart(daemon):
    addresses = {}
    pids = {}
    for name, network in (("f1", "front"), ("f2", "front"), ("b1", "back"), ("d1", "bridge")):
        pids[name] = run(daemon, name, "--network", network)
        addresses[name] = daemon.inspect(name)["NetworkSettings"]["Networks"][network]["IPAddress"]
    with serving(daemon, "f1", 80):
        assert ask("tcp", addresses["f1"], 80, pids["f2"])
        for other in ("b1", "d1"):
            assert ask("tcp", addresses["f1"], 80, pids[other]) is None
            assert ask("udp", addresses["f1"], 80, pids[other]) is None
    daemon.run("network", "connect", "front", "b1")
    with serving(daemon, "f1", 80):
        assert ask("tcp", addresses["f1"], 80, pids["b1"])


def test_the_hosts_loopback_is_its_own(daemon, host):
    """CVE-2020-8558's kind: 127/8 of the host is not reached from containers or other hosts."""
    pid = run(daemon, "c1")
    gateway = daemon.inspect("c1")["NetworkSettings"]["Networks"]["bridge"]["Gateway"]
    with answering(None, "host", 8888):
        assert ask("tcp", "127.0.0.1", 8888)
        # By way of this host's nearest address, as an attacker would.
        for where, via in ((pid, gateway), (host, HERE)):
            enter = ["nsenter", "--net", "--target", str(pid)] if where == pid else ["ip", "netns", "exec", host]
            subprocess.run([*enter, "sh", "-ec", "ip link set lo down; "
                            "ip route flush table local 127.0.0.0/8; "
                            f"ip route replace 127.0.0.1/32 via {via} dev eth0; "
                            "echo 1 >/proc/sys/net/ipv4/conf/eth0/route_localnet"], check=True)
            for protocol in ("tcp", "udp"):
                assert ask(protocol, "127.0.0.1", 8888, where) is None
