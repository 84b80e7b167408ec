"""How buoyd starts and ends: flags, files, sockets, locks, help."""

import json
import os
import signal
import socket
import subprocess

import pytest
from daemon import Daemon, wait_for


def buoyd(*arguments, **options):
    program = os.path.realpath(os.environ["BUOYD"])
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=30,
                          **options)


@pytest.fixture
def daemon():
    with Daemon() as d:
        yield d


def test_help_and_version():
    done = buoyd("--help")
    assert done.returncode == 0 and "--live-restore" in done.stdout
    assert buoyd("--version").stdout.startswith("Buoy version ")


@pytest.mark.parametrize("arguments, text", [
    (["--nope"], "unknown flag: --nope"),
    (["--mtu", "many"], 'invalid argument "many" for "--mtu" flag'),
    (["-H"], "flag needs an argument: 'H' in -H"),
    (["--bip"], "flag needs an argument: --bip"),
])
def test_bad_flags(arguments, text):
    done = buoyd(*arguments)
    assert done.returncode != 0 and text in done.stderr, done


def test_validate(tmp_path):
    file = tmp_path / "daemon.json"
    file.write_text('{"debug": true}')
    done = buoyd("--validate", "--config-file", str(file))
    assert (done.returncode, done.stderr) == (0, "configuration OK\n")
    file.write_text('{"debug": 1}')
    assert buoyd("--validate", "--config-file", str(file)).returncode == 1
    assert buoyd("--validate", "--config-file", str(tmp_path / "ghost")).returncode == 1


def test_a_socket_in_use_is_refused_and_its_daemon_goes_on(daemon, tmp_path):
    done = buoyd("-H", daemon.host, "--data-root", str(tmp_path / "d"), "--exec-root",
                 str(tmp_path / "e"), "-p", str(tmp_path / "pid"))
    assert done.returncode == 1 and "another daemon" in done.stderr
    assert daemon.ping()


def test_a_data_root_in_use_is_refused(daemon, tmp_path):
    done = buoyd("-H", f"unix://{tmp_path}/s", "--data-root", str(daemon.data_root), "--exec-root",
                 str(tmp_path / "e"), "-p", str(tmp_path / "pid"))
    assert done.returncode == 1 and "another daemon uses this data root" in done.stderr
    assert daemon.ping()


def test_a_running_daemons_pidfile_is_respected(daemon, tmp_path):
    done = buoyd("-H", f"unix://{tmp_path}/s", "--data-root", str(tmp_path / "d"), "-p",
                 f"{daemon.dir}/pid")
    assert done.returncode == 1
    assert f"process with PID {daemon.pid()} is still running" in done.stderr


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_an_orderly_end_is_status_0_and_leaves_no_socket(sig):
    daemon = Daemon().start()
    assert daemon.kill(sig) == 0
    assert not daemon.socket.exists() and not (daemon.dir / "pid").exists()


def test_several_sockets_and_tcp(tmp_path):
    second = tmp_path / "second.sock"
    with Daemon(args=["-H", f"unix://{second}", "-H", "tcp://127.0.0.1:23777"]) as daemon:
        daemon.load_busybox()
        for host in (f"unix://{second}", "tcp://127.0.0.1:23777"):
            assert daemon.out("-H", host, "run", "--rm", "-i", "busybox", "wc", "-c",
                              input="12345") == "5"


def test_socket_activation(tmp_path):
    daemon = Daemon(name="activated")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(daemon.socket))
    listener.listen(16)
    # A client that comes before the daemon is there waits instead of being refused.
    early = subprocess.Popen(["docker", "version", "--format", "{{.Server.Version}}"],
                             env=daemon.env(), stdout=subprocess.PIPE, text=True)
    command = [("fd://" if part.startswith("unix://") else part)
               for argument in daemon.command() for part in [argument.replace(
                   f"--host={daemon.host}", "--host=fd://")]]
    script = 'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"'
    with open(daemon.log_path, "ab") as log:
        daemon.process = subprocess.Popen(
            ["bash", "-c", f'exec 3<&{listener.fileno()} {listener.fileno()}<&-; {script}', "bash",
             *command], pass_fds=[listener.fileno()], stdout=log, stderr=log)
    try:
        assert early.wait(timeout=20) == 0 and early.stdout.read().strip()
        inode = os.stat(daemon.socket).st_ino
        daemon.kill(signal.SIGTERM)
        assert os.stat(daemon.socket).st_ino == inode, "the socket is systemd's, not ours"
    finally:
        daemon.stop()


def test_json_log_and_debug(tmp_path):
    with Daemon(args=["--log-format", "json", "-D"]) as daemon:
        lines = [json.loads(line) for line in daemon.log().splitlines()]
    assert {"level", "msg", "time"} <= set(lines[0])
    assert any(line["msg"] == "Starting up" for line in lines)


def test_flags_that_do_not_apply_are_said_in_the_log():
    with Daemon(args=["--containerd", "/x.sock", "--userns-remap", "default"]) as daemon:
        log = daemon.log()
    assert "containerd" in log and "userns-remap" in log


def test_a_missing_shim_binary_is_a_clear_error():
    daemon = Daemon().start()
    try:
        daemon.load_busybox()
        (daemon.bin / "buoy-shim").unlink()
        done = daemon.run("run", "-d", "--rm", "busybox", "true", check=False)
        assert done.status == 125 and "buoy-shim" in done.err
        assert wait_for(lambda: daemon.out("ps", "-aq") == "", what="nothing left") is True
    finally:
        daemon.stop()
