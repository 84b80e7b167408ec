"""Events on disk and the figures of stats."""

import json
import os
import pathlib
import signal
import time

import pytest
from daemon import Daemon, wait_for


@pytest.fixture(scope="module")
def daemon():
    with Daemon(args=["--live-restore"]) as d:
        d.load_busybox()
        yield d


@pytest.fixture(autouse=True)
def clean(daemon):
    yield
    if daemon.process.poll() is not None:
        daemon.start()
    if ids := daemon.out("ps", "-aq").split():
        daemon.run("rm", "-f", *ids)


def events(daemon, since, *options):
    out = daemon.out("events", "--since", f"{since:.3f}", "--until", f"{time.time() + 1:.3f}",
                     "--format", "{{json .}}", *options)
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("sig", [signal.SIGKILL, signal.SIGTERM], ids=lambda s: s.name)
def test_events_reach_back_before_a_restart(daemon, sig):
    since = time.time()
    daemon.run("run", "-d", "--name", "c1", "--label", "a=b", "busybox", "sleep", "600")
    daemon.run("restart", "-t", "0", "c1")
    time.sleep(0.1)  # written a moment after they happened
    before = events(daemon, since, "--filter", "container=c1")
    daemon.restart(sig)
    assert events(daemon, since, "--filter", "container=c1") == before
    actions = [e["Action"] for e in before if e["Type"] == "container" and e["Action"] != "kill"]
    assert actions == ["create", "start", "die", "stop", "start", "restart"]
    assert all(e["Actor"]["Attributes"]["a"] == "b" for e in before if e["Type"] == "container")
    assert before == sorted(before, key=lambda e: e["timeNano"])


def test_the_events_of_a_restart_while_the_daemon_is_down(daemon):
    daemon.run("run", "-d", "--name", "c1", "--restart", "on-failure:1", "busybox", "sh", "-c",
               "sleep 1; exit 6")
    since = time.time()
    daemon.kill()
    time.sleep(4)
    back = time.time()
    daemon.start()
    found = events(daemon, since, "--filter", "container=c1", "--filter", "type=container")
    assert [e["Action"] for e in found] == ["die", "start", "die"]
    assert all(since < e["timeNano"] / 1e9 < back for e in found)
    assert [e["Actor"]["Attributes"].get("exitCode") for e in found] == ["6", None, "6"]


@pytest.mark.parametrize("down", [False, True], ids=["daemon up", "daemon down"])
def test_oom(daemon, down):
    since = time.time()
    daemon.run("run", "-d", "--name", "c1", "-m", "20m", "--memory-swap", "20m", "busybox", "sh", "-c",
               "while ! test -e /go; do sleep 0.1; done; exec tail -c 100m /dev/zero")
    pid = daemon.inspect("c1")["State"]["Pid"]
    root = f"/proc/{pid}/root/go"
    if down:
        daemon.kill()
    pathlib.Path(root).touch()
    wait_for(lambda: not pathlib.Path(f"/proc/{pid}").exists(), 20, "the kill")
    time.sleep(0.5)
    back = time.time()
    if down:
        daemon.start()
    wait_for(lambda: not daemon.inspect("c1")["State"]["Running"], what="the exit")
    state = daemon.inspect("c1")["State"]
    assert (state["OOMKilled"], state["ExitCode"]) == (True, 137)
    found = events(daemon, since, "--filter", "container=c1", "--filter", "type=container")
    actions = [e["Action"] for e in found]
    assert "oom" in actions and actions.index("oom") < actions.index("die"), actions
    assert all(e["timeNano"] / 1e9 < back for e in found)


def one_stats(daemon, name="c1", query="stream=0"):
    status, _, body = daemon.request("GET", f"/containers/{name}/stats?{query}")
    assert status == 200
    return json.loads(body)


def test_stats(daemon):
    daemon.run("network", "create", "n1", check=False)
    daemon.run("run", "-d", "--name", "c1", "-m", "64m", "--pids-limit", "50", "busybox", "sh", "-c",
               "dd if=/dev/zero of=/file bs=1M count=8; sync; while :; do :; done")
    daemon.run("network", "connect", "n1", "c1")
    time.sleep(1)
    found = one_stats(daemon)
    cpu, before = found["cpu_stats"], found["precpu_stats"]
    assert cpu["online_cpus"] == before["online_cpus"] == len(os.sched_getaffinity(0)) or (
        cpu["online_cpus"] == os.cpu_count())
    assert cpu["cpu_usage"]["total_usage"] > before["cpu_usage"]["total_usage"] > 0
    assert cpu["system_cpu_usage"] > before["system_cpu_usage"] > 0
    assert found["read"] > found["preread"] > "2020"
    assert sorted(found["networks"]) == ["eth0", "eth1"]
    assert set(found["networks"]["eth0"]) == {
        "rx_bytes", "rx_packets", "rx_errors", "rx_dropped", "tx_bytes", "tx_packets", "tx_errors",
        "tx_dropped"}
    assert found["memory_stats"]["limit"] == 64 << 20
    assert 0 < found["memory_stats"]["usage"] <= 64 << 20
    assert found["pids_stats"]["current"] >= 1 and found["pids_stats"]["limit"] == 50
    assert set(found["blkio_stats"]) >= {"io_service_bytes_recursive", "io_serviced_recursive"}
    assert found["id"] == daemon.inspect("c1")["Id"] and found["name"] == "/c1"
    # The first of a stream and a one-shot have nothing to compare with.
    shot = one_stats(daemon, query="stream=0&one-shot=1")
    assert shot["precpu_stats"]["cpu_usage"]["total_usage"] == 0
    assert shot["preread"] == "0001-01-01T00:00:00Z"
    line = daemon.out("stats", "--no-stream", "--format", "{{.CPUPerc}} {{.MemUsage}} {{.PIDs}}", "c1")
    assert float(line.split("%")[0]) > 1 and "/ 64MiB" in line
    # As it was over a restart.
    daemon.restart()
    again = one_stats(daemon)
    assert again["cpu_stats"]["cpu_usage"]["total_usage"] > cpu["cpu_usage"]["total_usage"]
    assert sorted(again["networks"]) == ["eth0", "eth1"]
    daemon.run("rm", "-f", "c1")
    daemon.run("network", "rm", "n1")


def test_stats_of_networks_that_are_shared(daemon):
    daemon.run("run", "-d", "--name", "c1", "busybox", "sleep", "600")
    daemon.run("run", "-d", "--name", "c2", "--network", "container:c1", "busybox", "sleep", "600")
    daemon.run("run", "-d", "--name", "c3", "--network", "host", "busybox", "sleep", "600")
    daemon.run("run", "-d", "--name", "c4", "--network", "none", "busybox", "sleep", "600")
    shown = {name: one_stats(daemon, name, "stream=0&one-shot=1").get("networks") or {}
             for name in ("c1", "c2", "c3", "c4")}
    assert list(shown["c1"]) == list(shown["c2"]) == ["eth0"]
    assert shown["c3"] == {} and shown["c4"] == {}


def test_stats_of_what_does_not_run(daemon):
    daemon.run("create", "--name", "c1", "busybox", "true")
    found = one_stats(daemon)
    assert found["read"] == found["preread"] == "0001-01-01T00:00:00Z"
    assert found["pids_stats"] == {} and found["memory_stats"] == {}
