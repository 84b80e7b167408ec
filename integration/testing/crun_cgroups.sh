# Sourced in a mount namespace of one's own, with a /run of one's own.
# crun refuses a hybrid cgroup layout whose hugetlb is on v2. Here it gets a v1 hierarchy, in a copy of
# /sys/fs/cgroup that nobody else sees.
cgroups=/sys/fs/cgroup
if [ -d $cgroups/unified ] && ! mountpoint -q $cgroups/hugetlb; then
  mkdir /run/cgroup
  mount -t tmpfs -o mode=755 tmpfs /run/cgroup
  for hierarchy in $cgroups/*/; do
    name=$(basename "$hierarchy")
    mkdir -p "/run/cgroup/$name"
    ! mountpoint -q "$hierarchy" || mount --bind "$hierarchy" "/run/cgroup/$name"
  done
  mkdir -p /run/cgroup/hugetlb
  mount -t cgroup -o hugetlb cgroup /run/cgroup/hugetlb
  mount --move /run/cgroup $cgroups
fi
