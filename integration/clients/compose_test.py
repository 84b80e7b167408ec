"""Debian's docker-compose (1.29, on docker-py): services find each other by name, whatever the daemon does."""

import os
import subprocess
import textwrap

import pytest
from daemon import Daemon, wait_for

PROJECT = textwrap.dedent("""\
    version: "2.4"
    services:
      web:
        image: busybox
        command: sh -c "echo served-by-web >/index.html && exec httpd -f -p 80 -h /"
        networks: [inner]
        stop_grace_period: 1s
        environment:
          KEY: value
        volumes: ["data:/data"]
      client:
        image: busybox
        command: sh -c "while true; do sleep 1; done"
        depends_on: [web]
        networks: [inner]
        stop_grace_period: 1s
        labels:
          role: client
    networks:
      inner:
        driver: bridge
    volumes:
      data: {}
    """)


@pytest.fixture(scope="module")
def daemon():
    with Daemon(args=["--live-restore"]) as d:
        d.load_busybox()
        yield d


@pytest.fixture(scope="module")
def compose(daemon):
    folder = daemon.dir / "project"
    folder.mkdir()
    (folder / "docker-compose.yml").write_text(PROJECT)

    def call(*args, check=True):
        done = subprocess.run(["docker-compose", "--ansi", "never", *args], cwd=folder, capture_output=True,
                              text=True, timeout=90, env={**os.environ, "DOCKER_HOST": daemon.host})
        assert not check or done.returncode == 0, f"{args}: {done.stdout}{done.stderr}\n{daemon.log_tail()}"
        return done.stdout

    call("up", "-d")
    yield call
    call("down", "-v")
    assert daemon.out("ps", "-aq") == ""
    assert "project_inner" not in daemon.out("network", "ls", "--format", "{{.Name}}")
    assert "project_data" not in daemon.out("volume", "ls", "-q")


def fetch(compose, name="web"):
    return compose("exec", "-T", "client", "wget", "-q", "-O-", f"http://{name}/", check=False)


def names(daemon, service):
    return daemon.out("ps", "--filter", f"label=com.docker.compose.service={service}", "--format", "{{.Names}}").split()


def test_services_find_each_other(daemon, compose):
    wait_for(lambda: fetch(compose) == "served-by-web\n", what="the web service")
    for name in ("project_web_1", "web.project_inner"):
        assert fetch(compose, name) == "served-by-web\n"
    assert "KEY=value" in compose("exec", "-T", "web", "env")


def test_a_daemon_that_comes_and_goes(daemon, compose):
    before = daemon.out("ps", "--format", "{{.ID}} {{.Names}}")
    daemon.restart()
    assert daemon.out("ps", "--format", "{{.ID}} {{.Names}}") == before
    assert fetch(compose) == "served-by-web\n"
    compose("up", "-d")  # nothing has changed
    assert daemon.out("ps", "--format", "{{.ID}} {{.Names}}") == before


def test_scale(daemon, compose):
    compose("up", "-d", "--scale", "web=3")
    assert len(names(daemon, "web")) == 3
    looked_up = compose("exec", "-T", "client", "nslookup", "web", check=False)
    assert looked_up.count("Address: ") == 3
    compose("up", "-d", "--scale", "web=1")
    wait_for(lambda: compose("exec", "-T", "client", "nslookup", "web", check=False).count("Address: ") == 1,
             what="the names of the others to go")


def test_logs_stop_and_start(daemon, compose):
    compose("stop", "-t", "1", "client")
    assert names(daemon, "client") == []
    compose("start", "client")
    assert fetch(compose) == "served-by-web\n"
    assert "client" in compose("ps", "--services")
    assert compose("logs", "web") is not None
