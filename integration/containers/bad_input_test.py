"""Bad input gets Docker's status and a clear text, changes nothing and leaves nothing half-made."""

import io
import json
import tarfile

import pytest
from daemon import Daemon


@pytest.fixture(scope="module")
def daemon():
    with Daemon() as d:
        d.load_busybox()
        yield d


def message(answer):
    # Clients older than API 1.24 get plain text, as from dockerd.
    try:
        return json.loads(answer[2])["message"]
    except json.JSONDecodeError:
        return answer[2].decode()


CASES = [
    # method, path, body, status, part of the text
    ("POST", "/containers/create", {"Image": "ghost"}, 404, "No such image: ghost:latest"),
    ("POST", "/containers/create", "{", 400, ""),
    ("POST", "/containers/create", "[]", 400, "json: cannot unmarshal"),
    ("POST", "/containers/create", '{"Image": 5}', 400, "cannot unmarshal number"),
    ("POST", "/containers/create", {"Image": "busybox", "HostConfig": {"Memory": 1}}, 400,
     "Minimum memory limit allowed is 6MB"),
    ("POST", "/containers/create?name=a%20b", {"Image": "busybox"}, 400,
     "Invalid container name (a b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"),
    ("POST", "/containers/create", {"Image": "busybox", "WorkingDir": "relative"}, 400,
     "the working directory 'relative' is invalid, it needs to be an absolute path"),
    ("POST", "/containers/create", {"Image": "busybox", "HostConfig": {"LogConfig": {
        "Type": "nope"}}}, 400, "logger: no log driver named 'nope' is registered"),
    ("POST", "/containers/create", {"Image": "busybox", "HostConfig": {"RestartPolicy": {
        "Name": "sometimes"}}}, 400, "invalid restart policy"),
    ("POST", "/containers/create", {"Image": "busybox", "HostConfig": {"Binds": ["a:b:c:d"]}}, 400,
     "invalid volume specification"),
    ("POST", "/containers/ghost/start", None, 404, "No such container: ghost"),
    ("GET", "/containers/ghost/json", None, 404, "No such container: ghost"),
    ("GET", "/containers/json?filters=x", None, 400, ""),
    ("GET", "/containers/json?limit=x", None, 400, ""),
    ("GET", '/containers/json?filters={"nope":["1"]}', None, 400, "invalid filter"),
    ("DELETE", "/images/ghost", None, 404, "No such image: ghost:latest"),
    ("GET", "/v1.99/info", None, 400, "client version 1.99 is too new"),
    ("GET", "/v1.10/info", None, 400, "client version 1.10 is too old"),
    ("GET", "/nope", None, 404, "page not found"),
    ("POST", "/exec/ghost/start", {}, 404, "No such exec instance: ghost"),
    ("GET", "/" + "a" * 5000, None, 404, "page not found"),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{c[0]} {c[1][:40]} {i}" for i, c in enumerate(CASES)])
def test_refused(daemon, case):
    method, path, body, status, text = case
    before = daemon.out("ps", "-aq"), sorted(p.name for p in (daemon.data_root / "containers").iterdir())
    answer = daemon.request(method, path.replace('"', "%22").replace("{", "%7B").replace("}", "%7D"),
                            body)
    assert answer[0] == status, answer
    assert text in message(answer)
    assert daemon.ping()
    after = daemon.out("ps", "-aq"), sorted(p.name for p in (daemon.data_root / "containers").iterdir())
    assert after == before


def archive(*members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize("data", [
    b"", b"garbage" * 1000, archive(), archive(("manifest.json", b"{")),
    archive(("manifest.json", b'[{"Config":"../../etc/passwd","Layers":[]}]')),
    archive(("manifest.json", b'[{"Config":"c.json","Layers":["l"]}]'), ("c.json", b"{}"),
            ("l", b"not a tar" * 500)),
], ids=["empty", "garbage", "no manifest", "bad json", "path trick", "bad layer"])
def test_corrupt_archives_leave_nothing(daemon, data):
    def store():
        return daemon.out("images", "-aq"), sorted(
            str(p.relative_to(daemon.data_root))
            for folder in ("blobs", "overlay", "tmp")
            for p in (daemon.data_root / folder).glob("**/*")
            if len(p.relative_to(daemon.data_root).parts) <= 3
        )

    before = store()
    status, _, body = daemon.request("POST", "/images/load", data,
                                     {"Content-Type": "application/x-tar"})
    assert status >= 400 or b'"error"' in body or data in (b"", archive()), (status, body)
    assert store() == before


def test_a_taken_port_leaves_nothing(daemon):
    daemon.run("run", "-d", "--name", "holder", "-p", "127.0.0.1:19191:80", "busybox", "sleep", "60")
    failed = daemon.run("run", "--name", "late", "-p", "127.0.0.1:19191:80", "busybox", "true",
                        check=False)
    assert failed.status == 125
    assert "port is already allocated" in failed.err
    assert daemon.inspect("late")["State"]["Status"] == "created"
    daemon.run("rm", "-f", "holder")
    daemon.run("start", "-a", "late")
    daemon.run("rm", "late")


def test_an_absent_runtime(daemon):
    failed = daemon.run("run", "--rm", "--runtime", "ghost", "busybox", "true", check=False)
    assert failed.status == 125 and "ghost" in failed.err
    assert daemon.out("ps", "-aq") == ""
