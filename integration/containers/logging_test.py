"""json-file logs: Docker's bytes, rotation, tail, since, until, timestamps, a full pipe of readers."""

import json
import re
import subprocess

import pytest
from daemon import Daemon, wait_for

SCRIPT = r"""
echo plain; printf 'no newline'; echo; echo '<html> & "quotes" \ back'; printf 'tab\there\n'
echo err >&2; sleep 0.05; printf 'bad \377 utf8 \342\202\254 euro\n'; printf 'ctrl \001 \033[1m\r\n'
head -c 40000 /dev/zero | tr '\0' x; echo; printf '\342\200\250 line separator\n'; printf 'last'
"""


@pytest.fixture(scope="module")
def daemon():
    with Daemon() as d:
        d.load_busybox()
        yield d


def log_lines(daemon, *options):
    daemon.run("run", "--name", "writer", *options, "busybox", "sh", "-c", SCRIPT)
    text = open(daemon.inspect("writer")["LogPath"], "rb").read()
    daemon.run("rm", "writer")
    return text


@pytest.mark.parametrize("options", [(), ("-t",), ("--log-opt", "tag={{.Name}}",),
                                     ("--label", "team=a", "--log-opt", "labels=team"),
                                     ("--label", "team=a", "--label", "tea=<b>", "--label", "x=y",
                                      "--log-opt", "labels-regex=^te\\w", "-e", "PORT1=80", "-e", "PORTX=",
                                      "-e", "tea=green", "--log-opt", "env-regex=^PORT\\d$",
                                      "--log-opt", "env=tea,none")],
                         ids=["plain", "tty", "tag", "labels", "regex"])
def test_files_are_dockers(daemon, options):
    with Daemon("dockerd") as docker:
        docker.load_busybox()
        theirs = log_lines(docker, *options)
    ours = log_lines(daemon, *options)

    def by_stream(text):
        text = re.sub(rb'"time":"[^"]*"', b'"time":"T"', text)
        lines = text.splitlines()
        return [l for l in lines if b'"stdout"' in l], [l for l in lines if b'"stderr"' in l]

    assert by_stream(ours) == by_stream(theirs)


def test_a_wrong_pattern_fails_the_start(daemon):
    failed = daemon.run("run", "--name", "bad", "--log-opt", "labels-regex=[a", "busybox", "true",
                        check=False)
    assert failed.status == 125 and (
        "Error response from daemon: failed to create task for container: failed to initialize "
        "logging driver: error parsing regexp: missing closing ]: `[a`") in failed.err
    state = daemon.inspect("bad")["State"]
    assert (state["Status"], state["ExitCode"]) == ("created", 128)
    assert daemon.out("ps", "-aq", "--filter", "name=^b\\wd$")
    assert not daemon.out("ps", "-aq", "--filter", "name=^b\\dd$")
    daemon.run("rm", "bad")


def test_rotation_keeps_the_promised_files(daemon):
    daemon.run("run", "--name", "rot", "--log-opt", "max-size=100k", "--log-opt", "max-file=3",
               "busybox", "sh", "-c", "seq 1 20000")
    path = daemon.inspect("rot")["LogPath"]
    files = sorted(p.name for p in (daemon.data_root / "containers").glob("*/*-json.log*"))
    assert [f.split("-json.log")[-1] for f in files if f.startswith(path.split("/")[-1])] == [
        "", ".1", ".2"
    ]
    shown = daemon.out("logs", "rot").split()
    assert shown == [str(n) for n in range(20001 - len(shown), 20001)] and len(shown) > 2000
    assert daemon.out("logs", "--tail", "5", "rot").split() == [str(n) for n in range(19996, 20001)]
    daemon.run("rm", "rot")


def test_reading(daemon):
    daemon.run("run", "-d", "--name", "slow", "busybox", "sh", "-c",
               "for i in 1 2 3 4 5 6; do echo $i; sleep 0.5; done")
    assert daemon.out("logs", "-f", "slow").split() == list("123456")
    stamps = [l.split()[0] for l in daemon.out("logs", "-t", "slow").splitlines()]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", s) for s in stamps)
    assert daemon.out("logs", "--since", stamps[3], "slow").split() == list("456")
    assert daemon.out("logs", "--until", stamps[1], "slow").split() in (list("12"), list("1"))
    assert daemon.out("logs", "--tail", "2", "slow").split() == list("56")
    assert daemon.out("logs", "--tail", "0", "slow") == ""
    daemon.run("rm", "slow")


def test_streams_are_kept_apart(daemon):
    daemon.run("run", "--name", "both", "busybox", "sh", "-c", "echo out; echo err >&2")
    result = daemon.run("logs", "both")
    assert (result.out, result.err) == ("out\n", "err\n")
    daemon.run("rm", "both")


def test_none_driver(daemon):
    daemon.run("run", "--name", "none", "--log-driver", "none", "busybox", "echo", "x")
    failed = daemon.run("logs", "none", check=False)
    assert failed.status == 1
    assert "configured logging driver does not support reading" in failed.err
    daemon.run("rm", "none")


def test_a_follower_that_does_not_read_holds_nobody_up(daemon):
    daemon.run("run", "-d", "--name", "loud", "busybox", "sh", "-c",
               "yes 0123456789012345678901234567890 | head -n 300000; echo end >/end; sleep 60")
    stuck = daemon.spawn("logs", "-f", "loud", stdout=subprocess.PIPE)
    wait_for(lambda: daemon.run("exec", "loud", "cat", "/end", check=False).status == 0, 30,
             "the container to finish writing")
    stuck.kill()
    stuck.wait()
    daemon.run("rm", "-f", "loud")


def test_log_lines_are_json_objects_with_three_keys(daemon):
    for line in log_lines(daemon).splitlines():
        assert list(json.loads(line)) == ["log", "stream", "time"]
