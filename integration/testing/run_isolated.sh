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
  for root in /sys/fs/cgroup /sys/fs/cgroup/*; do
    [ -d "$root/$BUOY_TEST_CGROUP" ] || continue
    for _ in 1 2 3 4 5; do
      find "$root/$BUOY_TEST_CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null && break
      sleep 0.2
    done
  done
  exit $status
fi

# Process 1 of the new pid namespace: bash reaps what is re-parented to it.
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
ip link set lo up
hostname buoytest
# A short path: Bazel's is longer than a unix socket's may be.
mkdir /run/t
mount --bind "${TEST_TMPDIR:-/tmp}" /run/t
export TEST_TMPDIR=/run/t TMPDIR=/run/t HOME=/run/t/home
mkdir -p "$HOME"
unset DOCKER_HOST DOCKER_CONFIG DOCKER_CONTEXT
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
export PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
/usr/bin/python3 -m pytest -q -p no:cacheprovider --rootdir="$here" -o junit_family=xunit1 \
  ${XML_OUTPUT_FILE:+--junitxml="$XML_OUTPUT_FILE"} "$@" &
wait $!
