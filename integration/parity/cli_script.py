"""Runs shell lines with `docker` on the PATH, once as the stock CLI and once as buoy, and compares.

A topic is a list of (name, shell line). Its lines run in order in one empty folder against one
daemon; afterwards everything that they made is removed, so that both sides start alike.

By hand, against a daemon that runs:
  cli_script.py --host unix:///... --image BUSYBOX.tar --buoy BINARY [TOPIC...]
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

_SUBSTITUTIONS = [
    (r"sha256:[0-9a-f]{64}", "<digest>"),
    (r"sha256:[0-9a-f]{12}\b", "<digest>"),
    (r"\b[0-9a-f]{64}\b", "<id>"),
    (r"\b[0-9a-f]{25}\b|\b[a-z0-9]{25}\b", "<id>"),
    (r"\b[0-9a-f]{12}\b", "<shortid>"),
    (r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", "<time>"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \w+", "<time>"),
    (r"(Less than a second|\d+ seconds?)( ago)?", r"<a while>\2"),
    (r"About a minute", "<a while>"),
    (r"\b0\.\d+ s\b|\b\d+\.\d+s\b", "<s>"),
    (r"172\.\d+\.\d+\.\d+", "<ip>"),
    (r'"172\.\d+\.0\.0/16"', "<subnet>"),
    (r"/tmp/cli-parity-\w+", "<dir>"),
    (r" +\n", "\n"),  # the last column's width follows from what was replaced
]


def normalise(text):
    for pattern, replacement in _SUBSTITUTIONS:
        text = re.sub(pattern, replacement, text)
    return re.sub(r"   +", "   ", text)


def _bin_dir(client, folder):
    (folder / "bin").mkdir()
    (folder / "bin" / "docker").symlink_to(client)
    return folder / "bin"


def clean(run):
    run("docker swarm leave -f; docker ps -aq | xargs -r docker rm -fv; docker volume ls -q | xargs -r docker volume rm;"
        "for i in 1 2; do"  # a configuration goes after the networks that use it
        " docker network ls -q --filter type=custom | xargs -r docker network rm; done;"
        "docker images -q --filter dangling=true | xargs -r docker rmi -f;"
        "docker images --format '{{.Repository}}:{{.Tag}}' | grep -v ^busybox:latest |"
        " xargs -r docker rmi -f")


def run_topic(steps, client, stock, host):
    """{name: (status, stdout, stderr)} of one side."""
    outcomes = {}
    with tempfile.TemporaryDirectory(prefix="cli-parity-", dir="/tmp") as name:
        folder = pathlib.Path(name)
        work = folder / "work"
        work.mkdir()
        env = {**os.environ, "DOCKER_HOST": host, "DOCKER_CONFIG": str(folder / "config"),
               "PATH": f"{_bin_dir(client, folder)}:{os.environ['PATH']}", "HOME": str(folder)}
        env.pop("COLUMNS", None)
        (folder / "stock").mkdir()
        cleaning = {**env, "PATH": f"{_bin_dir(stock, folder / 'stock')}:{os.environ['PATH']}"}
        for step, line in steps:
            try:
                done = subprocess.run(["bash", "-c", line], cwd=work, env=env, capture_output=True,
                                      text=True, errors="replace", timeout=60,
                                      stdin=subprocess.DEVNULL)
                outcomes[step] = (done.returncode, normalise(done.stdout), normalise(done.stderr))
            except subprocess.TimeoutExpired as late:
                outcomes[step] = ("timeout", normalise((late.stdout or b"").decode()),
                                  normalise((late.stderr or b"").decode()))
        clean(lambda line: subprocess.run(["bash", "-c", line], cwd=work, env=cleaning,
                                          capture_output=True, timeout=120))
        shutil.rmtree(work, ignore_errors=True)
    return outcomes


def main():
    import argparse

    import cli_steps

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--stock", default="/usr/local/bin/docker")
    parser.add_argument("--buoy", required=True)
    parser.add_argument("--image", required=True, help="a docker-archive of busybox:latest")
    parser.add_argument("topics", nargs="*")
    args = parser.parse_args()
    differ = total = 0
    for topic in args.topics or cli_steps.TOPICS:
        steps = cli_steps.TOPICS[topic]
        load = [args.stock, "-H", args.host, "load", "-q", "-i", args.image]
        subprocess.run(load, check=True, capture_output=True)
        stock = run_topic(steps, args.stock, args.stock, args.host)
        subprocess.run(load, check=True, capture_output=True)
        buoy = run_topic(steps, str(pathlib.Path(args.buoy).resolve()), args.stock, args.host)
        for name, line in steps:
            total += 1
            if stock[name] == buoy[name]:
                continue
            differ += 1
            print(f"## {topic}: {name}: {line}")
            for part, want, got in zip(("status", "stdout", "stderr"), stock[name], buoy[name]):
                if want != got:
                    print(f"  {part} docker: {want!r}\n  {part} buoy:   {got!r}")
    print(f"{differ} of {total} differ")
    return differ != 0


if __name__ == "__main__":
    raise SystemExit(main())
