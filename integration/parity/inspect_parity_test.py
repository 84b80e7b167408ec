"""`inspect`, `info` and the lists have the fields of dockerd 20.10, with the same values; what Docker 28
has more or otherwise is listed field by field."""

import fnmatch
import json

import pytest
import script
from compare import CRUN
from daemon import Daemon, make_image

CONTAINERS = {
    "plain": ["run", "-d", "--name", "plain", "busybox", "sleep", "1000"],
    "rich": ["run", "-d", "--name", "rich", "-h", "box", "--domainname", "example.org", "-u", "1000:33", "-w", "/tmp",
             "-e", "A=1", "-l", "x=y", "--expose", "70", "-p", "127.0.0.1:18081:80", "-p", "18082:53/udp", "-v", "named:/n",
             "-v", "/tmp:/t:ro", "--tmpfs", "/tm:size=1m", "--mount", "type=volume,dst=/anon,volume-nocopy",
             "-m", "64m", "--memory-swap", "128m", "--cpus", "0.5", "--cpu-shares", "200", "--pids-limit", "50",
             "--ulimit", "nofile=100:200", "--cap-add", "NET_ADMIN", "--cap-drop", "MKNOD", "--dns", "9.9.9.9",
             "--dns-search", "a.b", "--dns-option", "ndots:2", "--add-host", "x:1.2.3.4", "--restart",
             "on-failure:4", "--init", "--read-only", "--security-opt", "no-new-privileges",
             "--sysctl", "net.core.somaxconn=99", "--shm-size", "2m", "--stop-signal", "USR1", "--stop-timeout", "3",
             "--health-cmd", "true", "--health-interval", "1h", "--health-retries", "2", "--log-opt", "max-size=1m",
             "--device", "/dev/null:/dev/mine:rw", "--group-add", "7", "--oom-score-adj", "5", "--entrypoint", "sleep",
             "--blkio-weight", "0", "--cpuset-cpus", "0", "--ipc", "shareable",
             "busybox", "1000"],
    "exited": ["run", "--name", "exited", "busybox", "sh", "-c", "exit 3"],
    "created": ["create", "--name", "created", "-it", "-P", "--expose", "90/tcp", "--network", "none", "busybox"],
    "of host": ["run", "-d", "--name", "ofhost", "--network", "host", "--pid", "host", "busybox", "sleep", "1000"],
    "of another": ["run", "-d", "--name", "ofanother", "--network", "container:plain", "--volumes-from", "rich",
                   "busybox", "sleep", "1000"],
    "on a network": ["run", "-d", "--name", "onnet", "--network", "front", "--ip", "10.77.0.9", "--network-alias", "al",
                     "busybox", "sleep", "1000"],
}

OLD = ("/containers/json?all=1", "/containers/plain/json", "/images/json", "/images/busybox/json", "/networks",
       "/volumes", "/version", "/info", "/system/df")

# Field -> why it is not compared. A trailing * stands for anything.
MADE = "made anew each time"
NEW = "a field of 28"
GONE = "28 does not have it any more"
PLACE = "where the engine keeps things"
RESOLVED = "28 resolves the default network"
MASKED = "GHSA-6fw5-f8r9-fgfm and -jq35-85cj-fj4p; 28 sorts"
NOT_COMPARED = {
    "container": {
        ".State.Pid": MADE, ".NetworkSettings.SandboxID": MADE, ".NetworkSettings.SandboxKey": PLACE,
        ".ResolvConfPath": PLACE, ".HostnamePath": PLACE, ".HostsPath": PLACE, ".LogPath": PLACE,
        ".GraphDriver.Data.*": PLACE, ".HostConfig.NetworkMode": RESOLVED,
        ".HostConfig.MaskedPaths*": MASKED, ".HostConfig.ConsoleSize*": "the terminal of the test",
        ".NetworkSettings.Networks.*.DNSNames*": NEW, ".NetworkSettings.Networks.*.GwPriority": NEW,
        ".NetworkSettings.Networks.*.Aliases*": "28 leaves the short id to DNSNames",
        ".NetworkSettings.Networks.*.MacAddress": "28 chooses random ones", ".NetworkSettings.MacAddress": "the same",
        ".NetworkSettings.Networks.*.IPAddress": MADE, ".NetworkSettings.IPAddress": MADE,
        ".State.Health.Log*": "times", ".HostConfig.KernelMemory*": GONE,
        ".NetworkSettings.Networks.front.Gateway": "28 leaves internal networks without one",
    },
    "image": {
        ".GraphDriver.Data.*": PLACE, ".Metadata.LastTagTime": MADE, ".Container": GONE,
        ".ContainerConfig.*": GONE, ".VirtualSize": GONE,
        **{".Config." + field: "28 leaves empty fields out" for field in (
            "Attach*", "Domainname", "Entrypoint", "Hostname", "Image", "Labels", "OnBuild", "OpenStdin",
            "StdinOnce", "Tty", "User", "Volumes", "WorkingDir")},
    },
    "network": {
        ".Containers.*": MADE, ".EnableIPv4": NEW, ".IPAM.Config": "28 writes null for none",
        ".IPAM.Config[[]0].Gateway": "shown also where Buoy chose it",
    },
}


def leaves(value, path=""):
    """{".A.B[0]": leaf}; empty lists and objects are leaves."""
    if isinstance(value, dict) and value:
        return {k: v for key, item in value.items() for k, v in leaves(item, f"{path}.{key}").items()}
    if isinstance(value, list) and value:
        return {k: v for n, item in enumerate(value) for k, v in leaves(item, f"{path}[{n}]").items()}
    return {path: script.normalise(value) if isinstance(value, str) else value}


def settled(answer):
    """The mounts are in no order in Docker."""
    if isinstance(answer, dict) and "Mounts" in answer:
        answer["Mounts"].sort(key=lambda mount: mount["Destination"])
    return answer


def compare(ours, theirs, rules):
    ours, theirs = leaves(settled(ours)), leaves(settled(theirs))
    out = []
    for path in sorted({*ours, *theirs}):
        if ours.get(path, "(none)") == theirs.get(path, "(none)"):
            continue
        if any(fnmatch.fnmatch(path, rule if "[[]" in rule else rule.replace("[", "[[]")) for rule in rules):
            continue
        out.append(f"{path}: docker {theirs.get(path, '(none)')!r}, buoy {ours.get(path, '(none)')!r}")
    return out


@pytest.fixture(scope="module")
def found():
    image = make_image()
    answers = {}
    for kind in ("dockerd", "buoy"):
        with Daemon(kind) as daemon:
            daemon.run("load", "-i", image)
            daemon.run("network", "create", "--subnet", "10.77.0.0/24", "--label", "n=1", "--internal", "front")
            for command in CONTAINERS.values():
                made = daemon.run(*command, check=False)
                assert made.status in (0, 3), f"{kind}: {made.err}"
            answers[kind] = {
                **{("container", name): daemon.inspect(command[command.index("--name") + 1])
                   for name, command in CONTAINERS.items()},
                ("image", "busybox"): daemon.inspect("busybox", "image"),
                **{("network", name): daemon.inspect(name, "network") for name in ("bridge", "host", "none", "front")},
                ("volume", "named"): daemon.inspect("named", "volume"),
            }
            for path in OLD:
                answers[kind]["list", path] = json.loads(daemon.request("GET", "/v1.41" + path)[2])
    return answers


# What 28 itself does not have for old clients.
NOT_FOR_OLD_CLIENTS = {
    ".KernelMemory", ".KernelMemoryTCP",  # false by now, and left out
    ".Runtimes.io.containerd.runtime.v1.linux.path",  # removed with containerd 1
    ".HostConfig.KernelMemory", ".HostConfig.KernelMemoryTCP",
    ".BuilderSize",  # left out when it is 0
}
CASES = [*(("container", name) for name in CONTAINERS), ("image", "busybox"),
         *(("network", name) for name in ("bridge", "host", "none", "front")), ("volume", "named")]


@pytest.mark.parametrize("case", CASES, ids=[" ".join(case) for case in CASES])
def test_inspect(found, case):
    if case[0] == "container":  # the CLI sends its -v options in the order of a map
        for kind in ("buoy", "dockerd"):
            (found[kind][case]["HostConfig"]["Binds"] or []).sort()
    if CRUN and case[0] == "container":
        assert found["buoy"][case]["HostConfig"].pop("Runtime") == "crun"
        assert found["dockerd"][case]["HostConfig"].pop("Runtime") == "runc"
    problems = compare(found["buoy"][case], found["dockerd"][case], NOT_COMPARED.get(case[0], {}))
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("path", OLD)
def test_old_clients_find_every_field(found, path):
    """In API 1.41, which is 20.10's own: the same keys, of the same types."""
    def shapes(value):
        return {p.split("[")[0]: type(v).__name__ for p, v in leaves(value).items()}

    ours, theirs = (shapes(found[kind]["list", path]) for kind in ("buoy", "dockerd"))
    missing = sorted(set(theirs) - set(ours) - NOT_FOR_OLD_CLIENTS)
    # Of images built by the builder of long ago; Buoy has none, and writes null.
    missing = [field for field in missing if not field.startswith(".ContainerConfig.")]
    assert not missing
