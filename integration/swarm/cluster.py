"""Daemons on a bridge, each in a network namespace of its own."""

import json
import pathlib
import subprocess

from daemon import Daemon

BRIDGE = "swbr"


def ip(*args, check=True):
    subprocess.run(["ip", *map(str, args)], check=check, capture_output=True)


class Node(Daemon):
    """A Daemon with the address 10.9.0.NUMBER."""

    def __init__(self, number, **options):
        super().__init__(name=f"node{number}", **options)
        self.netns, self.address = f"swarm{number}", f"10.9.0.{number}"
        self.link = f"swp{number}"
        ip("netns", "add", self.netns)
        ip("link", "add", self.link, "type", "veth", "peer", "name", "eth0", "netns", self.netns)
        ip("link", "set", self.link, "master", BRIDGE, "up")
        ip("-n", self.netns, "addr", "add", f"{self.address}/24", "dev", "eth0")
        ip("-n", self.netns, "link", "set", "lo", "up")
        ip("-n", self.netns, "link", "set", "eth0", "up")

    def command(self):
        # nsenter and not `ip netns exec`, which would hide the cgroup v1 hierarchies.
        return ["nsenter", f"--net=/run/netns/{self.netns}", *super().command(), "--iptables=false"]

    def cut(self):
        ip("link", "set", self.link, "down")

    def mend(self):
        ip("link", "set", self.link, "up")

    def info(self):
        return json.loads(self.request("GET", "/info")[2])["Swarm"]

    def init(self, *options, heartbeat="10s"):
        """A node is missed after three heartbeats. "1s" is for the tests that wait for that: there,
        a machine that stalls for some seconds may have a node missed that is well."""
        self.out("swarm", "init", "--advertise-addr", self.address, "--dispatcher-heartbeat",
                 heartbeat, *options)
        return self

    def token(self, role="worker"):
        return self.out("swarm", "join-token", "-q", role)

    def join(self, manager, token=None, check=True):
        return self.docker("swarm", "join", "--token", token or manager.token(),
                           f"{manager.address}:2377", check=check)

    def status(self, node_id):
        return self.out("node", "inspect", "-f", "{{.Status.State}}", node_id, check=False)

    def trusted_root(self):
        return (self.data_root / "swarm/certificates/swarm-root-ca.crt").read_text()

    def __exit__(self, *_):
        self.stop()
        ip("link", "del", self.link, check=False)
        ip("netns", "del", self.netns, check=False)


def make_bridge():
    pathlib.Path("/run/netns").mkdir(exist_ok=True)
    ip("link", "add", BRIDGE, "type", "bridge")
    ip("link", "set", BRIDGE, "up")


def remove_bridge():
    ip("link", "del", BRIDGE, check=False)
