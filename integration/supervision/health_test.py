"""Health checks, whole as in Docker."""

import datetime
import json
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


def health(daemon, name="c1"):
    return daemon.inspect(name)["State"].get("Health")


def run(daemon, *options, command=("sleep", "600"), image="busybox"):
    daemon.run("run", "-d", "--name", "c1", *options, image, *command)


def await_status(daemon, want, seconds=15):
    return wait_for(lambda: (h := health(daemon))["Status"] == want and h, seconds, want)


def events(daemon, since):
    out = daemon.out("events", "--since", f"{since:.3f}", "--until", f"{time.time() + 1:.3f}", "--filter",
                     "event=health_status", "--format", "{{.Action}}")
    return out.splitlines()


def test_its_life(daemon):
    since = time.time() - 0.1
    run(daemon, "--health-cmd", "echo out; echo err >&2; test -e /ok", "--health-interval", "200ms",
        "--health-retries", "2")
    first = health(daemon)
    assert first["Status"] in ("starting", "unhealthy")
    assert "(health: starting)" in daemon.out("ps") or first["FailingStreak"] >= 1
    bad = await_status(daemon, "unhealthy")
    assert bad["FailingStreak"] >= 2
    assert "(unhealthy)" in daemon.out("ps")
    daemon.run("exec", "c1", "touch", "/ok")
    await_status(daemon, "healthy")
    assert "(healthy)" in daemon.out("ps", "--filter", "health=healthy")
    assert daemon.out("ps", "-q", "--filter", "health=unhealthy") == ""
    good = health(daemon)
    assert good["FailingStreak"] == 0
    time.sleep(1)
    log = health(daemon)["Log"]
    assert len(log) == 5
    assert [sorted(entry) for entry in log] == [["End", "ExitCode", "Output", "Start"]] * 5
    assert sorted(log[-1]["Output"].split()) == ["err", "out"]
    assert log[0]["Start"] < log[1]["Start"] and log[0]["Start"] <= log[0]["End"]
    # The beginning is no event.
    assert events(daemon, since) == ["health_status: unhealthy", "health_status: healthy"]


def test_the_end_of_the_container(daemon):
    run(daemon, "--health-cmd", "echo fine", "--health-interval", "200ms")
    await_status(daemon, "healthy")
    daemon.run("stop", "-t", "0", "c1")
    ended = health(daemon)
    assert ended["Status"] == "unhealthy"
    assert ended["Log"][-1]["Output"] == "fine\n"
    daemon.restart()
    assert health(daemon) == ended
    daemon.run("start", "c1")
    await_status(daemon, "healthy")


def test_forms(daemon):
    run(daemon, "--health-cmd", "exit 0", "--health-interval", "200ms")
    assert daemon.inspect("c1")["Config"]["Healthcheck"]["Test"] == ["CMD-SHELL", "exit 0"]
    await_status(daemon, "healthy")
    daemon.run("rm", "-f", "c1")
    status, _, body = daemon.request("POST", "/containers/create?name=c1", {
        "Image": "busybox", "Cmd": ["sleep", "600"],
        "Healthcheck": {"Test": ["CMD", "sh", "-c", "exit 4"], "Interval": 200_000_000, "Retries": 1}})
    assert status == 201, body
    daemon.run("start", "c1")
    assert await_status(daemon, "unhealthy")["Log"][-1]["ExitCode"] == 4


def test_of_the_image_and_how_to_switch_it_off(daemon):
    daemon.load_busybox("checked:1", "--healthcheck", json.dumps(
        {"Test": ["CMD-SHELL", "echo image"], "Interval": 200_000_000}))
    run(daemon, image="checked:1")
    assert await_status(daemon, "healthy")["Log"][-1]["Output"] == "image\n"
    daemon.run("rm", "-f", "c1")
    run(daemon, "--no-healthcheck", image="checked:1")
    assert daemon.inspect("c1")["Config"]["Healthcheck"]["Test"] == ["NONE"]
    assert health(daemon) is None
    assert "health" not in daemon.out("ps")


def test_timeout_and_output_limit(daemon):
    run(daemon, "--health-cmd", "echo begun; exec sleep 60", "--health-timeout", "400ms",
        "--health-interval", "200ms", "--health-retries", "1")
    entry = await_status(daemon, "unhealthy")["Log"][0]
    assert entry["ExitCode"] == -1
    assert entry["Output"].startswith("Health check exceeded timeout (400ms)"), entry
    assert "begun" in entry["Output"]
    # The probe is gone with its timeout.
    assert daemon.out("top", "c1", "-o", "pid,args").count("sleep 60\n") <= 1
    daemon.run("rm", "-f", "c1")
    run(daemon, "--health-cmd", "yes | head -c 10000", "--health-interval", "200ms")
    output = await_status(daemon, "healthy")["Log"][0]["Output"]
    assert len(output) == 4096 + 3 and output.endswith("...")


def test_a_command_that_is_not_there(daemon):
    status, _, body = daemon.request("POST", "/containers/create?name=c1", {
        "Image": "busybox", "Cmd": ["sleep", "600"],
        "Healthcheck": {"Test": ["CMD", "/nope"], "Interval": 200_000_000, "Retries": 1}})
    assert status == 201, body
    daemon.run("start", "c1")
    entry = await_status(daemon, "unhealthy")["Log"][0]
    assert entry["ExitCode"] == -1
    assert entry["Output"].startswith("OCI runtime exec failed: exec failed:"), entry


def test_start_period_forgives_and_start_interval_is_quicker(daemon):
    run(daemon, "--health-cmd", "test -e /ok", "--health-interval", "60s", "--health-retries", "1",
        "--health-start-period", "30s", "--health-start-interval", "200ms")
    wait_for(lambda: len(health(daemon)["Log"]) >= 3, what="quick probes")
    now = health(daemon)
    assert (now["Status"], now["FailingStreak"]) == ("starting", 0)
    daemon.run("exec", "c1", "touch", "/ok")
    await_status(daemon, "healthy", 5)
    count = len(health(daemon)["Log"])
    last = health(daemon)["Log"][-1]["Start"]
    time.sleep(1)  # healthy: from now on at the long interval
    assert health(daemon)["Log"][-1]["Start"] == last and len(health(daemon)["Log"]) == count


def test_failures_after_the_start_period_count(daemon):
    run(daemon, "--health-cmd", "false", "--health-interval", "200ms", "--health-retries", "2",
        "--health-start-period", "1s", "--health-start-interval", "200ms")
    bad = await_status(daemon, "unhealthy")
    started = daemon.inspect("c1")["State"]["StartedAt"]
    def at(text):
        return datetime.datetime.fromisoformat(text[:26].rstrip("Z")[:26] + "+00:00").timestamp()
    assert at(bad["Log"][-1]["Start"]) - at(started) > 1


def test_paused_containers_are_not_probed(daemon):
    run(daemon, "--health-cmd", "true", "--health-interval", "200ms")
    await_status(daemon, "healthy")
    daemon.run("pause", "c1")
    time.sleep(0.5)
    last = health(daemon)["Log"][-1]["Start"]
    time.sleep(0.8)
    assert health(daemon)["Log"][-1]["Start"] == last
    daemon.run("unpause", "c1")
    wait_for(lambda: health(daemon)["Log"][-1]["Start"] > last, what="the next probe")


def test_while_the_daemon_is_down(daemon):
    run(daemon, "--health-cmd", "test -e /ok", "--health-interval", "200ms", "--health-retries", "1",
        command=("sh", "-c", "touch /ok; sleep 1.5; rm /ok; sleep 600"))
    since = time.time()
    daemon.kill()
    time.sleep(3)
    down_until = time.time()
    daemon.start()
    now = health(daemon)
    assert now["Status"] == "unhealthy" and now["FailingStreak"] > 2 and len(now["Log"]) == 5
    out = daemon.out("events", "--since", f"{since - 2:.3f}", "--until", f"{time.time() + 1:.3f}",
                     "--filter", "event=health_status", "--format", "{{.TimeNano}} {{.Action}}")
    last = out.splitlines()[-1].split(maxsplit=1)
    assert last[1] == "health_status: unhealthy"
    assert since < int(last[0]) / 1e9 < down_until


def test_bad_values(daemon):
    for check, text in (({"Test": ["CMD"], "Interval": -1}, "Interval in Healthcheck cannot be less than 1ms"),
                        ({"Test": ["CMD"], "Timeout": 1}, "Timeout in Healthcheck cannot be less than 1ms"),
                        ({"Test": ["CMD"], "Retries": -1}, "Retries in Healthcheck cannot be negative"),
                        ({"Test": ["CMD"], "StartPeriod": 5}, "StartPeriod in Healthcheck cannot be less than 1ms"),
                        ({"Test": ["CMD"], "StartInterval": 5},
                         "StartInterval in Healthcheck cannot be less than 1ms")):
        status, _, body = daemon.request("POST", "/containers/create",
                                         {"Image": "busybox", "Healthcheck": check})
        assert status == 400 and text in json.loads(body)["message"], (check, body)
