"""Published ports, from another host, from this one and from containers, whether a daemon is there or not."""

import pytest
from daemon import Daemon
from hosts import HERE, ask, host_port, outside, serving

PROTOCOLS = ("tcp", "udp")


@pytest.fixture(scope="module")
def host():
    with outside() as name:
        yield name


@pytest.fixture(scope="module")
def daemon(host):
    with Daemon(args=["--live-restore"]) as d:
        d.load_busybox()
        yield d


@pytest.fixture(autouse=True)
def clean(daemon):
    yield
    if ids := daemon.out("ps", "-aq").split():
        daemon.run("rm", "-f", *ids)


def run(daemon, name, *options):
    daemon.run("run", "-d", "--name", name, *options, "busybox", "sleep", "600")


def both(port):
    return [word for protocol in PROTOCOLS for word in ("-p", f"{port}/{protocol}")]


def everywhere(port, host, name):
    """Who answers on this host's port, asked from everywhere that may ask."""
    answers = {}
    for protocol in PROTOCOLS:
        for address, where in ((HERE, host), (HERE, None), ("127.0.0.1", None), ("::1", None)):
            answer = ask(protocol, address, port, where)
            answers[protocol, address, where] = answer and answer.split()[0] == name
    return answers


def test_a_port_is_reached_from_everywhere(daemon, host):
    run(daemon, "c1", *both("8080:80"))
    with serving(daemon, "c1", 80):
        assert set(everywhere(8080, host, "c1").values()) == {True}
        # The container sees who asks.
        assert ask("tcp", HERE, 8080, host) == "c1 80 198.51.100.2"
        assert ask("udp", HERE, 8080, host) == "c1 80 198.51.100.2"
        assert ask("tcp", HERE, 81, host) is None
    daemon.run("rm", "-f", "c1")
    assert set(everywhere(8080, host, "c1").values()) == {None}


def test_neither_a_dead_daemon_nor_a_new_one_changes_that(daemon, host):
    run(daemon, "c1", *both("8080:80"), "-p", "80")
    random = host_port(daemon, "c1", "80/tcp")["0.0.0.0"]
    with serving(daemon, "c1", 80):
        daemon.kill()
        assert set(everywhere(8080, host, "c1").values()) == {True}
        assert ask("tcp", HERE, random, host)
        daemon.start()
        assert set(everywhere(8080, host, "c1").values()) == {True}
        assert host_port(daemon, "c1", "80/tcp")["0.0.0.0"] == random
        daemon.upgrade()
        assert set(everywhere(8080, host, "c1").values()) == {True}


def test_ranges(daemon, host):
    run(daemon, "c1", *both("9000-9002:7000-7002"))
    with serving(daemon, "c1", 7000, 7001, 7002):
        for i in range(3):
            for protocol in PROTOCOLS:
                assert ask(protocol, HERE, 9000 + i, host) == f"c1 {7000 + i} 198.51.100.2"
    assert daemon.out("port", "c1", "7001/tcp").splitlines()[0] == "0.0.0.0:9001"


def test_random_ports(daemon, host):
    run(daemon, "c1", "-p", "80", "-p", "81/udp")
    run(daemon, "c2", "-p", "80")
    ports = [host_port(daemon, name, port)["0.0.0.0"]
             for name, port in (("c1", "80/tcp"), ("c1", "81/udp"), ("c2", "80/tcp"))]
    assert ports[0] != ports[2] and all(32768 <= port < 61000 for port in ports)
    with serving(daemon, "c1", 80, 81), serving(daemon, "c2", 80):
        assert ask("tcp", HERE, ports[0], host) == "c1 80 198.51.100.2"
        assert ask("udp", HERE, ports[1], host) == "c1 81 198.51.100.2"
        assert ask("tcp", HERE, ports[2], host) == "c2 80 198.51.100.2"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_bound_address_is_the_only_one(daemon, host, protocol):
    run(daemon, "c1", "-p", f"127.0.0.1:7000:80/{protocol}", "-p", f"{HERE}:7001:80/{protocol}",
        "-p", f"[::1]:7002:80/{protocol}")
    with serving(daemon, "c1", 80):
        reached = {(address, port, where): ask(protocol, address, port, where) is not None
                   for address, where in ((HERE, host), (HERE, None), ("127.0.0.1", None), ("::1", None))
                   for port in (7000, 7001, 7002)}
    assert {key for key, answered in reached.items() if answered} == {
        ("127.0.0.1", 7000, None), (HERE, 7001, host), (HERE, 7001, None), ("::1", 7002, None)}


def test_containers_reach_published_ports_too(daemon):
    run(daemon, "c1", *both("8080:80"))
    run(daemon, "c2")
    with serving(daemon, "c1", 80) as first:
        second = daemon.inspect("c2")["State"]["Pid"]
        for protocol in PROTOCOLS:
            for where in (first, second):  # its own too
                answer = ask(protocol, HERE, 8080, where)
                assert answer is not None and answer.startswith("c1 80 "), (protocol, where)


def test_a_container_is_not_routed_to_from_outside(daemon, host):
    """Docker 28: an address of the bridge is reached only by ports that are published."""
    run(daemon, "c1", "-p", "8080:80")
    address = daemon.inspect("c1")["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]
    with serving(daemon, "c1", 80, 81):
        assert ask("tcp", address, 81, None) == f"c1 81 {address.rsplit('.', 1)[0]}.1"
        assert ask("tcp", address, 81, host) is None
        assert ask("tcp", address, 80, host) is None


def test_the_next_holder_of_an_address_is_reached_at_once(daemon, host):
    """Who knew the former one's MAC address needs no new one."""
    addresses = set()
    for name in ("c1", "c2", "c3"):
        run(daemon, name, "-p", "8080:80")
        settings = daemon.inspect(name)["NetworkSettings"]["Networks"]["bridge"]
        addresses.add((settings["IPAddress"], settings["MacAddress"]))
        with serving(daemon, name, 80):
            assert ask("tcp", HERE, 8080, host) == f"{name} 80 198.51.100.2"
            assert ask("tcp", settings["IPAddress"], 80)
        daemon.run("rm", "-f", name)
    assert len(addresses) == 1
