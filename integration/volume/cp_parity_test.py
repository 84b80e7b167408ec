"""cp, diff: the stock docker CLI does the same with buoyd as with dockerd 20.10."""

import concurrent.futures
import io
import os
import re
import shutil
import tarfile

import cp_steps
import pytest
from daemon import Daemon, temp_dir

# step -> why Buoy, which follows Docker 28, differs. The exit status must still agree.
NEWER = {
    step: "28 looks at the file system from inside, so that the host's path is not in the text"
    for step in ("cc file with slash", "cc file with dot", "cc missing below file")
}
NEWER["cc stdin no tar"] = "28 unpacks in the daemon, not in a child"
WATCHED = "/w"  # the folder that steps copy into


def small_tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, kind in (("dir", tarfile.DIRTYPE), ("dir/f", tarfile.REGTYPE),
                           ("l", tarfile.SYMTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.uid, info.gid, info.mtime = kind, 0o750, 33, 34, 1600000000
            if kind == tarfile.REGTYPE:
                info.size = 5
            if kind == tarfile.SYMTYPE:
                info.linkname = "dir/f"
            tar.addfile(info, io.BytesIO(b"hello") if kind == tarfile.REGTYPE else None)
    return out.getvalue()


def listing(folder):
    """What lies below a folder of the host, as text."""
    lines = []
    for path, folders, files in os.walk(folder):
        for name in sorted(folders + files):
            full = os.path.join(path, name)
            info = os.lstat(full)
            text = os.readlink(full) if os.path.islink(full) else ""
            if os.path.isfile(full) and not os.path.islink(full):
                text = open(full, "rb").read().decode(errors="replace")
            lines.append(f"{os.path.relpath(full, folder)} {info.st_mode:o} {info.st_uid} "
                         f"{info.st_gid} {info.st_nlink if not os.path.isdir(full) else ''} {text!r}")
    return sorted(lines)


def tar_listing(data):
    # Docker writes the file's type into the mode, and hard links in any order.
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return sorted((m.name, m.type, f"{m.mode & 0o7777:o}", m.uid, m.gid, m.size, m.linkname)
                      for m in tar.getmembers())


def one(daemon, tmp, args, stdin):
    args = [arg.replace("{tmp}", str(tmp)) for arg in args]
    data = small_tar() if stdin is cp_steps.TAR else stdin.encode() if stdin is not None else None
    result = daemon.run(*args, check=False, input=data, text=False)
    out = result.out
    if out[257:262] == b"ustar":
        out = tar_listing(out)
    else:
        out = out.decode(errors="replace")
    err = result.err.decode(errors="replace")
    for own, shown in ((str(daemon.data_root), "<root>"), (str(tmp), "<tmp>")):
        err = err.replace(own, shown)
    # The CLI's own log of a pipe that was closed depends on who was quicker.
    err = "".join(line for line in err.splitlines(True) if "closed pipe" not in line)
    outcome = [result.status, re.sub(r"\b[0-9a-f]{64}\b", "<id>", str(out)), err]
    outcome.append(listing(tmp / "out"))
    shutil.rmtree(tmp / "out")
    (tmp / "out").mkdir()
    return outcome


def prepare(daemon, tmp):
    for folder in ("in/sub", "bind", "out"):
        (tmp / folder).mkdir(parents=True)
    (tmp / "bind" / "b").write_text("bound\n")
    (tmp / "in" / "one").write_text("from the host\n")
    os.chmod(tmp / "in" / "one", 0o751)
    os.chown(tmp / "in" / "one", 1000, 33)
    (tmp / "in" / "sub" / "two").write_text("2\n")
    os.symlink("one", tmp / "in" / "link")
    daemon.load_busybox()
    daemon.run("run", "--name", "base", "busybox", "sh", "-c", cp_steps.TREE + (
        "; ln -s /data /intovolume; ln -s /ro /intoro; mkdir -p /above/mounted"))
    daemon.run("commit", "base", "tree:v1")
    daemon.run("rm", "base")
    for name in ("cc", "ss"):
        args = cp_steps.setup(name)
        args[3:3] = ["-v", name + "above:/above/mounted"]
        daemon.run(*[arg.replace("{tmp}", str(tmp)) for arg in args])
        daemon.run("run", "--rm", "-v", name + "data:/d", "-v", name + "above:/a", "busybox", "sh",
                   "-c", "echo v >/d/v; mkdir /d/folder; echo a >/a/a")
    daemon.run("start", "cc")


def fill(daemon, name):
    """/w of the container, filled by a copy so that both kinds get it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, kind, link in (("w", tarfile.DIRTYPE, ""), ("w/folder", tarfile.DIRTYPE, ""),
                                 ("w/one", tarfile.REGTYPE, ""), ("w/link", tarfile.SYMTYPE, "one"),
                                 ("w/dirlink", tarfile.SYMTYPE, "folder"),
                                 ("w/broken", tarfile.SYMTYPE, "/w/ghost")):
            info = tarfile.TarInfo(path)
            info.type, info.linkname, info.mode, info.mtime = kind, link, 0o755, 1600000000
            tar.addfile(info)
    daemon.run("cp", "-", name + ":/", input=out.getvalue(), text=False)


def seen(daemon, name, path):
    status, headers, data = daemon.request("GET", f"/containers/{name}/archive?path={path}")
    assert status == 200 and "X-Docker-Container-Path-Stat" in headers
    return tar_listing(data)


def outcomes(kind):
    with Daemon(kind) as daemon:
        return run_steps(daemon, temp_dir("cp"))


def run_steps(daemon, tmp):
    prepare(daemon, tmp)
    collected = {}
    for name in ("cc", "ss"):
        fill(daemon, name)
        for step, args, *stdin in cp_steps.steps(name):
            collected[step] = one(daemon, tmp, args, stdin[0] if stdin else None)
            if " in " in step or "stdin" in step:
                collected[step].append(seen(daemon, name, WATCHED))
            if step.endswith("diff"):  # Docker lists them in the order of its walk
                collected[step][1] = sorted(collected[step][1].splitlines())
        collected[name + " data"] = seen(daemon, name, "/data")
    for step, args, *stdin in cp_steps.ERRORS:
        collected[step] = one(daemon, tmp, args, stdin[0] if stdin else None)
    return collected


@pytest.fixture(scope="module")
def both():
    kinds = ("dockerd", "buoy")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return dict(zip(kinds, pool.map(outcomes, kinds)))


NAMES = [step[0] for name in ("cc", "ss") for step in cp_steps.steps(name)]
NAMES += ["cc data", "ss data"] + [step[0] for step in cp_steps.ERRORS]


@pytest.mark.parametrize("name", NAMES)
def test_same(both, name):
    docker, buoy = both["dockerd"][name], both["buoy"][name]
    if name in NEWER:
        assert buoy[0] == docker[0], f"docker: {docker}\nbuoy:   {buoy}"
    else:
        assert buoy == docker
