"""The README's walk-through of three nodes does what it says."""

import os
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).absolute().parent
HEADING = "## A swarm of three nodes on one machine"


def walk(folder):
    """Its commands, with the daemons that are tested and their data in `folder`."""
    section = (HERE.parent.parent / "README.md").read_text().split(HEADING)[1].split("\n## ")[0]
    lines = [line[4:] for line in section.splitlines() if line.startswith("    ") or not line]
    return "\n".join(lines).replace("out/bin/", f"{folder}/bin/").replace("/var/lib/", f"{folder}/")


def test_the_walk_through(tmp_path):
    folder = pathlib.Path(os.environ["TEST_TMPDIR"])
    (folder / "bin").mkdir()
    for variable in ("BUOYD", "BUOY_SHIM"):
        program = pathlib.Path(os.environ[variable]).resolve()
        shutil.copy(program, folder / "bin" / program.name)
    pathlib.Path("/run/netns").mkdir(exist_ok=True)
    done = subprocess.run(["bash", "-eux", "-o", "pipefail", "-c", walk(folder)], capture_output=True,
                          text=True, timeout=240, check=False, stdin=subprocess.DEVNULL)
    logs = "".join(path.read_text() for path in pathlib.Path("/run").glob("swarm/*.log"))
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{logs}"
    out = done.stdout
    assert re.search(r"node1 +Ready +Active +Leader", out)
    assert re.search(r"node2 +Ready +Active", out) and re.search(r"node3 +Ready +Active", out)
    assert " - disk=ssd" in out and re.search(r"Availability: +\tDrain", out)
    assert re.search(r"node3 +Down +Active", out)
    assert not pathlib.Path("/run/swarm").exists() and not list(folder.glob("buoy-node*"))
    last = out[out.rindex("ID  "):]
    assert "node1" in last and "node3" in last and "node2" not in last
