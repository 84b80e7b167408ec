"""Images are tagged, listed, committed and removed by buoyd as by dockerd 20.10."""

import compare
import images_steps
import pytest

NEWER = {
    "rmi badly": ("28 names the repository (distribution/reference, normalize.go)",
                  [("repository name must", "repository name (library/Ghost) must")]),
}


@pytest.fixture(scope="module")
def outcomes():
    return compare.both(images_steps.STEPS)


def test_the_committed_image_runs(outcomes):
    for kind in ("dockerd", "buoy"):  # or the steps after it would compare failures
        assert outcomes[kind]["committed"] == (0, "hello\n", "")
        assert outcomes[kind]["committed env"] == (0, "1\n1\n", "")


@pytest.mark.parametrize("name", [step[0] for step in images_steps.STEPS])
def test_same(outcomes, name):
    compare.check(outcomes, name, NEWER)
