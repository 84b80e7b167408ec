"""What the kernel and the disk hold for a daemon, against what its database says.

`leftovers(daemon)` is a list of sentences; empty = they are equal.
"""

import json
import os
import pathlib
import re
import sqlite3
import subprocess

from daemon import wait_for

HEX64 = re.compile(r"[0-9a-f]{64}")


def _rows(daemon, query):
    db = sqlite3.connect(f"file:{daemon.data_root}/buoy.db?mode=ro", uri=True, timeout=10)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


def _names(folder):
    return set(os.listdir(folder)) if folder.is_dir() else set()


def _processes():
    """(pid, argv) of everything in this pid namespace."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            yield int(pid), pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:-1]
        except OSError:
            pass


def shims():
    found = {}
    for pid, argv in _processes():
        if argv and argv[0].endswith(b"/buoy-shim") and b"--id" in argv:
            found[argv[argv.index(b"--id") + 1].decode()] = pid
    return found


def _differ(what, have, want):
    have, want = set(have), set(want)
    out = []
    if have - want:
        out.append(f"{what}: left over {sorted(have - want)}")
    if want - have:
        out.append(f"{what}: missing {sorted(want - have)}")
    return out


def _cgroups():
    ids = set()
    for folder, folders, _ in os.walk("/sys/fs/cgroup"):
        if os.path.basename(folder) == os.environ.get("BUOY_TEST_CGROUP", "buoy-test"):
            ids.update(folders)
            folders.clear()
    return {name for name in ids if HEX64.fullmatch(name)}


def _links(kind):
    out = subprocess.run(["ip", "-j", "link", "show", "type", kind], capture_output=True, text=True)
    return {link["ifname"] for link in json.loads(out.stdout or "[]") if link}


def _mounted_ids(daemon):
    """Containers and network namespaces that something is mounted for."""
    ids, netns = set(), set()
    for line in open("/proc/self/mountinfo"):
        path = line.split()[4]
        if not path.startswith(str(daemon.dir)):
            continue
        ids.update(HEX64.findall(path))
        if path.startswith(f"{daemon.exec_root}/netns/"):
            netns.add(path.rsplit("/", 1)[1])
    return ids, netns


def _firewall_ports():
    """Host ports that the packet filter forwards."""
    out = subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True).stdout
    return set(re.findall(r"\. (\d+) : \d", out))


def _container_leftovers(daemon, running, known):
    out = _differ("shims", shims(), running)
    strays = [argv for _, argv in _processes()
              if argv and os.path.basename(argv[0]) in (b"crun", b"runc")]
    out += _differ("runtime processes", map(str, strays), ())
    mounted, namespaces = _mounted_ids(daemon)
    details = {c: daemon.inspect(c) for c in running}
    out += _differ("mounts", mounted, running)
    keys = {d["NetworkSettings"]["SandboxKey"].rsplit("/", 1)[-1] for d in details.values()}
    out += _differ("namespaces", namespaces, keys)
    out += _differ("namespace files", _names(daemon.exec_root / "netns"), keys)
    out += _differ("cgroups", _cgroups(), running)
    out += _differ("folders", _names(daemon.data_root / "containers"), known)
    out += _differ("bundles", _names(daemon.exec_root / "containers") | running, known & (
        _names(daemon.exec_root / "containers") | running))
    out += _differ("runtime states", _names(daemon.exec_root / "runtime"), running)
    endpoints = sum(bool(n["IPAddress"]) for d in details.values()
                    for n in d["NetworkSettings"]["Networks"].values())
    if len(_links("veth")) != endpoints:
        out.append(f"veths: {sorted(_links('veth'))} for {endpoints} endpoints")
    published = {p["HostPort"] for d in details.values()
                 for bound in (d["NetworkSettings"]["Ports"] or {}).values() for p in bound or ()}
    return out + _differ("forwarded ports", _firewall_ports(), published)


def _image_leftovers(daemon):
    layers = {row[0].split(":")[1] for row in _rows(daemon, "SELECT chain_id FROM image_layers")}
    found = {n for n in _names(daemon.data_root / "overlay") if HEX64.fullmatch(n)}
    blobs = set()
    for row in _rows(daemon, "SELECT id, manifest FROM images"):
        blobs.update(value.split(":")[1] for value in row if value)
    blobs.update(r[0].split(":")[1] for r in _rows(daemon, "SELECT blob FROM image_layers") if r[0])
    return (_differ("layers", found, layers) +
            _differ("blobs", _names(daemon.data_root / "blobs" / "sha256"), blobs))


def leftovers(daemon):
    states = dict(_rows(daemon, "SELECT id, state FROM containers"))
    running = {c for c, state in states.items() if state in ("running", "paused")}
    out = _container_leftovers(daemon, running, set(states))
    volumes = {row[0] for row in _rows(daemon, "SELECT name FROM volumes")}
    out += _differ("volume folders", _names(daemon.data_root / "volumes"), volumes)
    networks = json.loads(daemon.request("GET", "/networks")[2])
    bridges = {n["Options"].get("com.docker.network.bridge.name") or "br-" + n["Id"][:12]
               for n in networks if n["Driver"] == "bridge"}
    out += _differ("bridges", _links("bridge"), bridges)
    return out + _image_leftovers(daemon)


def settle(daemon, seconds=20):
    """Teardown goes on after the answer: waits until nothing is left over."""
    last = []

    def clean():
        try:
            last[:] = leftovers(daemon)
        except (AssertionError, OSError, KeyError) as error:  # something ended while we looked
            last[:] = [repr(error)]
        return not last

    try:
        wait_for(clean, seconds, "the census")
    except AssertionError:
        raise AssertionError("\n".join(last) + "\n" + daemon.log_tail(60)) from None
