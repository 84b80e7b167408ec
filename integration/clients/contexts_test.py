"""Contexts, DOCKER_* variables and ssh:// of the CLI, against the stock docker CLI on the same files."""

import json
import os
import pathlib
import shutil
import subprocess
import zipfile

import pytest
from daemon import DOCKER, Daemon, _program, temp_dir


@pytest.fixture(scope="module")
def programs():
    """The stock CLI and Buoy's, both called docker."""
    folder = temp_dir("as-docker")
    shutil.copy(_program("BUOY"), folder / "docker")
    return {"docker": DOCKER, "buoy": str(folder / "docker")}


class Client:
    def __init__(self, program, home):
        self.program, self.home = program, pathlib.Path(home)
        self.config = self.home / "cli"
        self.env = {"PATH": os.environ["PATH"], "HOME": str(home), "DOCKER_CONFIG": str(self.config)}

    def __call__(self, *args, input=None, **env):
        done = subprocess.run([self.program, *args], env={**self.env, **env}, cwd=self.home,
                              capture_output=True, text=True, input=input, timeout=60,
                              errors="replace")
        return done.returncode, done.stdout, done.stderr

    def files(self):
        found = {}
        for path in sorted(self.config.rglob("*")):
            name = str(path.relative_to(self.config))
            found[name] = path.read_text() if path.is_file() else "folder"
            found[name + " mode"] = oct(path.stat().st_mode & 0o777) if path.is_file() else ""
        return found


# What is run one after the other in both; the files must be the same after each step.
STEPS = [
    "context ls", "context show", "context inspect", "context create a", "context create default",
    "context create", "context create aa --docker host=tcp://x --description d",
    "context create aa --docker host=tcp://x", "context create bb --docker foo=bar",
    "context create bb --docker foo", "context create bb --docker host=foo",
    "context create bb --docker host=ssh://u:p@h", "context create bb --docker ca=/nope",
    "context create bb --docker skip-tls-verify=maybe", "context create cc --from aa",
    "context create dd --from aa --docker host=tcp://y", "context create dd --docker from=aa",
    "context create ee --from nope", "context create tls --docker "
    "host=tcp://h:1,ca=ca.pem,cert=cert.pem,key=key.pem,skip-tls-verify=true",
    "context create bad --docker host=tcp://h:1,ca=key.pem", "context ls", "context ls --format json",
    "context ls -q", "context ls --format {{.Name}}:{{.Current}}", "context use nope", "context use",
    "context use aa", "context show", "context ls", "context rm aa", "context rm nope",
    "context rm default cc", "context inspect aa dd tls nope", "context inspect -f {{.Name}} tls",
    "context inspect -f {{.Endpoints.docker.Host}}{{.TLSMaterial}}{{.Storage.TLSPath}} tls",
    "context update dd --description new --docker host=unix:///x", "context update dd",
    "context update nope", "context update default", "context update tls --docker host=tcp://h:2",
    "context export aa", "context export aa", "context export nope", "context import gg aa.dockercontext",
    "context import gg aa.dockercontext", "context import hh key.pem", "context import a b",
    "context import hh missing", "context rm -f aa", "context show", "context use default",
    "context --help", "context create --help", "context rm", "context ls extra",
]


@pytest.fixture(scope="module")
def certificates():
    folder = temp_dir("pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x",
                    "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True,
                   capture_output=True)
    shutil.copy(folder / "cert.pem", folder / "ca.pem")
    return folder


def test_as_the_stock_cli_step_by_step(programs, certificates):
    clients = {}
    for name, program in programs.items():
        home = temp_dir("home")
        for file in certificates.iterdir():
            shutil.copy(file, home)
        clients[name] = Client(program, home)
    for step in STEPS:
        seen = {}
        for name, client in clients.items():
            status, out, err = client(*step.split())
            home = str(client.home)
            seen[name] = (status, out.replace(home, "HOME"), err.replace(home, "HOME"),
                          client.files())
        assert seen["buoy"] == seen["docker"], step


def test_variables_and_flags_choose_the_context(programs):
    home = temp_dir("home")
    stock, buoy = Client(programs["docker"], home), Client(programs["buoy"], home)
    stock("context", "create", "one", "--docker", "host=tcp://one:1")
    stock("context", "create", "two", "--docker", "host=tcp://two:2")
    stock("context", "use", "two")
    for args, env in [
        ([], {}), (["-c", "one"], {}), ([], {"DOCKER_CONTEXT": "one"}),
        ([], {"DOCKER_HOST": "tcp://three"}), (["-H", "tcp://four"], {"DOCKER_CONTEXT": "one"}),
        (["-c", "one"], {"DOCKER_HOST": "tcp://three"}), (["-c", "nope"], {}),
        ([], {"DOCKER_CONTEXT": "nope"}), (["-c", "one", "-H", "tcp://x"], {}),
        (["--tlsverify"], {"DOCKER_HOST": "unix:///nothing"}),
    ]:
        for command in (["context", "show"], ["context", "ls"], ["context", "inspect"]):
            assert buoy(*args, *command, **env) == stock(*args, *command, **env), (args, env, command)


@pytest.mark.parametrize("url", ["ssh://u:p@h", "ssh://h?x=1", "ssh://", "ssh://h#f"])
def test_ssh_urls_that_are_refused(programs, url):
    home = temp_dir("home")
    stock, buoy = Client(programs["docker"], home), Client(programs["buoy"], home)
    assert buoy("-H", url, "version") == stock("-H", url, "version")


@pytest.fixture(scope="module")
def daemon():
    with Daemon() as d:
        d.load_busybox()
        yield d


@pytest.fixture
def ssh(daemon, programs):
    """A PATH whose ssh runs the remote command here, and writes down how it was called."""
    folder = temp_dir("ssh")
    (folder / "ssh").write_text(
        '#!/bin/bash\nprintf "%s\\n" "$*" >>"$0.calls"\n'
        'while [ "$1" != -- ]; do shift; done; shift 2\n'
        f'export DOCKER_HOST={daemon.host} HOME={folder}; unset DOCKER_CONTEXT\n'
        'PATH=$REMOTE_PATH exec "$@"\n')
    (folder / "ssh").chmod(0o755)
    return folder


@pytest.mark.parametrize("remote", ["docker", "buoy"])
def test_ssh_carries_everything(ssh, programs, remote):
    buoy = Client(programs["buoy"], temp_dir("home"))
    path = {"PATH": f"{ssh}:/usr/bin:/bin",
            "REMOTE_PATH": f"{pathlib.Path(programs[remote]).parent}:/usr/bin:/bin"}
    status, out, err = buoy("-H", "ssh://me@far:2222", "version", "--format", "{{.Server.Os}}", **path)
    assert (status, out) == (0, "linux\n"), err
    assert "-o ConnectTimeout=30 -T -l me -p 2222 -- far docker system dial-stdio" in (
        (ssh / "ssh.calls").read_text())
    status, out, err = buoy("-H", "ssh://far", "run", "--rm", "-i", "busybox", "wc", "-c",
                            input="x" * 300_000, **path)
    assert (status, out.strip()) == (0, "300000"), err
    buoy("context", "create", "far", "--docker", "host=ssh://far/tmp/no.sock")
    status, _, err = buoy("-c", "far", "ps", **path)
    assert status == 1 and "--host unix:///tmp/no.sock system dial-stdio" in (
        (ssh / "ssh.calls").read_text())


def test_the_stock_cli_dials_through_buoys_dial_stdio(ssh, programs):
    stock = Client(programs["docker"], temp_dir("home"))
    path = {"PATH": f"{ssh}:/usr/bin:/bin",
            "REMOTE_PATH": f"{pathlib.Path(programs['buoy']).parent}:/usr/bin:/bin"}
    status, out, err = stock("-H", "ssh://far", "run", "--rm", "-i", "busybox", "cat", input="in\n",
                             **path)
    assert (status, out) == (0, "in\n"), err


@pytest.mark.parametrize("script", ['echo "host key changed" >&2; exit 255', "exit 0", None])
def test_a_failing_ssh_is_said_as_the_stock_cli_says_it(programs, script):
    folder = temp_dir("bad-ssh")
    if script is not None:
        (folder / "ssh").write_text("#!/bin/sh\ncat >/dev/null & " + script + "\n")
        (folder / "ssh").chmod(0o755)
    home = temp_dir("home")
    env = {"PATH": f"{folder}"}
    if script is not None:
        env["PATH"] += ":/usr/bin:/bin"
    seen = {n: Client(p, home)("-H", "ssh://far", "ps", **env) for n, p in programs.items()}
    assert seen["buoy"][0] == seen["docker"][0] == 1
    if script != "exit 0":  # what an empty answer is called is the HTTP library's matter
        assert seen["buoy"][2].split(": ", 2)[2] == seen["docker"][2].split(": ", 2)[2]


def test_zip_archives(programs, certificates):
    home = temp_dir("home")
    with zipfile.ZipFile(home / "a.zip", "w") as z:
        z.writestr("meta.json", json.dumps({"Name": "was", "Metadata": {"Description": "zipped"},
                                            "Endpoints": {"docker": {"Host": "tcp://z:1",
                                                                     "SkipTLSVerify": False}}}))
        z.write(certificates / "ca.pem", "tls/docker/ca.pem")
    with zipfile.ZipFile(home / "evil.zip", "w") as z:
        z.writestr("tls/docker/../../../evil", "x")
    buoy, stock = Client(programs["buoy"], home), Client(programs["docker"], home)
    assert buoy("context", "import", "zz", "a.zip")[0] == 0
    assert '"ca.pem"' in stock("context", "inspect", "zz")[1]
    status, _, err = buoy("context", "import", "yy", "evil.zip")
    assert status == 1 and "unexpected path format" in err
    assert not list(home.rglob("evil"))
