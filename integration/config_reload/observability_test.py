"""What the daemon tells of itself: metrics, /debug, info, version, df, events, the reload event."""

import json
import re
import time
import urllib.error
import urllib.request

import pytest
from daemon import Daemon, wait_for

ADDRESS = "127.0.0.1:29323"
SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)*\})? ([0-9.e+-]+|\+Inf)$')


def scrape(address=ADDRESS, path="/metrics"):
    with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def samples(text):
    """Every sample by name and labels; checks the format on the way."""
    found, types = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name not in types, f"two families {name}"
            types[name] = kind
        elif not line.startswith("# HELP "):
            match = SAMPLE.match(line)
            assert match, line
            name, labels, value = match.groups()
            family = re.sub("_(bucket|sum|count)$", "", name)
            assert family in types or name in types, line
            assert (name, labels or "") not in found, line
            found[name, labels or ""] = float(value)
    return found


@pytest.fixture(scope="module")
def daemon():
    with Daemon(args=["--metrics-addr", ADDRESS]) as d:
        d.load_busybox()
        yield d


def test_metrics_have_dockers_names(daemon):
    daemon.run("run", "-d", "--name", "m1", "busybox", "sleep", "1000")
    daemon.run("run", "--name", "m2", "busybox", "true")
    daemon.request("GET", "/info")
    kind, text = scrape()
    assert kind == "text/plain; version=0.0.4; charset=utf-8"
    found = samples(text)
    states = "engine_daemon_container_states_containers"
    assert found[states, '{state="running"}'] == 1 and found[states, '{state="stopped"}'] == 1
    actions = "engine_daemon_container_actions_seconds_count"
    assert found[actions, '{action="start"}'] == 3  # dockerd begins with 1, too
    assert found[actions, '{action="create"}'] == 3
    assert found["engine_daemon_host_info_functions_seconds_count", '{function="system_info"}'] >= 1
    assert found["engine_daemon_events_total", ""] >= 5
    assert found["engine_daemon_engine_cpus_cpus", ""] >= 1
    info = [labels for name, labels in found if name == "engine_daemon_engine_info"]
    assert len(info) == 1 and 'os_type="linux"' in info[0]
    assert found["buoy_shims", ""] >= 1 and found["buoy_shims_resident_memory_bytes", ""] > 10_000
    assert found["process_resident_memory_bytes", ""] > 1_000_000
    request = ("buoy_api_request_duration_seconds_count",
               '{method="POST",route="/containers/create",status="201"}')
    assert found[request] == 2
    for bucket in ("0.005", "10", "+Inf"):
        assert ("engine_daemon_container_actions_seconds_bucket",
                f'{{action="start",le="{bucket}"}}') in found
    daemon.run("pause", "m1")
    assert samples(scrape()[1])[states, '{state="paused"}'] == 1
    daemon.run("unpause", "m1")


def test_only_metrics_are_served_there(daemon):
    for path in ("/", "/info", "/containers/json", "/metrics/x"):
        with pytest.raises(urllib.error.HTTPError) as error:
            scrape(path=path)
        assert error.value.code == 404


def test_dockers_families_are_there(daemon):
    """What a dashboard for dockerd asks for."""
    families = set(re.findall(r"^# TYPE (\S+)", scrape()[1], re.M))
    assert {"engine_daemon_container_actions_seconds", "engine_daemon_container_states_containers",
            "engine_daemon_engine_cpus_cpus", "engine_daemon_engine_info",
            "engine_daemon_engine_memory_bytes", "engine_daemon_events_subscribers_total",
            "engine_daemon_events_total", "engine_daemon_host_info_functions_seconds",
            "process_cpu_seconds_total", "process_open_fds", "process_resident_memory_bytes",
            "process_start_time_seconds", "process_virtual_memory_bytes"} <= families


def reload(daemon, config):
    daemon.config_file.write_text(json.dumps(config))
    status, _, body = daemon.request("POST", "/config/reload")
    return status, json.loads(body)


def refused(address):
    try:
        scrape(address)
    except OSError:
        return True
    return False


def test_the_address_changes_live():
    with Daemon() as daemon:
        assert refused("127.0.0.1:29324")
        assert reload(daemon, {"metrics-addr": "127.0.0.1:29324"})[0] == 200
        assert "engine_daemon_engine_info" in scrape("127.0.0.1:29324")[1]
        status, answer = reload(daemon, {"metrics-addr": "127.0.0.1:1:2"})
        assert status == 400
        status, answer = reload(daemon, {"metrics-addr": "192.0.2.1:29325"})
        assert status == 400 and "cannot assign requested address" in answer["message"]
        assert "engine_daemon_engine_info" in scrape("127.0.0.1:29324")[1]
        assert reload(daemon, {"metrics-addr": "127.0.0.1:29326"})[0] == 200
        assert refused("127.0.0.1:29324") and scrape("127.0.0.1:29326")
        assert reload(daemon, {})[0] == 200
        assert refused("127.0.0.1:29326")


def test_an_address_in_use_ends_the_start(daemon):
    second = Daemon(args=["--metrics-addr", ADDRESS]).start(wait=False)
    assert second.process.wait(timeout=30) == 1
    assert "failed to start metrics server" in second.log() and "address already in use" in second.log()


def test_debug_is_there_with_d_only():
    with Daemon() as daemon:
        paths = ("/debug/vars", "/debug/pprof/", "/debug/pprof/cmdline", "/debug/pprof/goroutine",
                 "/debug/pprof/heap")
        for path in paths:
            assert daemon.request("GET", path)[0] == 404
        assert reload(daemon, {"debug": True})[0] == 200
        answers = {path: daemon.request("GET", path) for path in paths}
        assert {answer[0] for answer in answers.values()} == {200}
        variables = json.loads(answers["/debug/vars"][2])
        assert variables["cmdline"][0].endswith("buoyd") and variables["memstats"]["Sys"] > 0
        assert answers["/debug/pprof/cmdline"][2].split(b"\0")[0].endswith(b"buoyd")
        assert answers["/debug/pprof/goroutine"][2].startswith(b"threads: total ")
        assert daemon.request("GET", "/debug/pprof/profile")[0] == 501
        assert reload(daemon, {})[0] == 200
        assert daemon.request("GET", "/debug/vars")[0] == 404


def test_generic_resources_and_experimental_are_live():
    with Daemon() as daemon:
        config = {"node-generic-resources": ["gpu=one", "gpu=two", "apple=3"], "experimental": True}
        assert reload(daemon, config)[0] == 200
        info = json.loads(daemon.request("GET", "/info")[2])
        assert info["GenericResources"] == [
            {"NamedResourceSpec": {"Kind": "gpu", "Value": "one"}},
            {"NamedResourceSpec": {"Kind": "gpu", "Value": "two"}},
            {"DiscreteResourceSpec": {"Kind": "apple", "Value": 3}}]
        assert info["ExperimentalBuild"] is True
        assert daemon.request("GET", "/_ping")[1]["Docker-Experimental"] == "true"
        assert reload(daemon, {})[0] == 200
        assert json.loads(daemon.request("GET", "/info")[2])["GenericResources"] is None


def test_address_pools_apply_to_new_networks():
    with Daemon() as daemon:
        daemon.run("network", "create", "before")
        assert reload(daemon, {"default-address-pools": [{"base": "10.88.0.0/16", "size": 24}]})[0] == 200
        daemon.run("network", "create", "after")
        subnet = daemon.inspect("after", "network")["IPAM"]["Config"][0]["Subnet"]
        assert subnet == "10.88.0.0/24"
        assert not daemon.inspect("before", "network")["IPAM"]["Config"][0]["Subnet"].startswith("10.88")


def test_the_event_names_each_changed_key():
    with Daemon() as daemon:
        since = int(time.time())
        assert reload(daemon, {"labels": ["a=b"], "bip": "10.99.0.1/16", "dns": ["10.0.0.1"]})[0] == 200
        event = json.loads(daemon.out(
            "events", "--since", since, "--until", int(time.time()) + 1, "--filter", "type=daemon",
            "--format", "{{json .}}").splitlines()[-1])
        attributes = event["Actor"]["Attributes"]
        assert {k: v for k, v in attributes.items() if k.startswith("verdict.")} == {
            "verdict.labels": "live", "verdict.bip": "restart needed", "verdict.dns": "new containers"}


def test_system_verbs(daemon):
    for verb in (["system", "info"], ["info"], ["version"], ["system", "df"], ["system", "df", "-v"]):
        assert daemon.buoy(*verb).out.strip()
    out = daemon.buoy("system", "events", "--since", "0", "--until", "1s").out
    assert "container" in out
    daemon.config_file.write_text('{"labels": ["x=y"]}')
    answer = daemon.buoy("system", "reload", "--dry-run").out
    assert "labels" in answer and "live" in answer
    assert daemon.buoy("system", "reload").out == answer
    assert "x=y" in daemon.buoy("system", "config").out
    wait_for(lambda: "configuration: labels: live" in daemon.log(), what="the log")
