"""127.0.0.11 on user-defined networks: who is found by which name, with and without a daemon."""

import os
import pathlib
import signal
import subprocess

import pytest
from daemon import Daemon, wait_for
from hosts import dns, dns_noise, name_server, outside

FINE, SERVFAIL = 0, 2


@pytest.fixture(scope="module")
def host():
    with outside() as name:
        for address in ("198.51.100.3", "198.51.100.4"):
            subprocess.run(["ip", "-n", name, "address", "add", f"{address}/24", "dev", "eth0"], check=True)
        yield name


@pytest.fixture(scope="module")
def resolv_conf(tmp_path_factory):
    """The host's file, in this mount namespace only."""
    own = tmp_path_factory.mktemp("etc") / "resolv.conf"
    own.write_text("nameserver 198.51.100.2\n")
    subprocess.run(["mount", "--bind", own, "/etc/resolv.conf"], check=True)
    yield own
    subprocess.run(["umount", "/etc/resolv.conf"], check=True)


@pytest.fixture(scope="module")
def daemon(host, resolv_conf):
    with Daemon(args=["--live-restore"]) as d:
        d.load_busybox()
        d.run("network", "create", "front")
        d.run("network", "create", "back")
        d.run("network", "create", "--internal", "inside")
        yield d


@pytest.fixture(autouse=True)
def clean(daemon):
    yield
    if ids := daemon.out("ps", "-aq").split():
        daemon.run("rm", "-f", *ids)


def run(daemon, name, network="front", *options):
    daemon.run("run", "-d", "--name", name, "--network", network, *options, "busybox", "sleep", "600")
    return daemon.inspect(name)["State"]["Pid"]


def address(daemon, name, network="front"):
    return daemon.inspect(name)["NetworkSettings"]["Networks"][network]["IPAddress"]


def found(pid, name, kind="A", *options):
    """The addresses in any order; None when nobody knows the name."""
    answer = dns(pid, name, kind, *options)
    assert answer is not None
    return sorted(answer["answers"]) if answer["code"] == FINE else None


def test_names(daemon):
    c1 = run(daemon, "c1")
    run(daemon, "c2", "front", "--network-alias", "web", "--hostname", "box")
    ip, short = address(daemon, "c2"), daemon.inspect("c2")["Id"][:12]
    for name in ("c2", "web", short, "box", "c2.front", "web.front", "C2", "c2."):
        assert found(c1, name) == [ip], name
        assert found(c1, name, "A", "tcp") == [ip], name
    assert found(c1, "c1") == [address(daemon, "c1")]
    # A name that is known has no other records; elsewhere nobody is asked.
    for kind in ("AAAA", "MX"):
        assert dns(c1, "c2", kind)["answers"] == [] and dns(c1, "c2", kind)["code"] == FINE
    backwards = ".".join(reversed(ip.split("."))) + ".in-addr.arpa"
    assert dns(c1, backwards, "PTR")["answers"] == ["c2.front"]
    # As programs look it up.
    assert f"Address: {ip}" in daemon.out("exec", "c1", "nslookup", "c2")
    assert daemon.run("exec", "c1", "ping", "-c", "1", "c2").status == 0
    text = daemon.out("exec", "c1", "cat", "/etc/resolv.conf")
    assert "\nnameserver 127.0.0.11\n" in text and "options ndots:0" in text


def test_whoever_shares_a_name_takes_turns(daemon):
    c1 = run(daemon, "c1")
    for name in ("w1", "w2", "w3"):
        run(daemon, name, "front", "--network-alias", "web")
    addresses = sorted(address(daemon, name) for name in ("w1", "w2", "w3"))
    orders = [dns(c1, "web")["answers"] for _ in range(6)]
    assert all(sorted(order) == addresses for order in orders)
    assert {order[0] for order in orders} == set(addresses)


def test_networks_do_not_know_each_other(daemon):
    c1, c2 = run(daemon, "c1", "front"), run(daemon, "c2", "back")
    assert found(c1, "c2") is None and found(c2, "c1") is None
    daemon.run("network", "connect", "--alias", "guest", "front", "c2")
    ip = address(daemon, "c2", "front")
    assert found(c1, "c2") == found(c1, "guest") == [ip]
    assert found(c2, "c1") == [address(daemon, "c1")]
    daemon.run("network", "disconnect", "front", "c2")
    assert found(c1, "c2") is None and found(c1, "guest") is None


def test_one_of_the_default_bridge_gets_names_with_its_first_network(daemon):
    c1 = run(daemon, "c1", "front")
    c2 = run(daemon, "c2", "bridge")
    assert dns(c2, "c1") is None  # nobody serves there
    daemon.run("network", "connect", "front", "c2")
    assert found(c2, "c1") == [address(daemon, "c1")]
    assert found(c1, "c2") == [address(daemon, "c2", "front")]
    assert "nameserver 127.0.0.11" in daemon.out("exec", "c2", "cat", "/etc/resolv.conf")


def test_links_are_known_to_who_made_them(daemon):
    run(daemon, "db")
    other = run(daemon, "other")
    c1 = run(daemon, "c1", "front", "--link", "db:storage")
    assert found(c1, "storage") == [address(daemon, "db")]
    assert found(other, "storage") is None


def test_a_new_name_and_an_end(daemon):
    c1 = run(daemon, "c1")
    run(daemon, "c2")
    ip = address(daemon, "c2")
    daemon.run("rename", "c2", "second")
    assert found(c1, "second") == [ip] and found(c1, "c2") is None
    daemon.run("stop", "-t", "0", "second")
    assert found(c1, "second") is None
    daemon.run("start", "second")
    assert found(c1, "second") == [address(daemon, "second")]


def test_without_a_daemon(daemon):
    c1 = run(daemon, "c1")
    run(daemon, "c2", "front", "--network-alias", "web")
    ip = address(daemon, "c2")
    daemon.kill()
    assert found(c1, "c2") == found(c1, "web") == [ip]
    daemon.start()
    assert found(c1, "c2") == [ip]
    run(daemon, "c3")
    assert found(c1, "c3") == [address(daemon, "c3")]
    daemon.upgrade()
    run(daemon, "c4")
    assert found(c1, "c4") == [address(daemon, "c4")] and found(c1, "c2") == [ip]
    daemon.run("rm", "-f", "c2")
    assert found(c1, "c2") is None


def test_a_restart_by_the_policy_keeps_it(daemon):
    run(daemon, "c2")
    c1 = run(daemon, "c1", "front", "--restart", "always")
    daemon.kill()
    subprocess.run(["kill", "-9", str(c1)], check=True)
    daemon.start()
    wait_for(lambda: daemon.inspect("c1")["State"]["Pid"] not in (0, c1), what="the restart")
    assert found(daemon.inspect("c1")["State"]["Pid"], "c2") == [address(daemon, "c2")]


def test_other_names_are_asked_for_where_the_host_asks(daemon, host, resolv_conf):
    c1 = run(daemon, "c1")
    with name_server(host, "198.51.100.2", "192.0.2.2"), name_server(host, "198.51.100.3", "192.0.2.3"):
        assert found(c1, "example.com") == ["192.0.2.2"]
        assert found(c1, "example.com", "A", "tcp") == ["192.0.2.2"]
        resolv_conf.write_text("nameserver 198.51.100.3\n")  # followed
        try:
            assert found(c1, "example.com") == ["192.0.2.3"]
            daemon.kill()
            assert found(c1, "example.com") == ["192.0.2.3"]
            resolv_conf.write_text("nameserver 198.51.100.2\n")
            assert found(c1, "example.com") == ["192.0.2.2"]
            daemon.start()
        finally:
            resolv_conf.write_text("nameserver 198.51.100.2\n")
    assert dns(c1, "example.com")["code"] == SERVFAIL


def test_servers_of_the_container(daemon, host):
    with name_server(host, "198.51.100.3", "192.0.2.3", "refuse"), name_server(host, "198.51.100.4", "192.0.2.4"):
        c1 = run(daemon, "c1", "front", "--dns", "198.51.100.3", "--dns", "198.51.100.4")
        # The first refuses: the next one is asked.
        assert found(c1, "example.com") == ["192.0.2.4"]
        assert found(c1, "example.com", "A", "tcp") == ["192.0.2.4"]


def test_nobody_inside_asks_outside(daemon, host):
    with name_server(host, "198.51.100.2", "192.0.2.2"):
        c1 = run(daemon, "c1", "inside")
        run(daemon, "c2", "inside")
        assert found(c1, "c2") == [address(daemon, "c2", "inside")]
        assert dns(c1, "example.com")["code"] == SERVFAIL


def test_ndots_that_somebody_asked_for(daemon, host):
    with name_server(host, "198.51.100.2", "192.0.2.2"):
        c1 = run(daemon, "c1", "front", "--dns-option", "ndots:2")
        assert dns(c1, "single")["answers"] == []
        assert found(c1, "with.dot") == ["192.0.2.2"]


def test_long_answers(daemon):
    c1 = run(daemon, "c1")
    names = [f"w{i}" for i in range(40)]
    # Forty of them without forty containers: the file is what the daemon writes.
    table = pathlib.Path(daemon.exec_root) / "containers" / daemon.inspect("c1")["Id"] / "dns"
    former = table.read_text()
    table.write_text(former + "".join(f"many 10.9.0.{i + 1}\n" for i in range(len(names))))
    short = dns(c1, "many")
    assert short["truncated"] and short["size"] <= 512 and 0 < len(short["answers"]) < 40
    wide = dns(c1, "many", "A", "edns=4096")
    assert not wide["truncated"] and len(wide["answers"]) == 40 and wide["edns"]
    assert len(dns(c1, "many", "A", "tcp")["answers"]) == 40


def test_noise_does_no_harm(daemon):
    c1 = run(daemon, "c1")
    run(daemon, "c2")
    dns_noise(c1, 3000)
    assert found(c1, "c2") == [address(daemon, "c2")]
    assert daemon.out("exec", "c1", "echo", "fine") == "fine"


def test_port_53_stays_the_containers_own(daemon):
    c1 = run(daemon, "c1")
    with name_server(c1, "0.0.0.0", "192.0.2.53"):
        assert dns(c1, "x", server="127.0.0.1")["answers"] == ["192.0.2.53"]
        assert found(c1, "c1") == [address(daemon, "c1")]


def test_ipv6(daemon):
    daemon.run("network", "create", "--ipv6", "--subnet", "fd00:6::/64", "six")
    run(daemon, "c1", "six")
    expected = daemon.inspect("c1")["NetworkSettings"]["Networks"]["six"]["GlobalIPv6Address"]
    pid = daemon.inspect("c1")["State"]["Pid"]
    assert found(pid, "c1", "AAAA") == [expected]


def test_a_name_goes_with_who_ended_meanwhile(daemon):
    c1, c2 = run(daemon, "c1"), run(daemon, "c2")
    daemon.kill()
    os.kill(c2, signal.SIGKILL)
    daemon.start()
    wait_for(lambda: found(c1, "c2") is None, what="end of the name")
