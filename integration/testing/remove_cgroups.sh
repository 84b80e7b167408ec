#!/usr/bin/env bash
# remove_cgroups.sh PATTERN: the cgroups of tests that have ended, in every hierarchy; also in the one of
# hugetlb, which only tests of crun mount (crun_cgroups.sh) and which goes with its last cgroup.
if [ "${BUOY_PRIVATE_MOUNTS:-}" != 1 ]; then
  BUOY_PRIVATE_MOUNTS=1 exec unshare --mount --propagation private "${BASH:-bash}" "$0" "$@"
fi
if grep -q '^hugetlb[[:space:]]*[1-9]' /proc/cgroups && [ -d /sys/fs/cgroup/unified ] &&
  ! mountpoint -q /sys/fs/cgroup/hugetlb; then
  mount -t tmpfs tmpfs /mnt && mkdir /mnt/hugetlb && mount -t cgroup -o hugetlb cgroup /mnt/hugetlb
fi
for root in /sys/fs/cgroup /sys/fs/cgroup/* /mnt/hugetlb; do
  for folder in "$root"/$1; do
    [ -d "$folder" ] || continue
    for _ in 1 2 3 4 5; do
      find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null && break
      sleep 0.2
    done
  done
done
exit 0
