"""Steps that look at a container from inside: what it may do, what it sees, what limits it."""

# Nothing here may change the machine, whatever a container is given. What a process may do: each line is a command and how it ended, so that a seccomp rule, a capability
# or a mount flag that differs shows.
_MAY = (
    "for c in 'unshare -U true' 'unshare -n true' 'mount -t tmpfs x /mnt' 'mknod /tmp/n c 1 3' 'mknod /tmp/b b 7 0' "
    "'chown 1:1 /etc/group' 'hostname x' 'sysctl -w kernel.shmmax=1' "
    "'chroot / true' 'ip link add d0 type dummy' 'nice -n -5 true' 'dmesg' 'insmod /x.ko' 'umount /proc' "
    "'mount -o remount,rw /sys' 'pivot_root / /mnt' 'chrt -f 1 true' 'losetup /dev/loop0 /etc/passwd' "
    "'ping -q -c 1 -W 1 127.0.0.1' 'touch /proc/sys/x' 'touch /sys/x' 'cat /proc/kcore' 'ls /proc/acpi' "
    "'cat /proc/timer_list' 'cat /sys/firmware/x' 'renice -n -1 1' 'setsid true' 'su www-data -s /bin/true' "
    "'mount --bind /tmp /mnt' 'ionice -c 1 true'; do "
    "$c >/tmp/out 2>&1; echo \"$c: $? $(head -c 200 /tmp/out | head -2 | grep -vE 'PING|---')\"; done")


def _run(*options, command):
    return ["run", "--rm", *options, "busybox", "sh", "-c", command]


_STATUS = "grep -E '^(Cap|NoNew|Seccomp:|Groups|Uid|Gid)' /proc/self/status"

STEPS = [
    ("may", _run(command=_MAY)),
    ("may unprivileged", _run("-u", "1000:1000", command=_MAY)),
    ("may with sys_admin", _run("--cap-add", "SYS_ADMIN", command=_MAY)),
    ("may with net_admin", _run("--cap-add", "NET_ADMIN", command=_MAY)),
    ("may without seccomp", _run("--security-opt", "seccomp=unconfined", command=_MAY)),
    ("status", _run(command=_STATUS)),
    ("status of a user", _run("-u", "1000:33", "--group-add", "44", "--group-add", "audio", command=_STATUS)),
    ("status of a user by name", _run("-u", "www-data", command=_STATUS)),
    ("status with caps", _run("--cap-add", "SYS_PTRACE", "--cap-add", "CAP_NET_ADMIN", "--cap-drop", "mknod",
                              command=_STATUS)),
    ("status with one cap", _run("--cap-drop", "ALL", "--cap-add", "NET_RAW", "-u", "7", command=_STATUS)),
    ("status unconfined", _run("--security-opt", "seccomp=unconfined", "--security-opt",
                               "no-new-privileges", "-u", "5", command=_STATUS)),
    ("devices", _run(command="find /dev -type c -o -type b -o -type l | sort | "
                             "xargs stat -c '%n %F %A %t:%T %u:%g'")),
    ("device with rights", _run("--device", "/dev/zero:/dev/z:r", command="head -c 1 /dev/z | wc -c; "
                                "echo x >/dev/z; echo $?")),
    ("device cgroup rule", _run("--device-cgroup-rule", "c 1:* rmw", "--cap-add", "MKNOD",
                                command="mknod /tmp/m c 1 5; head -c 2 /tmp/m | wc -c")),
    ("mount options", _run(command="awk '$2 != \"/\" {print $2, $3, $4}' /proc/mounts | "
                                   "sed 's/size=[0-9]*k/size=S/;s/,inode64//;s/nr_inodes=[0-9]*/nr_inodes=N/' | grep -v '^/etc/' | sort")),
    ("mounts read-only", _run("--read-only", "--tmpfs", "/run", "-v", "/tmp:/t:ro",
                              command="awk '{print $2, $3, substr($4,1,2)}' /proc/mounts | grep -v ^/proc/interrupts | sort")),
    ("tmpfs options", _run("--tmpfs", "/a:rw,noexec,size=64k", "--mount",
                           "type=tmpfs,dst=/b,tmpfs-size=65536,tmpfs-mode=1770",
                           command="grep -E ' /[ab] ' /proc/mounts | cut -d' ' -f2-4 | sort; stat -c %a /a /b")),
    ("limits", _run("--ulimit", "core=0", "--ulimit", "nproc=50:60", "--ulimit", "fsize=1000000",
                    command="ulimit -a | grep -E 'core|processes|file size'; ulimit -Hu")),
    ("namespaces", _run("--uts", "host", "--ipc", "host", "--pid", "host",
                        command="test $(ls -d /proc/[0-9]* | wc -l) -gt 2; echo $?; hostname")),
    ("cgroup", _run(command="sed 's/[0-9a-f]\\{64\\}/ID/;s/buoy-test-[0-9-]*/PARENT/' /proc/self/cgroup | "
                            "grep -vE 'hugetlb|^0::' | cut -d: -f2- | sort")),
    ("cgroup values", _run("-m", "100m", "--memory-swap", "150m", "--memory-reservation", "50m",
                           "--cpu-shares", "512", "--cpu-period", "50000", "--cpu-quota", "25000",
                           "--cpuset-cpus", "0", "--pids-limit", "77", "--blkio-weight", "300",
                           command="cd /sys/fs/cgroup; for f in memory/memory.limit_in_bytes "
                           "memory/memory.memsw.limit_in_bytes memory/memory.soft_limit_in_bytes "
                           "cpu/cpu.shares cpu/cpu.cfs_period_us cpu/cpu.cfs_quota_us cpuset/cpuset.cpus "
                           "pids/pids.max; do echo $f $(cat $f); done")),
    ("oom score", _run("--oom-score-adj", "500", command="cat /proc/self/oom_score_adj")),
    ("sysctls", _run("--sysctl", "net.core.somaxconn=77", "--sysctl", "kernel.msgmax=9000",
                     command="cat /proc/sys/net/core/somaxconn /proc/sys/kernel/msgmax "
                             "/proc/sys/net/ipv4/ping_group_range /proc/sys/net/ipv4/ip_unprivileged_port_start")),
    ("unsafe sysctl", _run("--sysctl", "kernel.hostname=x", command="true")),
    ("environment", _run("-e", "A=1", "-e", "EMPTY=", "-e", "NOTTHERE", "-h", "box", "-w", "/tmp",
                         "-u", "33", command="env | grep -v SHLVL | sort")),
    ("environment on a terminal", ["run", "--rm", "-t", "-h", "box", "busybox", "env"]),
    ("hosts and name", _run("-h", "box", "--domainname", "example.org", "--add-host", "a:1.2.3.4", "--add-host",
                            "b=2.3.4.5", command="hostname; cat /etc/hostname; grep -vE '^(fe|ff)0' /etc/hosts")),
    ("host network", _run("--network", "host", command="ls /sys/class/net | sort | grep -E 'lo|docker0'; cat /etc/hosts | head -1")),
    ("root's files", _run(command="ls -lan / | awk '{print $1, $3, $4, $9}' | grep -vE 'mnt|total'; "
                                  "stat -c '%n %a' /etc/hosts /etc/hostname /etc/resolv.conf /.dockerenv; cat /.dockerenv | wc -c")),
    ("standard streams", _run("-i", command="ls -l /proc/self/fd | awk '{print $9}' | head -4; test -t 0; echo $?")),
    ("signals", _run(command="grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status | head -2")),
    ("process 1", _run("--init", command="cat /proc/1/comm; cat /proc/1/cmdline | tr '\\0' ' '")),
    ("volumes", _run("-v", "shared:/etc", "-v", "/anonymous", "--mount", "type=volume,src=other,dst=/o,readonly",
                     command="ls /etc | head -2; touch /o/x; touch /anonymous/x && echo written")),
    ("bind", _run("-v", "/usr/bin/env:/e:ro", "-v", "/tmp/made-by-bind:/m", command="test -f /e; echo $?; test -d /m; echo $?")),
    ("umask", _run(command="umask; touch /tmp/u; stat -c %a /tmp/u")),
    ("shm", _run("--ipc", "shareable", command="grep /dev/shm /proc/mounts | cut -d' ' -f1-4 | sed 's/,inode64//'")),
    ("cleanup volumes", ["volume", "rm", "shared", "other"]),
]
