"""Live restore in a swarm ("swarm-live-restore"): a node's daemon goes, its containers and the node stay."""

import contextlib
import signal
import time

import pytest
from cluster import Node, make_bridge, remove_bridge
from daemon import wait_for

CONFIG = {"live-restore": True, "swarm-live-restore": True}


@pytest.fixture
def pair():
    make_bridge()
    with contextlib.ExitStack() as stack:
        stack.callback(remove_bridge)
        # Heartbeats every ten seconds: thirty without one are the node's grace.
        manager = stack.enter_context(Node(1, config=CONFIG)).init()
        worker = stack.enter_context(Node(2, config=CONFIG))
        worker.join(manager)
        for node in (manager, worker):
            node.load_busybox()
        yield manager, worker


def identity(node):
    info = node.info()
    return info["NodeID"], info["LocalNodeState"], info["ControlAvailable"]


def pid(node, name):
    return node.inspect(name)["State"]["Pid"]


def replace(node, manner):
    if manner == "upgrade":
        node.upgrade()
    else:
        node.restart(signal.SIGKILL if manner == "kill" else signal.SIGTERM)


@pytest.mark.parametrize("manner", ["kill", "terminate", "upgrade"])
def test_containers_and_membership_survive_the_daemon(pair, manner):
    manager, worker = pair
    since = str(int(time.time()))
    before = {}
    for node in pair:
        node.out("run", "-d", "--name", "stays", "--network", "none", "busybox", "sleep", "1000")
        before[node] = identity(node), pid(node, "stays")
    for node in pair:
        replace(node, manner)
        assert (identity(node), pid(node, "stays")) == before[node]
        assert node.out("exec", "stays", "echo", "there") == "there"
    node_id = worker.info()["NodeID"]
    wait_for(lambda: manager.status(node_id) == "ready", 30, "the worker to be heard")
    told = manager.out("events", "--since", since, "--until", str(int(time.time())), "--filter",
                       "type=node", "--format", '{{index .Actor.Attributes "state.new"}}').split()
    assert "down" not in told, "it was never missed"
    assert not worker.info()["Error"]


def test_without_the_option_a_swarm_node_does_not_start_with_live_restore(pair):
    _, worker = pair
    worker.config_file.write_text('{"live-restore": true}')
    assert worker.terminate() == 0
    worker.start(wait=False)
    assert worker.process.wait(timeout=30) == 1
    assert ("Error starting cluster component: --live-restore daemon configuration is incompatible "
            "with swarm mode") in worker.log()
    worker.config_file.write_text("{}")
    worker.start()
    assert worker.info()["LocalNodeState"] == "active"
