"""A swarm of one manager: the stock docker CLI and docker-py, restarts, kill -9, upgrade, autolock."""

import contextlib
import json
import re
import signal
import threading
import time

import docker
import pytest
from daemon import Daemon, wait_for

NOT_IN_SWARM = (
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect '
    "this node to swarm and try again."
)
LIVE_RESTORE = "--live-restore daemon configuration is incompatible with swarm mode"
TOKEN = r"SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}"


@pytest.fixture
def daemon():
    with Daemon() as d:
        yield d


def init(daemon, *options):
    return daemon.out("swarm", "init", "--advertise-addr", "127.0.0.1", *options)


def swarm_of(daemon):
    return json.loads(daemon.request("GET", "/info")[2])["Swarm"]


def view(daemon):
    return (
        daemon.out("node", "ls", "--format", "{{.ID}} {{.Status}} {{.ManagerStatus}}"),
        daemon.out("swarm", "join-token", "-q", "worker"),
        daemon.out("swarm", "join-token", "-q", "manager"),
        json.loads(daemon.request("GET", "/swarm")[2])["TLSInfo"],
    )


def test_outside_of_a_swarm_calls_answer_503_with_dockers_text(daemon):
    for method, path in (
        ("GET", "/swarm"), ("GET", "/nodes"), ("GET", "/nodes/x"), ("GET", "/services"),
        ("GET", "/tasks"), ("GET", "/swarm/unlockkey"),
    ):
        status, _, body = daemon.request(method, path)
        assert status == 503, path
        assert json.loads(body)["message"] == NOT_IN_SWARM
    status, headers, _ = daemon.request("GET", "/_ping")
    assert headers["Swarm"] == "inactive"
    assert "This node is not part of a swarm" in daemon.docker("swarm", "leave", check=False).err
    assert not (daemon.data_root / "swarm").exists()


def test_init_info_node_ls_join_token_leave(daemon):
    out = init(daemon)
    node = re.search(r"current node \((\w{25})\) is now a manager", out).group(1)
    assert re.search(rf"docker swarm join --token {TOKEN} 127.0.0.1:2377", out)
    info = daemon.out("info")
    assert "Swarm: active\n  NodeID: " + node in info
    assert "  Managers: 1\n  Nodes: 1\n" in info
    assert "  Default Address Pool: 10.0.0.0/8" in info
    assert daemon.request("GET", "/_ping")[1]["Swarm"] == "active/manager"
    assert daemon.out("node", "ls", "--format", "{{.ID}} {{.Self}} {{.Availability}}") == (
        f"{node} true Active"
    )
    assert "Leader" in daemon.out("node", "inspect", "--pretty", "self")
    assert daemon.out("node", "ps", "-q", check=False) == ""
    again = daemon.docker("swarm", "init", "--advertise-addr", "127.0.0.1", check=False)
    assert again.status == 1 and "already part of a swarm" in again.err
    refused = daemon.docker("swarm", "leave", check=False)
    assert refused.status == 1
    assert "Removing the last manager erases all current state of the swarm" in refused.err
    assert daemon.out("swarm", "leave", "--force") == "Node left the swarm."
    assert swarm_of(daemon)["LocalNodeState"] == "inactive"
    assert "Swarm initialized" in init(daemon), "a new one may follow"


def test_nodes_tokens_and_settings_change(daemon):
    init(daemon)
    worker = view(daemon)[1]
    daemon.out("swarm", "join-token", "--rotate", "worker")
    assert view(daemon)[1] != worker
    node = swarm_of(daemon)["NodeID"]
    daemon.out("node", "update", "--availability", "drain", "--label-add", "a=b", node)
    assert daemon.out("node", "ls", "--filter", "node.label=a=b", "--format",
                      "{{.Availability}}") == "Drain"
    refused = daemon.docker("node", "demote", node, check=False)
    assert "attempting to demote the last manager of the swarm" in refused.err
    assert daemon.docker("node", "rm", "--force", node, check=False).status == 1
    daemon.out("swarm", "update", "--task-history-limit", "9", "--cert-expiry", "48h")
    assert "Task History Retention Limit: 9" in daemon.out("info")
    assert "Expiry Duration: 2 days" in daemon.out("info")
    root = view(daemon)[3]["TrustRoot"]
    daemon.out("swarm", "ca", "--rotate", "--quiet")
    assert "BEGIN CERTIFICATE" in daemon.out("swarm", "ca")
    assert view(daemon)[3]["TrustRoot"] != root
    events = daemon.out("events", "--since", "0", "--until", str(int(time.time()) + 1), "--filter", "type=node",
                        "--format", "{{.Action}}").split()
    assert events[0] == "create" and "update" in events


@pytest.mark.parametrize("manner", ["kill", "terminate", "upgrade"])
def test_comes_back_as_itself(daemon, manner):
    init(daemon)
    daemon.out("node", "update", "--label-add", "a=b", swarm_of(daemon)["NodeID"])
    before = view(daemon)
    if manner == "upgrade":
        daemon.process.send_signal(signal.SIGUSR2)
        old = daemon.pid()
        wait_for(lambda: int((daemon.dir / "pid").read_text()) != old, 20, "the upgrade")
        daemon.follow_upgrade()
    else:
        daemon.restart(signal.SIGKILL if manner == "kill" else signal.SIGTERM)
    assert view(daemon) == before


def test_autolock(daemon):
    init(daemon, "--autolock")
    key = daemon.out("swarm", "unlock-key", "-q")
    assert re.fullmatch(r"SWMKEY-1-[A-Za-z0-9+/]{43}", key)
    before = view(daemon)
    daemon.restart()
    assert swarm_of(daemon)["LocalNodeState"] == "locked"
    locked = daemon.docker("node", "ls", check=False)
    assert "Swarm is encrypted and needs to be unlocked before it can be used" in locked.err
    with contextlib.closing(docker.DockerClient(base_url=daemon.host)) as client:
        with pytest.raises(docker.errors.APIError, match="invalid key provided"):
            client.swarm.unlock("SWMKEY-1-" + "A" * 43)
        assert client.swarm.unlock(key)
    assert view(daemon) == before


def test_docker_py(daemon):
    with contextlib.closing(docker.DockerClient(base_url=daemon.host)) as client:
        node = client.swarm.init(advertise_addr="127.0.0.1", task_history_retention_limit=3)
        client.swarm.reload()
        assert client.swarm.attrs["Spec"]["Orchestration"]["TaskHistoryRetentionLimit"] == 3
        assert [n.id for n in client.nodes.list()] == [node]
        manager = client.nodes.get(node)
        spec = {**manager.attrs["Spec"], "Availability": "pause"}
        assert manager.update(spec)
        assert client.nodes.get(node).attrs["Spec"]["Availability"] == "pause"
        assert client.swarm.update(rotate_worker_token=True)
        assert client.swarm.leave(force=True)


def test_live_restore_is_refused_together_with_a_swarm(daemon):
    def configure(**config):
        daemon.config_file.write_text(json.dumps({k.replace("_", "-"): v for k, v in config.items()}))

    configure(live_restore=True)
    assert daemon.request("POST", "/config/reload")[0] == 200
    assert LIVE_RESTORE in daemon.docker(
        "swarm", "init", "--advertise-addr", "127.0.0.1", check=False
    ).err
    assert LIVE_RESTORE in daemon.docker(
        "swarm", "join", "--token", "x", "127.0.0.1:2377", check=False
    ).err
    configure()
    assert daemon.request("POST", "/config/reload")[0] == 200
    init(daemon)
    before = view(daemon)
    configure(live_restore=True)
    status, _, body = daemon.request("POST", "/config/reload")
    assert (status, LIVE_RESTORE in json.loads(body)["message"]) == (400, True)
    assert daemon.terminate() == 0
    daemon.start(wait=False)
    assert daemon.process.wait(timeout=30) == 1
    assert f"Error starting cluster component: {LIVE_RESTORE}" in daemon.log()
    configure(live_restore=True, swarm_live_restore=True)
    daemon.start()
    assert view(daemon) == before


def test_a_reload_beside_an_init_leaves_one_of_the_two(daemon):
    """The check of either and what follows from it are one step."""
    request = {"ListenAddr": "127.0.0.1:2377", "AdvertiseAddr": "127.0.0.1:2377"}
    for _ in range(20):
        daemon.config_file.write_text(json.dumps({"live-restore": True}))
        answers = {}
        calls = [
            threading.Thread(target=lambda: answers.update(
                init=daemon.request("POST", "/swarm/init", request)[0])),
            threading.Thread(target=lambda: answers.update(
                reload=daemon.request("POST", "/config/reload")[0])),
        ]
        for call in calls:
            call.start()
        for call in calls:
            call.join()
        assert answers in ({"init": 200, "reload": 400}, {"init": 500, "reload": 200})
        daemon.config_file.write_text("{}")
        assert daemon.request("POST", "/config/reload")[0] == 200
        if answers["init"] == 200:
            assert daemon.request("POST", "/swarm/leave?force=1")[0] == 200
