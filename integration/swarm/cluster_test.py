"""A manager and its workers: who is let in, who is seen, who is missed."""

import contextlib
import json
import signal
import socket
import ssl
import subprocess
import time

import pytest
from cluster import Node, ip, make_bridge, remove_bridge
from daemon import wait_for

WORKER_REFUSES = (
    "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. "
    "Please run this command on a manager node or promote the current node to a manager."
)


@pytest.fixture
def nodes():
    make_bridge()
    with contextlib.ExitStack() as stack:
        stack.callback(remove_bridge)
        yield lambda number: stack.enter_context(Node(number))


def joined(nodes, **options):
    manager, worker = nodes(1).init(**options), nodes(2)
    assert "This node joined a swarm as a worker." in worker.join(manager).out
    node = worker.info()["NodeID"]
    wait_for(lambda: manager.status(node) == "ready", 30, "the worker's first heartbeat")
    return manager, worker


@pytest.fixture
def pair(nodes):
    """A manager and a worker of its swarm."""
    return joined(nodes)


@pytest.fixture
def watched(nodes):
    """The same with heartbeats every second: the worker is soon missed, and may be so when the
    machine stalls. So nothing may be taken for settled here, only waited for."""
    return joined(nodes, heartbeat="1s")


def test_a_worker_joins_is_seen_and_refuses_managers_commands(pair):
    manager, worker = pair
    info = worker.info()
    assert (info["LocalNodeState"], info["ControlAvailable"]) == ("active", False)
    assert info["NodeAddr"] == worker.address
    assert info["RemoteManagers"] == [
        {"NodeID": manager.info()["NodeID"], "Addr": f"{manager.address}:2377"}
    ]
    assert worker.request("GET", "/_ping")[1]["Swarm"] == "active/worker"
    node = json.loads(manager.out("node", "inspect", info["NodeID"]))[0]
    assert node["Spec"] == {"Labels": {}, "Role": "worker", "Availability": "active"}
    assert node["Status"] == {"State": "ready", "Addr": worker.address}
    assert node["Description"]["Engine"]["EngineVersion"]
    assert node["Description"]["TLSInfo"]["TrustRoot"] == worker.trusted_root()
    assert "ManagerStatus" not in node
    assert (manager.info()["Nodes"], manager.info()["Managers"]) == (2, 1)
    for method, path in (("GET", "/nodes"), ("GET", "/swarm"), ("GET", "/swarm/unlockkey")):
        status, _, body = worker.request(method, path)
        assert (status, json.loads(body)["message"]) == (503, WORKER_REFUSES)
    again = worker.join(manager, check=False)
    assert again.status == 1 and "This node is already part of a swarm" in again.err
    manager.out("node", "update", "--availability", "drain", "--label-add", "a=b", info["NodeID"])
    assert manager.out("node", "ls", "--filter", "role=worker", "--format",
                       "{{.Availability}} {{.Status}}") == "Drain Ready"
    refused = manager.docker("node", "rm", info["NodeID"], check=False)
    assert "is not down and can't be removed" in refused.err
    assert worker.out("swarm", "leave") == "Node left the swarm."
    wait_for(lambda: manager.status(info["NodeID"]) == "down", 60, "the worker to be gone")
    manager.out("node", "rm", info["NodeID"])
    assert manager.info()["Nodes"] == 1
    assert "joined a swarm as a worker" in worker.join(manager).out


def test_a_worker_that_is_killed_is_missed_and_comes_back_as_itself(watched):
    manager, worker = watched
    node = worker.info()["NodeID"]
    since = str(int(time.time()))
    worker.kill()
    wait_for(lambda: manager.status(node) == "down", 30, "the worker to be missed")
    worker.start()
    assert worker.info()["NodeID"] == node
    wait_for(lambda: manager.status(node) == "ready", 30, "the worker to be back")

    def told():
        changes = manager.out("events", "--since", since, "--until", str(int(time.time())),
                              "--filter", "type=node", "--format",
                              '{{index .Actor.Attributes "state.new"}}').split()
        return "down" in changes and "ready" in changes[changes.index("down"):]

    wait_for(told, 30, "the events of both")


def test_a_cut_link_and_a_managers_end(watched):
    manager, worker = watched
    node = worker.info()["NodeID"]
    worker.cut()
    wait_for(lambda: manager.status(node) == "down", 30, "the worker to be missed")
    wait_for(lambda: worker.info()["Error"], 30, "the worker to say why")
    worker.mend()
    wait_for(lambda: manager.status(node) == "ready", 30, "the worker to be back")
    manager.restart(signal.SIGKILL)
    wait_for(lambda: manager.status(node) == "ready", 30, "the worker to find the manager again")
    wait_for(lambda: not worker.info().get("Error"), 30, "the worker to be content")
    assert worker.info()["NodeID"] == node


def test_who_is_not_let_in(nodes):
    manager, other, node = nodes(1).init(), nodes(2).init(), nodes(3)
    token = manager.token()
    secret = node.join(manager, token[:-25] + "0" * 25, check=False)
    assert secret.status == 1
    assert "A valid join token is necessary to join this cluster" in secret.err
    foreign = node.join(manager, other.token(), check=False)
    assert "remote CA does not match fingerprint. Expected: " in foreign.err
    assert "invalid join token" in node.join(manager, "SWMTKN-1-x", check=False).err
    nobody = node.docker("swarm", "join", "--token", token, f"{other.address}:2399", check=False)
    assert "rpc error: code = Unavailable desc = connection error" in nobody.err
    assert "connection refused" in nobody.err
    manager.out("swarm", "join-token", "--rotate", "worker")
    rotated = node.join(manager, token, check=False)
    assert "A valid join token is necessary to join this cluster" in rotated.err
    assert node.info()["LocalNodeState"] == "inactive"
    assert not list((node.data_root / "swarm").glob("*"))
    assert manager.info()["Nodes"] == 1, "who is refused leaves nothing behind"
    node.join(manager)


def test_a_removed_node_and_a_foreign_certificate_are_refused(watched):
    manager, worker = watched
    node = worker.info()["NodeID"]
    manager.out("node", "rm", "--force", node)
    wait_for(lambda: f"node {node} was removed from the swarm" in worker.info().get("Error", ""), 30,
             "the worker to hear that it is none any more")
    assert manager.info()["Nodes"] == 1, "its heartbeats do not bring it back"
    foreign = worker.dir / "foreign"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", f"{foreign}.key", "-out", f"{foreign}.crt", "-subj",
                    "/O=x/OU=swarm-manager/CN=y"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(f"{foreign}.crt", f"{foreign}.key")
    ip("addr", "add", "10.9.0.100/24", "dev", "swbr")
    with socket.create_connection((manager.address, 2377), timeout=10) as plain:
        with pytest.raises(OSError), context.wrap_socket(plain) as tls:
            assert tls.version() == "TLSv1.3"
            tls.sendall(b"\0\0\0\x10" + b'{"Kind":"root"} ')
            if not tls.recv(100):
                raise ConnectionResetError("refused")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection((manager.address, 2377), timeout=10) as plain:
        with pytest.raises(OSError):
            context.wrap_socket(plain)


def test_a_new_root_reaches_the_workers(watched):
    manager, worker = watched
    node, before = worker.info()["NodeID"], worker.trusted_root()
    manager.out("swarm", "ca", "--rotate", "--quiet", timeout=60)
    root = manager.out("swarm", "ca")
    assert root.strip() != before.strip()
    wait_for(lambda: worker.trusted_root().strip() == root.strip(), 30, "the new root")
    worker.restart()
    wait_for(lambda: not worker.info()["Error"], 30, "the worker to be content")
    wait_for(lambda: manager.status(node) == "ready", 30, "the worker to be back")
    assert not manager.info()["Cluster"]["RootRotationInProgress"]


def test_a_join_that_is_not_answered_goes_on_in_the_background(nodes):
    manager, node = nodes(1).init(), nodes(2)
    token = manager.token()
    drop = ["nsenter", f"--net=/run/netns/{manager.netns}", "nft"]
    subprocess.run([*drop, "add table inet cut; add chain inet cut in { type filter hook input "
                    "priority 0; }; add rule inet cut in tcp dport 2377 drop"], check=True)
    late = node.join(manager, token, check=False)
    assert late.status == 1
    assert "Timeout was reached before node joined. The attempt to join the swarm will continue" in (
        late.err
    )
    assert node.info()["LocalNodeState"] == "pending"
    subprocess.run([*drop, "delete table inet cut"], check=True)
    wait_for(lambda: node.info()["LocalNodeState"] == "active", 30, "the join to be done")
    wait_for(lambda: manager.status(node.info()["NodeID"]) == "ready", 30, "its heartbeat")
