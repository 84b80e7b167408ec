"""The systems under test: buoyd with either runtime, dockerd + containerd, podman, a bare runtime."""

import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess

from daemon import DOCKER, Daemon, make_image, temp_dir
from measure import elapsed_ms, memory_kb, processes, run

IMAGE = "busybox"
SLEEP = ["sleep", "777777"]


class DaemonOfItsOwnNet(Daemon):
    """In a network namespace of its own: every daemon wants a docker0 and the packet filter. What
    lives as long as the machine is on a tmpfs, as on an installed system."""

    def __init__(self, kind, args):
        super().__init__(kind, args)
        self.exec_root = pathlib.Path("/run") / self.dir.name
        run(["ip", "netns", "add", self.dir.name])
        run(["ip", "-n", self.dir.name, "link", "set", "lo", "up"])

    def command(self):
        return ["nsenter", f"--net=/run/netns/{self.dir.name}", *super().command()]


class Engine:
    """A daemon with Docker's API."""

    def __init__(self, name, kind, args=()):
        self.name, self.kind = name, kind
        self.daemon = DaemonOfItsOwnNet(kind, ["--live-restore", *args])
        self.daemon.start()
        self.daemon.load_busybox()

    # --- by a client program ---

    def client(self, *args, program=DOCKER):
        try:
            return elapsed_ms(lambda: run([program, *args], env=self.daemon.env()))
        except AssertionError as error:
            raise AssertionError(f"{self.name}: {error}\n{self.daemon.log_tail()}") from error

    def run_rm(self, program=DOCKER):
        return self.client("run", "--rm", IMAGE, "true", program=program)

    def prepare_exec(self):
        self.client("run", "-d", "--name", "base", IMAGE, *SLEEP)

    def exec(self, program=DOCKER):
        return self.client("exec", "base", "true", program=program)

    def load(self, archive):
        return self.client("load", "-i", str(archive))

    def remove_image(self, tag):
        self.client("rmi", "-f", tag)

    # --- by bare HTTP, without what a client program costs ---

    def call(self, method, path, body=None, expect=(200, 201, 204)):
        status, _, data = self.daemon.request(method, "/v1.41" + path, body)
        assert status in expect, (self.name, method, path, status, data)
        return json.loads(data) if data.startswith((b"{", b"[")) else None

    def create(self, command, ports=0):
        body = {"Image": IMAGE, "Cmd": command}
        if ports:
            names = [f"{1000 + i}/tcp" for i in range(ports)]
            body["ExposedPorts"] = {name: {} for name in names}
            body["HostConfig"] = {"PortBindings": {
                name: [{"HostIp": "127.0.0.1", "HostPort": ""}] for name in names}}
        return self.call("POST", "/containers/create", body)["Id"]

    def start(self, ports=0):
        container = self.create(SLEEP, ports)
        self.call("POST", f"/containers/{container}/start")
        return container

    def cycle(self):
        """Create, start, wait, remove."""
        container = self.create(["true"])
        self.call("POST", f"/containers/{container}/start")
        assert self.call("POST", f"/containers/{container}/wait")["StatusCode"] == 0
        self.call("DELETE", f"/containers/{container}")

    def exec_cycle(self):
        """Create, start, read the output to its end, ask for the exit code."""
        body = {"Cmd": ["true"], "AttachStdout": True, "AttachStderr": True}
        made = self.call("POST", "/containers/base/exec", body)["Id"]
        self.call("POST", f"/exec/{made}/start", {"Detach": False, "Tty": False})
        assert self.call("GET", f"/exec/{made}/json")["ExitCode"] == 0

    def start_many(self, count, at_once, ports=0):
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(lambda _: self.start(ports), range(count)))

    def remove_many(self, containers):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda c: self.call("DELETE", f"/containers/{c}?force=1"), containers))

    # --- memory ---

    def daemon_pids(self):
        pids = [self.daemon.pid()]
        if self.kind == "dockerd":
            pids += processes("containerd", self.daemon.dir.name, "containerd.toml")
        return pids

    def daemon_kb(self, field):
        return memory_kb(self.daemon_pids(), field)

    def supervisor_pids(self):
        name = "buoy-shim" if self.kind == "buoy" else "containerd-shim"
        return processes(name, self.daemon.dir.name)

    def supervisors_kb(self, field="Pss"):
        """Per container."""
        pids = self.supervisor_pids()
        return memory_kb(pids, field) / len(pids)

    def stop(self):
        self.remove_many(c["Id"] for c in self.call("GET", "/containers/json?all=1"))
        self.daemon.stop()


class BuoyClient:
    """An engine driven by `buoy` in place of the stock CLI."""

    def __init__(self, engine):
        self.name, self.engine = engine.name + " buoy", engine

    def run_rm(self):
        return self.engine.run_rm(os.environ["BUOY"])

    def exec(self):
        return self.engine.exec(os.environ["BUOY"])


class Podman:
    name = "podman"

    def __init__(self):
        self.dir = temp_dir("podman")
        self.base = ["podman", "--root", f"{self.dir}/root", "--runroot", f"{self.dir}/run",
                     "--cgroup-manager", "cgroupfs", "--events-backend", "file"]
        run([*self.base, "load", "-i", str(make_image())])

    def podman(self, *args):
        return elapsed_ms(lambda: run([*self.base, *args]))

    def run_rm(self):
        return self.podman("run", "--rm", IMAGE, "true")

    def prepare_exec(self):
        self.podman("run", "-d", "--name", "base", IMAGE, *SLEEP)

    def exec(self):
        return self.podman("exec", "base", "true")

    def load(self, archive):
        return self.podman("load", "-i", str(archive))

    def remove_image(self, tag):
        self.podman("rmi", "-f", tag)

    def supervisors_kb(self, field="Pss"):
        pids = processes("conmon", str(self.dir))
        return memory_kb(pids, field) / len(pids)

    def stop(self):
        subprocess.run([*self.base, "rm", "-fa", "-t", "0"], capture_output=True, check=False)


class Bare:
    """The OCI runtime alone, on an unpacked root: the floor for everybody."""

    def __init__(self, runtime):
        self.name, self.runtime = runtime, runtime
        self.dir = temp_dir(runtime)
        root = self.dir / "rootfs"
        (root / "bin").mkdir(parents=True)
        shutil.copy("/bin/busybox", root / "bin")
        for applet in ("sh", "true", "sleep"):
            (root / "bin" / applet).symlink_to("busybox")
        run(["runc", "spec"], cwd=self.dir)
        self.spec = json.loads((self.dir / "config.json").read_text())
        self.count = 0

    def write(self, args):
        self.spec["process"].update(terminal=False, args=args)
        (self.dir / "config.json").write_text(json.dumps(self.spec))

    def run_rm(self):
        self.count += 1
        self.write(["true"])
        return elapsed_ms(lambda: run(
            [self.runtime, "--root", f"{self.dir}/state", "run", f"b{self.count}"], cwd=self.dir))

    def prepare_exec(self):
        self.write(SLEEP)
        # Its output would keep a pipe open.
        subprocess.run([self.runtime, "--root", f"{self.dir}/state", "run", "-d", "base"],
                       cwd=self.dir, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def exec(self):
        return elapsed_ms(lambda: run(
            [self.runtime, "--root", f"{self.dir}/state", "exec", "base", "true"]))

    def stop(self):
        subprocess.run([self.runtime, "--root", f"{self.dir}/state", "delete", "-f", "base"],
                       capture_output=True, check=False)


def buoyd_with(runtime):
    return Engine(f"buoyd/{runtime}", "buoy", [f"--default-runtime={runtime}"])


def dockerd():
    return Engine("dockerd", "dockerd")
