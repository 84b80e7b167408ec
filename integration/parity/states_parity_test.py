"""Containers pass through their states on buoyd as on dockerd 20.10, and lists and logs show it alike."""

import compare
import pytest
import states_steps

_LOWER = ("errors begin in lower case (moby v28 daemon/errors.go, errNotRunning)",
          [("Container <id>", "container <id>")])

NEWER = {"top stopped": _LOWER, "pause stopped": _LOWER}


@pytest.fixture(scope="module")
def outcomes():
    return compare.both(states_steps.STEPS)


@pytest.mark.parametrize("name", [step[0] for step in states_steps.STEPS])
def test_same(outcomes, name):
    compare.check(outcomes, name, NEWER)
