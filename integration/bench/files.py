#!/usr/bin/env python3
"""cp in and out, export and diff beside dockerd 20.10.   sudo integration/bench/files.py BIN [ROUNDS]

BIN holds buoy, buoyd and buoy-shim (tools/build OUT). Both daemons are asked by the API itself, so
that the CLI's own time does not count, and take turns. Medians; the ratios are the result.
"""

import http.client
import io
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tarfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ISOLATED = "BUOY_BENCH_ISOLATED"


def isolate():
    """Everything in namespaces of its own, as the integration tests run."""
    bin_dir = pathlib.Path(sys.argv[1]).resolve()
    env = {**os.environ, ISOLATED: "1", "BUOY": str(bin_dir / "buoy"),
           "BUOYD": str(bin_dir / "buoyd"), "BUOY_SHIM": str(bin_dir / "buoy-shim"),
           "MAKE_IMAGE": str(HERE.parent / "testing" / "make_image.py"),
           "PYTHONPATH": str(HERE.parent / "testing")}
    setup = ("mount -t proc proc /proc; mount -t tmpfs -o mode=755 tmpfs /run; ip link set lo up; "
             'export TEST_TMPDIR=$(mktemp -d); /usr/bin/python3 "$@"; s=$?; rm -rf "$TEST_TMPDIR"; '
             "exit $s")
    sys.exit(subprocess.run(
        ["unshare", "--pid", "--mount", "--net", "--uts", "--ipc", "--fork", "--kill-child=KILL",
         "--propagation", "private", "bash", "-c", setup, "bench", __file__, *sys.argv[1:]],
        env=env).returncode)


def small_files(count=2000, size=2000):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for number in range(count):
            info = tarfile.TarInfo(f"many/{number % 50}/{number}")
            info.size = size
            tar.addfile(info, io.BytesIO(os.urandom(size)))
    return out.getvalue()


def big_file(size=128 << 20):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo("big")
        info.size = size
        tar.addfile(info, io.BytesIO(bytes(size)))
    return out.getvalue()


def call(daemon, method, path, body=None):
    """Milliseconds from the request to the answer's last byte."""
    connection = http.client.HTTPConnection("localhost", timeout=120)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(daemon.socket))
    start = time.perf_counter()
    connection.request(method, path, body=body, headers={"Content-Type": "application/x-tar"})
    answer = connection.getresponse()
    while answer.read(1 << 20):
        pass
    spent = (time.perf_counter() - start) * 1000
    connection.close()
    assert answer.status == 200, (method, path, answer.status)
    return spent


def main():
    from daemon import Daemon

    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    archive = "/containers/run/archive?path="
    bodies = {"many": small_files(), "big": big_file()}
    steps = {
        "put 2000 small files": ("PUT", archive + "/", bodies["many"]),
        "put 128 MB": ("PUT", archive + "/", bodies["big"]),
        "get 2000 small files": ("GET", archive + "/many", None),
        "get 128 MB": ("GET", archive + "/big", None),
        "stat": ("HEAD", archive + "/big", None),
        "export": ("GET", "/containers/run/export", None),
        "diff": ("GET", "/containers/run/changes", None),
    }
    with Daemon("buoy") as buoy, Daemon("dockerd") as dockerd:
        daemons = {"buoy": buoy, "dockerd": dockerd}
        times = {}
        for daemon in daemons.values():
            daemon.load_busybox().run("run", "-d", "--name", "run", "-v", "data:/data", "busybox",
                                      "sleep", "3600")
        for _ in range(rounds):
            for step, request in steps.items():
                for name, daemon in daemons.items():
                    times.setdefault((step, name), []).append(call(daemon, *request))
        print(f"{'':24}{'buoy':>10}{'dockerd':>10}{'ratio':>8}   (ms, median of {rounds})")
        for step in steps:
            mine, theirs = (statistics.median(times[step, name]) for name in daemons)
            print(f"{step:24}{mine:10.1f}{theirs:10.1f}{mine / theirs:8.2f}")


if __name__ == "__main__":
    main() if os.environ.get(ISOLATED) else isolate()
