"""`buoy node` and `buoy swarm ca` print what the stock docker CLI prints, on the same buoyd."""

import contextlib
import os
import pathlib
import re

import pytest
from cluster import Node, make_bridge, remove_bridge
from daemon import DOCKER, wait_for

LISTS = [
    [], ["-q"], ["--format", "json"], ["--format", "raw"], ["--format", "raw", "-q"],
    ["--format", "{{.ID}} {{.Self}} {{.TLSStatus}} {{.ManagerStatus}}"],
    ["--format", "table {{.Hostname}}\t{{.TLSStatus}}\t{{.Self}}"], ["--format", "{{.Nope}}"],
    ["--format", "{{.ID"], ["--filter", "role=worker"], ["--filter", "role=nope"],
    ["--filter", "name=nobody"], ["--filter", "node.label=a=b"], ["--filter", "membership=accepted"],
    ["--filter", "nope=1"], ["-f", "x"], ["--nope"], ["x"],
]
INSPECTIONS = [
    ["self"], ["WORKER"], ["self", "WORKER"], ["--pretty", "self"], ["--pretty", "self", "WORKER"],
    ["-f", "json", "self"], ["-f", "{{.Status.State}} {{.Spec.Role}}", "self", "WORKER"],
    ["-f", "[{{.Spec.Name}}]", "self"], ["-f", "{{.ManagerStatus.Leader}}", "self"],
    ["-f", "{{.ManagerStatus}}", "WORKER"], ["-f", "{{json .Spec}}", "WORKER"],
    ["-f", "{{if .ManagerStatus}}m{{else}}w{{end}}", "WORKER"], ["-f", "{{.Status.Message}}", "self"],
    ["-f", "{{json .ManagerStatus}}", "WORKER"], ["-f", "pretty", "WORKER"],
    ["-f", "pretty{{.ID}}", "self"], ["nope"], ["nope", "self"], ["--pretty", "nope"], ["-f", "{{", "self"],
    [],
]
TASKS = [
    [], ["-q"], ["self", "WORKER"], ["nope"], ["self", "nope"], ["nope", "nope2"], ["--no-trunc"],
    ["--format", "json"], ["--filter", "desired-state=running"], ["--no-resolve", "WORKER"],
]
# What changes nothing: refusals, and what is so already.
REFUSALS = [
    ["promote", "MANAGER"], ["demote", "WORKER"], ["promote", "WORKER"], ["demote", "MANAGER"],
    ["promote", "nope"], ["demote"], ["rm", "WORKER"], ["rm", "-f", "MANAGER"], ["rm", "nope", "WORKER"],
    ["update", "--role", "nope", "WORKER"], ["update", "--availability", "nope", "WORKER"],
    ["update", "--label-rm", "nope", "WORKER"], ["update", "nope"], ["update", "self"], ["nope"], [],
]
AUTHORITIES = [
    [], ["--ca-cert", "CERT"], ["--cert-expiry", "1000h"], ["--external-ca", "protocol=cfssl,url=u"],
    ["--rotate", "--external-ca", "protocol=cfssl,url=https://127.0.0.1"],
    ["--rotate", "--ca-cert", "CERT"], ["--rotate", "--ca-cert", "/nope"],
    ["--rotate", "--ca-key", "/etc/hostname"], ["--rotate", "--ca-key", "KEY"],
    ["--rotate", "--external-ca", "protocol=cfssl,url=u,cacert=/nope"],
    ["--rotate", "--external-ca", "protocol=cfssl,url=u,cacert=/etc/hostname"], ["x"],
]


class Pair:
    def __init__(self, manager, worker):
        self.manager, self.worker = manager, worker
        self.ids = {"MANAGER": manager.info()["NodeID"], "WORKER": worker.info()["NodeID"]}
        # By this name its texts say "docker" too.
        self.buoy = manager.dir / "docker"
        self.buoy.symlink_to(pathlib.Path(os.environ["BUOY"]).resolve())
        for name in ("CERT", "KEY"):
            path = manager.dir / name
            path.write_text(f"-----BEGIN {name}-----\nAAAA\n-----END {name}-----\n")
            self.ids[name] = str(path)

    def both(self, *args):
        """(status, stdout, stderr) of the stock CLI and of buoy."""
        words = [self.ids.get(word, word) for word in args]
        done = [self.manager.run(*words, client=client, check=False) for client in (DOCKER, self.buoy)]
        return [(one.status, one.out, one.err) for one in done]

    def compare(self, *args):
        stock, buoy = self.both(*args)
        assert buoy == stock


@pytest.fixture(scope="module")
def pair():
    make_bridge()
    with contextlib.ExitStack() as stack:
        stack.callback(remove_bridge)
        manager = stack.enter_context(Node(1)).init()
        worker = stack.enter_context(Node(2))
        worker.join(manager)
        made = Pair(manager, worker)
        wait_for(lambda: manager.status(made.ids["WORKER"]) == "ready", 30, "the worker")
        yield made


@pytest.mark.parametrize("args", LISTS, ids=" ".join)
def test_ls(pair, args):
    pair.compare("node", "ls", *args)


@pytest.mark.parametrize("args", INSPECTIONS, ids=" ".join)
def test_inspect(pair, args):
    pair.compare("node", "inspect", *args)


@pytest.mark.parametrize("args", TASKS, ids=" ".join)
def test_ps(pair, args):
    pair.compare("node", "ps", *args)


@pytest.mark.parametrize("args", REFUSALS, ids=" ".join)
def test_what_is_refused(pair, args):
    pair.compare("node", *args)


@pytest.mark.parametrize("args", AUTHORITIES, ids=" ".join)
def test_ca(pair, args):
    pair.compare("swarm", "ca", *args)


def test_update_changes_labels_and_availability(pair):
    def spec():
        return pair.manager.out("node", "inspect", "-f", "{{json .Spec}}", pair.ids["WORKER"])

    for words in (["--label-add", "a=b", "--label-add", "c", "--label-add", "d=e=f"],
                  ["--label-add", "a=z", "--label-rm", "c", "--availability", "drain"]):
        before, specs = spec(), []
        for client in (DOCKER, pair.buoy):
            done = pair.manager.run("node", "update", *words, pair.ids["WORKER"], client=client)
            assert done.out == pair.ids["WORKER"] + "\n"
            specs.append(spec())
            if client == DOCKER:  # the other side starts from the same
                for label in ("a", "c", "d"):
                    pair.manager.docker("node", "update", "--label-rm", label, pair.ids["WORKER"],
                                        check=False)
                pair.manager.out("node", "update", "--availability", "active", pair.ids["WORKER"])
                if '"a"' in before:
                    pair.manager.out("node", "update", "--label-add", "a=b", "--label-add", "c",
                                     "--label-add", "d=e=f", pair.ids["WORKER"])
                assert spec() == before
        assert specs[0] == specs[1]
    assert '"drain"' in specs[1] and '"a":"z"' in specs[1] and '"c"' not in specs[1]
    pair.compare("node", "inspect", "--pretty", "WORKER")
    pair.compare("node", "ls")


def test_rotation_shows_its_progress_and_the_new_root(pair):
    def shown(text):
        text = re.sub(r"-----BEGIN.*-----END CERTIFICATE-----", "<root>", text, flags=re.DOTALL)
        # How often it is said depends on how long the nodes take.
        return list(dict.fromkeys(re.sub(r"sha256:\w{64}", "<digest>", text).splitlines()))

    # The worker hears of a new root by its next heartbeat.
    pair.manager.out("swarm", "update", "--dispatcher-heartbeat", "500ms")
    stock, buoy = pair.both("swarm", "ca", "--rotate")
    assert (buoy[0], shown(buoy[1]), buoy[2]) == (stock[0], shown(stock[1]), stock[2])
    assert buoy[0] == 0 and "desired root digest: <digest>" in shown(buoy[1])
    assert pair.manager.out("swarm", "ca") in buoy[1]
    stock, buoy = pair.both("swarm", "ca", "--rotate", "--quiet")
    assert buoy == stock == (0, "", "")
    stock, buoy = pair.both("swarm", "ca", "--rotate", "-d")
    assert buoy == stock == (0, "", "")
