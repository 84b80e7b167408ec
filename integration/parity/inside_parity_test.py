"""A container of buoyd looks from inside as one of dockerd 20.10: rights, files, mounts, limits."""

import compare
import inside_steps
import pytest

NEWER = {
    "mount options": ("GHSA-6fw5-f8r9-fgfm: interrupts are masked", [
        ("/proc/irq proc", "/proc/interrupts tmpfs rw,nosuid,size=S,mode=755\n/proc/irq proc")]),
}
_PROC = "ro,nosuid,nodev,noexec,relatime"
NEWER = compare.also_crun(NEWER, {
    "devices": [("/dev/fd ", "/dev/core symbolic link lrwxrwxrwx 0:0 0:0\n/dev/fd ")],
    # It mounts what is masked or read-only in another way; masked all the same.
    "mount options": [
        *((f"/proc/{name} proc {_PROC}", f"/proc/{name} proc ro,relatime")
          for name in ("bus", "fs", "irq", "sys")),
        *((f"/proc/{name} tmpfs rw,nosuid,size=S,mode=755",
           f"/proc/{name} devtmpfs ro,relatime,size=S,nr_inodes=N,mode=755")
          for name in ("interrupts", "keys", "timer_list")),
        ("/proc/acpi tmpfs ro,relatime", "/proc/acpi tmpfs ro,relatime,size=S"),
        ("/sys/firmware tmpfs ro,relatime", "/sys/firmware tmpfs ro,relatime,size=S"),
        ("/sys/fs/cgroup tmpfs rw,nosuid,nodev,noexec,relatime,mode=755",
         "/sys/fs/cgroup tmpfs rw,nosuid,nodev,noexec,relatime,size=S"),
    ],
    "mounts read-only": [(f"/proc/{name} tmpfs rw", f"/proc/{name} devtmpfs ro")
                         for name in ("keys", "timer_list")],
})


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
