"""Bad input: buoyd refuses what dockerd 20.10 refuses, with the same words and statuses."""

import bad_steps
import compare
import pytest

_LOWER = "errors begin in lower case"
_NETWORK = "28 says in which step"
_TASK = ("the client of containerd 2 says what failed", [
    ("failed to create shim task", "failed to create task for container: failed to create shim task")])
_LOGGING = ("the client of containerd 2 says what failed", [
    ("failed to initialize", "failed to create task for container: failed to initialize")])
_ADDRESS = "user specified IP address is supported on user defined networks only"

NEWER = {
    "entrypoint is a folder": _TASK,
    "entrypoint is not there": _TASK,
    "port of no address": (_NETWORK, [
        ("driver failed programming", "failed to set up container networking: driver failed programming"),
        ("Error starting userland proxy: listen tcp4 203.0.113.7:18090: bind:",
         "failed to bind host port for 203.0.113.7:18090:<ip>:80/tcp:")]),
    "cpus too many": (_LOWER, [("Range", "range")]),
    "cpus negative": (_LOWER, [("Range", "range")]),
    "network is not there": (_NETWORK, [
        ("network ghost", "failed to set up container networking: network ghost")]),
    "none network and ip": ("28 validates endpoints when the container is created", (
        125, "", "docker: Error response from daemon: invalid config for network none: invalid endpoint "
        f"settings:\n{_ADDRESS}\n\nRun 'docker run --help' for more information\n")),
    "ip on the default bridge": ("28 validates endpoints when the container is created", [
        (_ADDRESS, f"invalid config for network bridge: invalid endpoint settings:\n{_ADDRESS}")]),
    "restart policy": ("reworded", [
        ("invalid restart policy 'sometimes'",
         "invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', 'on-failure', or "
         "'unless-stopped'")]),
    "restart count": ("reworded", [
        ("maximum retry count cannot be used with restart policy 'always'",
         "invalid restart policy: maximum retry count can only be used with 'on-failure'")]),
    "log driver": ("reworded", [
        ('error looking up logging plugin ghost: plugin "ghost" not found',
         "logger: no log driver named 'ghost' is registered")]),
    "log size": _LOGGING,
    "log file": _LOGGING,
    "ipc mode": (_LOWER, [("Invalid IPC", "invalid IPC")]),
    "isolation": ("reworded", [("Invalid isolation: \"hyperv\" -", "invalid isolation (hyperv):")]),
    "stop signal": (_LOWER, [("Invalid signal", "invalid signal")]),
    "tmpfs option": ("moby/sys prints the option itself", [('["ghost"]', '"ghost"')]),
    "kill nobody": (_LOWER, [("Cannot kill", "cannot kill")]),
    "load garbage": ("28 unpacks in a thread, not in a process", [
        ("Error processing tar file(exit status 1): ", "")]),
    "load nothing": ("Buoy's own: images of before 2016 (`repositories`) are not loaded", [
        ("open <file>: no such file or directory", "invalid archive: does not contain a manifest.json")]),
    "import garbage": ("28 unpacks in a thread, not in a process", [
        ("Error processing tar file(exit status 1): ", "")]),
    "ps status": ("28 lists what is possible", [
        ("Invalid filter 'status=ghost'",
         "invalid filter 'status=ghost': invalid value for state (ghost): must be one of created, "
         "running, paused, restarting, removing, exited, dead")]),
    "ps exited": ("28 names the filter", [("strconv", "invalid filter 'exited=x': strconv")]),
    "ps before": ("28 says it as everywhere", [("no such container ghost", "No such container: ghost")]),
    "images filter": (_LOWER, [("Invalid", "invalid")]),
    "images dangling": (_LOWER, [("Invalid", "invalid")]),
}


@pytest.fixture(scope="module")
def outcomes():
    return compare.both(bad_steps.STEPS)


@pytest.mark.parametrize("name", [step[0] for step in bad_steps.STEPS])
def test_same(outcomes, name):
    compare.check(outcomes, name, NEWER)
