#!/usr/bin/env bash
# Runs pytest files in pid, mount, network, uts and ipc namespaces of their own, so that whatever a
# test starts ends with it, even when it is interrupted: no process, mount or interface is left.
#   run_isolated.sh FILE.py...        (started by Bazel: see integration/testing/defs.bzl)
set -euo pipefail

if [ "${BUOY_ISOLATED:-}" != 1 ]; then
  export BUOY_ISOLATED=1
  export BUOY_TEST_CGROUP=buoy-test-$$-$RANDOM
  status=0
  unshare --pid --mount --net --uts --ipc --fork --kill-child=KILL --propagation private \
    "${BASH:-bash}" "$0" "$@" || status=$?
  "$(dirname "$(readlink -f "$0")")/remove_cgroups.sh" "$BUOY_TEST_CGROUP"
  exit $status
fi

# Process 1 of the new pid namespace: bash reaps what is re-parented to it.
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
ip link set lo up
hostname buoytest
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
# Which runtime is the default does not depend on what ran before on this machine.
if [ "${BUOY_TEST_CRUN:-}" = 1 ]; then
  . "$here/crun_cgroups.sh"
elif crun=$(command -v crun); then
  mount --bind /dev/null "$crun"
fi
# A short path: Bazel's is longer than a unix socket's may be.
mkdir /run/t
mount --bind "${TEST_TMPDIR:-/tmp}" /run/t
export TEST_TMPDIR=/run/t TMPDIR=/run/t HOME=/run/t/home
mkdir -p "$HOME"
unset DOCKER_HOST DOCKER_CONFIG DOCKER_CONTEXT
export PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
/usr/bin/python3 -m pytest -q -p no:cacheprovider --rootdir="$here" -o junit_family=xunit1 \
  ${XML_OUTPUT_FILE:+--junitxml="$XML_OUTPUT_FILE"} "$@" &
wait $!
