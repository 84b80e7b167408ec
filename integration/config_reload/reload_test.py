"""daemon.json changes under a running daemon: by SIGHUP, POST /config/reload and `buoy system reload`."""

import json
import os
import random
import signal
import time

import pytest
from daemon import Daemon, wait_for


CORRUPTED = int(os.environ.get("BUOY_CORRUPTED_FILES", "300"))


@pytest.fixture
def daemon():
    with Daemon(config={"live-restore": False}) as d:
        yield d


def write(daemon, config):
    daemon.config_file.write_text(config if isinstance(config, str) else json.dumps(config))


def reload(daemon, query=""):
    status, _, body = daemon.request("POST", "/config/reload" + query)
    return status, json.loads(body)


def info(daemon):
    return json.loads(daemon.request("GET", "/info")[2])


def setting(daemon, key):
    found = json.loads(daemon.request("GET", "/config")[2])["Settings"]
    return next(s for s in found if s["Key"] == key)


def verdicts(answer):
    return {change["Key"]: change["Verdict"] for change in answer["Changes"]}


def test_sighup_turns_live_restore_on_and_off(daemon):
    assert not info(daemon)["LiveRestoreEnabled"]
    for wanted in (True, False):
        write(daemon, {"live-restore": wanted})
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: info(daemon)["LiveRestoreEnabled"] is wanted, what="the reload")


def test_verdicts_say_what_became_of_each_key(daemon):
    write(daemon, {"labels": ["a=b"], "bip": "10.99.0.1/16", "default-shm-size": "32m"})
    status, answer = reload(daemon)
    assert status == 200
    assert verdicts(answer) == {
        "labels": "live", "bip": "restart needed", "default-shm-size": "new containers",
    }
    assert info(daemon)["Labels"] == ["a=b"]
    assert setting(daemon, "labels")["Source"] == "file"
    assert setting(daemon, "bip")["Value"] == ""
    # What waits for a restart is named again as long as it waits.
    assert verdicts(reload(daemon)[1]) == {"bip": "restart needed"}


def test_a_dry_run_changes_nothing(daemon):
    write(daemon, {"labels": ["a=b"]})
    status, answer = reload(daemon, "?dry-run=1")
    assert status == 200 and verdicts(answer) == {"labels": "live"}
    assert info(daemon)["Labels"] == []


@pytest.mark.parametrize("text, reason", [
    ("{", "unable to configure the Docker daemon with file"),
    ('{"nonsense": 1}', "the following directives don't match any configuration option: nonsense"),
    ('{"debug": "yes"}', "cannot unmarshal string"),
    ('{"labels": ["x=y"], "default-runtime": "ghost"}', "default runtime"),
    ('{"pidfile": "/x"}', "specified both as a flag and in the configuration file: pidfile"),
])
def test_a_refused_file_changes_nothing(daemon, text, reason):
    write(daemon, {"labels": ["before=1"]})
    assert reload(daemon)[0] == 200
    write(daemon, text)
    status, answer = reload(daemon)
    assert status == 400 and reason in answer["message"]
    assert info(daemon)["Labels"] == ["before=1"]
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(lambda: reason in daemon.log(), what="the reason in the log")
    assert daemon.ping() and info(daemon)["Labels"] == ["before=1"]


def test_corrupted_files_leave_the_daemon_as_it_was(daemon):
    """Ten thousand of them go through the parser in //daemon/config:robustness_test."""
    good = json.dumps({"labels": ["keep=1"], "log-opts": {"max-size": "1m"},
                       "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 10, "Hard": 20}}})
    write(daemon, good)
    assert reload(daemon)[0] == 200
    before, pid = daemon.request("GET", "/config")[2], daemon.pid()
    random.seed(7)
    refused = 0
    for _ in range(CORRUPTED):
        text = list(good)
        for _ in range(random.randint(1, 4)):
            text[random.randrange(len(text))] = random.choice('{}[]",:0aé\\')
        write(daemon, "".join(text))
        if reload(daemon, "?dry-run=1")[0] == 200:
            continue  # still a configuration
        refused += 1
        assert reload(daemon)[0] == 400
    assert refused > CORRUPTED / 2
    write(daemon, good[:-1])
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "unexpected end of JSON input" in daemon.log(), what="the log")
    assert daemon.request("GET", "/config")[2] == before
    assert daemon.ping() and daemon.pid() == pid


def test_the_reload_event_has_dockers_attributes(daemon):
    write(daemon, {"labels": ["a=b"], "debug": True})
    assert reload(daemon)[0] == 200
    event = json.loads(daemon.out("events", "--since", "0", "--until", int(time.time()) + 1, "--filter",
                                  "type=daemon", "--format", "{{json .}}").splitlines()[-1])
    attributes = event["Actor"]["Attributes"]
    assert event["Action"] == "reload"
    assert attributes["labels"] == '["a=b"]' and attributes["debug"] == "true"
    assert {"name", "live-restore", "max-concurrent-downloads", "runtimes"} <= set(attributes)


def test_new_containers_get_the_new_defaults(daemon):
    daemon.load_busybox()
    write(daemon, {"dns": ["10.1.2.3"], "default-shm-size": "32m", "log-opts": {"max-size": "7k"}})
    assert reload(daemon)[0] == 200
    daemon.run("run", "-d", "--name", "new", "busybox", "sleep", "100")
    assert "10.1.2.3" in daemon.out("exec", "new", "cat", "/etc/resolv.conf")
    found = daemon.inspect("new")["HostConfig"]
    assert found["ShmSize"] == 32 << 20
    assert found["LogConfig"]["Config"] == {"max-size": "7k"}


def test_docker_clients_see_secrets_nowhere(daemon):
    write(daemon, {"http-proxy": "http://user:secret@127.0.0.1:1/"})
    assert reload(daemon)[0] == 200
    everything = daemon.request("GET", "/config")[2] + daemon.request("GET", "/info")[2]
    assert b"secret" not in everything and "secret" not in daemon.log()
