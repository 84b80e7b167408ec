"""Reloads under load: every request is answered, and nobody sees half of a configuration."""

import json
import os
import random
import signal
import threading
import time

from daemon import Daemon, wait_for

SECONDS = float(os.environ.get("BUOY_RELOAD_SECONDS", "10"))
EVERY = 0.02
# Two configurations; who reads must find all of one.
A = {"labels": ["side=a"], "max-concurrent-downloads": 4, "shutdown-timeout": 40, "debug": True,
     "registry-mirrors": ["https://a.example/"], "default-shm-size": "32m", "dns": ["10.0.0.1"]}
B = {"labels": ["side=b"], "max-concurrent-downloads": 7, "shutdown-timeout": 70, "debug": False,
     "registry-mirrors": ["https://b.example/"], "default-shm-size": "48m", "dns": ["10.0.0.2"]}


def sides(config):
    """What GET /config shows of the two, by key."""
    values = {s["Key"]: s["Value"] for s in config["Settings"]}
    side = {}
    for key in A:
        mine = json.dumps(values[key])
        if key == "default-shm-size":
            side[key] = {"32MiB": "a", "48MiB": "b"}.get(values[key])
        else:
            side[key] = {json.dumps(A[key]): "a", json.dumps(B[key]): "b"}.get(mine)
    return side


def publish(daemon, config):
    """As configuration management writes: nobody reads half a file."""
    new = daemon.config_file.with_suffix(".new")
    new.write_text(json.dumps(config))
    os.replace(new, daemon.config_file)


def test_reloads_every_20_ms_under_load():
    with Daemon(config=A) as daemon:
        daemon.load_busybox()
        daemon.run("run", "-d", "--name", "stays", "busybox", "sleep", "1000")
        stop, problems, done = threading.Event(), [], {"requests": 0, "containers": 0}

        def forever(step):
            while not stop.is_set():
                try:
                    step()
                except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                    problems.append(repr(error))

        def read():
            status, _, body = daemon.request("GET", "/config")
            assert status == 200
            side = sides(json.loads(body))
            assert len(set(side.values())) == 1 and None not in side.values(), side
            status, _, body = daemon.request("GET", "/info")
            info = json.loads(body)
            assert status == 200
            mirror = info["RegistryConfig"]["Mirrors"][0]
            assert info["Labels"][0][-1] == mirror[8], (info["Labels"], mirror)
            for path in ("/containers/json", "/images/json", "/_ping", "/containers/stays/json"):
                assert daemon.request("GET", path)[0] == 200
            done["requests"] += 6

        def run():
            out = daemon.run("run", "--rm", "busybox", "sh", "-c",
                             "df -k /dev/shm | tail -1; cat /etc/resolv.conf").out
            assert ("32768" in out) or ("49152" in out), out
            assert ("10.0.0.1" in out) != ("10.0.0.2" in out), out
            done["containers"] += 1

        threads = [threading.Thread(target=forever, args=(step,)) for step in (read, read, run)]
        for thread in threads:
            thread.start()
        reloads, end = 0, time.monotonic() + SECONDS
        while time.monotonic() < end and not problems:
            publish(daemon, random.choice((A, B)))
            if reloads % 2:
                daemon.process.send_signal(signal.SIGHUP)
            else:
                status, _, body = daemon.request("POST", "/config/reload")
                assert status == 200, body
            reloads += 1
            time.sleep(EVERY)
        stop.set()
        for thread in threads:
            thread.join()
        assert not problems, problems[:3]
        assert reloads > SECONDS * 5 and done["requests"] > 100 and done["containers"] > 1, (reloads, done)
        publish(daemon, B)
        assert daemon.request("POST", "/config/reload")[0] == 200
        assert set(sides(json.loads(daemon.request("GET", "/config")[2])).values()) == {"b"}
        assert daemon.inspect("stays")["State"]["Running"]


def test_files_that_are_cut_off_anywhere_change_nothing():
    """A file that is read while it is written: every prefix of it."""
    text = json.dumps(A)
    with Daemon(config=B) as daemon:
        before = daemon.request("GET", "/config")[2]
        for size in range(1, len(text)):
            daemon.config_file.write_text(text[:size])
            status, _, body = daemon.request("POST", "/config/reload")
            assert status == 400 and b"unexpected end of JSON input" in body, (size, body)
        assert daemon.request("GET", "/config")[2] == before
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: daemon.log().count("unexpected end of JSON input") > 0)
        assert daemon.request("GET", "/config")[2] == before
