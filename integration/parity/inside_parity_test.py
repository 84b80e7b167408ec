"""A container of buoyd looks from inside as one of dockerd 20.10: rights, files, mounts, limits."""

import compare
import inside_steps
import pytest

NEWER = {
    "mount options": ("GHSA-6fw5-f8r9-fgfm: interrupts are masked", [
        ("/proc/irq proc", "/proc/interrupts tmpfs rw,nosuid,size=S,mode=755\n/proc/irq proc")]),
}


@pytest.fixture(scope="module")
def outcomes():
    return compare.both(inside_steps.STEPS)


@pytest.mark.parametrize("name", [step[0] for step in inside_steps.STEPS])
def test_same(outcomes, name):
    if name == "signals":  # dockerd passes on what whoever started it ignores
        none = "0" * 16
        assert outcomes["buoy"][name] == (0, f"SigBlk:\t{none}\nSigIgn:\t{none}\n", "")
        return
    compare.check(outcomes, name, NEWER)
