"""Hosts around a daemon: this one has 198.51.100.1, the others are network namespaces on veth pairs."""

import contextlib
import json
import pathlib
import subprocess
import sys

HERE = "198.51.100.1"
ECHO = pathlib.Path(__file__).resolve().with_name("echo.py")
DNS = ECHO.with_name("dns.py")


def _run(*words):
    subprocess.run(words, check=True, capture_output=True)


@contextlib.contextmanager
def outside(name="outside", address="198.51.100.2"):
    """A host that reaches this one, and containers through it; yields its namespace's name."""
    _run("ip", "netns", "add", name)
    try:
        _run("ip", "link", "add", "ext0", "type", "veth", "peer", "name", "eth0", "netns", name)
        _run("ip", "address", "add", f"{HERE}/24", "dev", "ext0")
        _run("ip", "link", "set", "ext0", "up")
        for words in (("address", "add", f"{address}/24", "dev", "eth0"), ("link", "set", "eth0", "up"),
                      ("link", "set", "lo", "up"), ("route", "add", "default", "via", HERE)):
            _run("ip", "-n", name, *words)
        yield name
    finally:
        _run("ip", "netns", "delete", name)


def _enter(where):
    """None = here; a host's name; a container's pid."""
    if where is None:
        return []
    if isinstance(where, int):
        return ["nsenter", "--net", "--target", str(where)]
    return ["ip", "netns", "exec", where]


def ask(protocol, address, port, where=None):
    """What answers there, or None."""
    done = subprocess.run([*_enter(where), sys.executable, ECHO, "ask", protocol, address, str(port)],
                          capture_output=True, text=True, timeout=20)
    return done.stdout.strip() if done.returncode == 0 else None


@contextlib.contextmanager
def answering(where, name, *ports):
    """Somebody there answers on these ports, with that name."""
    server = subprocess.Popen([*_enter(where), sys.executable, ECHO, "serve", name, *map(str, ports)],
                              stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout.readline() == "ready\n"
        yield where
    finally:
        server.kill()
        server.communicate()


def serving(daemon, name, *ports):
    """Lets the container answer on these ports, with its name."""
    return answering(daemon.inspect(name)["State"]["Pid"], name, *ports)


def host_port(daemon, name, port):
    """Where the container's port ("80/tcp") is published: {address: port}."""
    bindings = json.loads(daemon.out("inspect", "-f", "{{json .NetworkSettings.Ports}}", name))[port]
    return {b["HostIp"]: int(b["HostPort"]) for b in bindings}


def dns(where, name, kind="A", *options, server="127.0.0.11"):
    """The answer to a query: {"code", "answers", ...}, or None."""
    done = subprocess.run([*_enter(where), sys.executable, DNS, "ask", server, name, kind, *options],
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def dns_noise(where, count):
    subprocess.run([*_enter(where), sys.executable, DNS, "noise", "127.0.0.11", str(count)], check=True,
                   timeout=60)


@contextlib.contextmanager
def name_server(where, address, answer, *options):
    """A name server on a host, which says `answer` for every name."""
    server = subprocess.Popen([*_enter(where), sys.executable, DNS, "serve", address, answer, *options],
                              stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout.readline() == "ready\n"
        yield
    finally:
        server.kill()
        server.communicate()
