"""A worker's end at any step of its certificate's renewal, while the swarm changes its root."""

import contextlib

import pytest
from cluster import Node, make_bridge, remove_bridge
from daemon import wait_for

STEPS = ["issued", "keys", "root", "certificates"]


@pytest.fixture
def pair():
    make_bridge()
    with contextlib.ExitStack() as stack:
        stack.callback(remove_bridge)
        manager = stack.enter_context(Node(1)).init(heartbeat="1s")
        worker = stack.enter_context(Node(2))
        worker.join(manager)
        yield manager, worker


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_ends_while_it_renews_comes_back_with_the_new_root(pair, step):
    manager, worker = pair
    node, before = worker.info()["NodeID"], worker.trusted_root()
    worker.extra_env = {"BUOY_FAILPOINT": f"swarm_renew.{step}"}
    worker.restart()
    manager.out("swarm", "ca", "--rotate", "--detach")
    wait_for(lambda: worker.process.poll() is not None, 30, "the worker's end at the step")
    assert manager.info()["Cluster"]["RootRotationInProgress"], "it has not shown the new one"
    worker.extra_env = {}
    worker.start()
    wait_for(lambda: worker.trusted_root() == manager.trusted_root() != before, 30, "the new root")
    wait_for(lambda: not manager.info()["Cluster"]["RootRotationInProgress"], 30, "the rotation's end")
    worker.restart()
    wait_for(lambda: manager.status(node) == "ready" and not worker.info()["Error"], 30, "the worker")
    assert worker.info()["NodeID"] == node
    assert manager.info()["Nodes"] == 2
