"""Every key of the table, driven by the page that is made from it (docs/configuration.md)."""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess

import pytest
from daemon import Daemon

ROW = re.compile(r"\| `([^`]+)` \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$")


class Key:
    def __init__(self, row):
        self.name, flag, self.type, self.default, self.on_reload, self.in_effect = row
        found = re.match(r"`--([^`]+)`", flag)
        self.flag = found.group(1) if found else None

    def __repr__(self):
        return self.name


def table():
    page = pathlib.Path("docs/configuration.md").read_text()
    return [Key(m.groups()) for m in map(ROW.match, page.splitlines()) if m]


KEYS = table()
BY_NAME = {key.name: key for key in KEYS}

# A value that is not the default, where the type alone does not give one.
VALUES = {
    "bip": "10.77.0.1/24", "bip6": "fd77::1/64", "fixed-cidr": "10.77.0.0/25",
    "fixed-cidr-v6": "fd77::/80", "containerd-namespace": "other",
    "containerd-plugin-namespace": "other", "data-root": "/other", "exec-root": "/other",
    "default-cgroupns-mode": "private", "default-ipc-mode": "shareable",
    "default-runtime": "io.containerd.runc.v2", "log-driver": "none", "log-format": "json", "log-level": "debug",
    "metrics-addr": "127.0.0.1:29323", "hosts": ["unix:///other.sock"],
    "registry-mirrors": ["https://mirror.example/"], "insecure-registries": ["reg.example:5000"],
    "labels": ["a=b"], "exec-opts": ["native.cgroupdriver=cgroupfs"],
    "node-generic-resources": ["gpu=one", "apple=3"], "dns": ["10.1.2.3"],
    "dns-search": ["example.org"], "host-gateway-ips": ["10.1.2.4"],
    "default-address-pools": [{"base": "10.88.0.0/16", "size": 24}],
    "default-network-opts": {"bridge": {"com.docker.network.driver.mtu": "1400"}},
    "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 2048}},
    "runtimes": {"other": {"path": "/bin/true"}}, "log-opts": {"max-size": "7k"},
    "features": {"something": True}, "builder": {"gc": {"enabled": True}},
    "default-shm-size": "32m", "stdio-buffer-size": "128k", "shutdown-timeout": 77,
    "network-diagnostic-port": 12345, "seccomp-profile": "unconfined", "mtu": 1400,
    "ip": "127.0.0.2", "default-gateway": "10.77.0.254", "default-gateway-v6": "fd77::fe",
    "http-proxy": "http://user:secret@127.0.0.1:1", "https-proxy": "http://user:secret@127.0.0.1:1",
    "no-proxy": "localhost", "swarm-default-advertise-addr": "127.0.0.1", "storage-driver": "overlay2",
    "cgroup-parent": "/other", "pidfile": "/other.pid", "group": "root",
}
BY_TYPE = {"boolean": lambda key: key.default != "`true`", "number": lambda key: 42,
           "string": lambda key: "/some/path", "list of strings": lambda key: ["item"]}
# Given as flags by the harness.
FLAGGED = {"hosts", "data-root", "exec-root", "pidfile", "cgroup-parent"}
# What a value is refused for, whatever it is.
REFUSED = {
    "api-cors-header": "config parameter and the dockerd \"--api-cors-header\" option have been "
                       "removed",
    "authorization-plugins": 'Error validating authorization plugin: plugin "item" not found',
}
# Keys that only go together with another one.
TOGETHER = {
    "fixed-cidr": {"bip": "10.77.0.1/24"}, "default-gateway": {"bip": "10.77.0.1/24"},
    "fixed-cidr-v6": {"ipv6": True}, "default-gateway-v6": {"ipv6": True, "fixed-cidr-v6": "fd77::/80"},
    "bip6": {"ipv6": True},
}
WRONG = {"boolean": "yes", "number": "many", "string": 1, "address": 1, "list of strings": "one",
         "list of addresses": "one", "list of {base, size}": "one", "object of strings": "one",
         "object of booleans": "one", "object of {Name, Soft, Hard}": "one",
         "object of {path, runtimeArgs}": "one", "object of objects of strings": "one", "object": 1,
         'size, such as "64m"': True}


def value_of(key):
    return VALUES[key.name] if key.name in VALUES else BY_TYPE[key.type](key)


@pytest.fixture(scope="module")
def daemon():
    with Daemon() as d:
        yield d


def reload(daemon, config, query=""):
    daemon.config_file.write_text(json.dumps(config))
    status, _, body = daemon.request("POST", "/config/reload" + query)
    return status, json.loads(body)


def settings(daemon):
    found = json.loads(daemon.request("GET", "/config")[2])["Settings"]
    return {setting["Key"]: setting for setting in found}


@pytest.fixture(scope="module")
def at_start(daemon):
    return settings(daemon)


@pytest.fixture
def as_before(daemon, at_start):
    yield
    status, answer = reload(daemon, {})
    assert status == 200, answer
    assert settings(daemon) == at_start


def test_the_table_is_what_the_daemon_answers(daemon):
    found = settings(daemon)
    assert set(found) == set(BY_NAME) and len(KEYS) > 85
    for key in KEYS:
        assert found[key.name]["OnReload"] == key.on_reload
        assert found[key.name]["InEffect"] == key.in_effect
        assert found[key.name].get("Flag") == (f"--{key.flag}" if key.flag else None)


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_a_reload_does_what_the_table_says(daemon, as_before, key):
    value = value_of(key)
    config = {key.name: value, **TOGETHER.get(key.name, {})}
    before = settings(daemon)[key.name]
    log = len(daemon.log())
    status, answer = reload(daemon, config, "?dry-run=1")
    if key.name in FLAGGED:
        assert status == 400 and f"in the configuration file: {key.name}: (from flag" in answer["message"]
        return
    if key.name in REFUSED:
        if status == 200:
            verdict = next(c["Verdict"] for c in answer["Changes"] if c["Key"] == key.name)
            assert verdict.startswith("refused: " + REFUSED[key.name])
        status, answer = reload(daemon, config)
        assert status == 400 and REFUSED[key.name] in answer["message"]
        assert settings(daemon)[key.name] == before
        return
    assert status == 200, answer
    assert settings(daemon)[key.name] == before
    status, answer = reload(daemon, config)
    assert status == 200, answer
    change = next(c for c in answer["Changes"] if c["Key"] == key.name)
    assert (change["Verdict"], change["NewSource"]) == (key.on_reload, "file")
    after = settings(daemon)[key.name]
    if key.on_reload == "restart needed":
        assert after["Value"] == before["Value"] and after["Pending"] == change["New"]
    else:
        assert (after["Value"], after["Source"]) == (change["New"], "file")
        assert after["Value"] != before["Value"] and "Pending" not in after
    said = daemon.log()[log:]
    assert f"configuration: {key.name}: {key.on_reload}" in said
    if key.in_effect != "yes":
        text = {"not yet": "is accepted but not in effect yet", "no": "has no effect: it belongs to"}
        # The log's own text is quoted.
        assert any(key.name in line and text[key.in_effect] in line for line in said.splitlines()), said
    assert "secret" not in said and "secret" not in json.dumps(after)


def test_values_of_the_wrong_type_are_refused(daemon):
    before = settings(daemon)
    for key in KEYS:
        status, answer = reload(daemon, {key.name: WRONG[key.type]})
        if key.name in FLAGGED:
            assert "specified both as a flag" in answer["message"]
        else:
            assert status == 400 and ("cannot unmarshal" in answer["message"]
                                      or "invalid" in answer["message"]), answer
    assert settings(daemon) == before


def buoyd(*args):
    program = os.path.realpath(os.environ["BUOYD"])
    return subprocess.run([program, "--validate", *args], capture_output=True, text=True, timeout=30)


def flag_text(key, value):
    """The value as one flag would have it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if key.name == "default-address-pools":
        return f"base={value[0]['base']},size={value[0]['size']}"
    if key.name == "default-ulimits":
        return "nofile=1024:2048"
    if key.name == "runtimes":
        return "other=/bin/true"
    if key.name == "default-network-opts":
        return "bridge=com.docker.network.driver.mtu=1400"
    if isinstance(value, dict):
        name, inner = next(iter(value.items()))
        return f"{name}={'true' if inner is True else inner}"
    return str(value[0] if isinstance(value, list) else value)


def check_flag(folder, key):
    file = folder / f"{key.name}.json"
    file.write_text(json.dumps(TOGETHER.get(key.name, {})))
    flag = f"--{key.flag}={flag_text(key, value_of(key))}"
    done = buoyd("--config-file", str(file), flag)
    if key.name == "api-cors-header":
        assert done.returncode == 1 and REFUSED[key.name] in done.stderr
        return
    assert done.returncode == 0 and done.stderr.endswith("configuration OK\n"), done
    file.write_text(json.dumps({key.name: value_of(key), **TOGETHER.get(key.name, {})}))
    done = buoyd("--config-file", str(file), flag)
    if key.name == "runtimes":  # the one key whose values are joined
        assert done.returncode == 0, done
    else:
        assert done.returncode == 1 and (
            "the following directives are specified both as a flag and in the configuration file: "
            f"{key.name}: (from flag: ") in done.stderr, done
    assert "secret" not in done.stderr


def test_every_flag_is_taken_and_conflicts_with_the_file(tmp_path):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda key: check_flag(tmp_path, key), [key for key in KEYS if key.flag]))


def test_help_shows_every_flag(tmp_path):
    program = os.path.realpath(os.environ["BUOYD"])
    page = subprocess.run([program, "--help"], capture_output=True, text=True).stdout
    hidden = {"allow-nondistributable-artifacts", "api-cors-header", "network-diagnostic-port",
              "restart"}
    for key in KEYS:
        if key.flag:
            assert (re.search(rf"--{key.flag}\b", page) is not None) == (key.flag not in hidden), key
