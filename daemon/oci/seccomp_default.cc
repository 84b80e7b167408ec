#include "daemon/oci/seccomp.h"

// Docker's default policy: what a container may call. Everything else fails with EPERM.
namespace buoy::oci {
namespace {

constexpr char kAllow[] = "SCMP_ACT_ALLOW";
constexpr char kErrno[] = "SCMP_ACT_ERRNO";
constexpr uint32_t kEperm = 1;
constexpr uint32_t kEnosys = 38;

// Harmless in any container. Names unknown to this machine's libseccomp are skipped by the runtime.
constexpr char kAlways[] =
    // Sockets.
    "accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom "
    "recvmmsg recvmmsg_time64 recvmsg send sendfile sendfile64 sendmmsg sendmsg sendto "
    "setsockopt shutdown socketcall socketpair "
    // Asynchronous and event I/O.
    "_newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait "
    "epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 fanotify_mark "
    "inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy "
    "io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit poll ppoll "
    "ppoll_time64 pselect6 pselect6_time64 select signalfd signalfd4 timerfd_create "
    "timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 "
    // Signals.
    "kill pause pidfd_send_signal restart_syscall rt_sigaction rt_sigpending "
    "rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait "
    "rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack sigprocmask sigreturn tgkill "
    "tkill "
    // Time.
    "adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 "
    "clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 getitimer "
    "gettimeofday nanosleep setitimer time timer_create timer_delete timer_getoverrun "
    "timer_gettime timer_gettime64 timer_settime timer_settime64 times "
    // Locks and scheduling.
    "futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake get_robust_list "
    "getcpu ioprio_get ioprio_set membarrier rseq sched_get_priority_max "
    "sched_get_priority_min sched_getaffinity sched_getattr sched_getparam "
    "sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 "
    "sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield "
    "set_robust_list "
    // System V and POSIX IPC.
    "ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 "
    "mq_timedsend mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd semctl "
    "semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget "
    // Memory.
    "brk madvise map_shadow_stack memfd_create memfd_secret mincore mlock mlock2 "
    "mlockall mmap mmap2 mprotect mremap mseal msync munlock munlockall munmap "
    "pkey_alloc pkey_free pkey_mprotect process_mrelease remap_file_pages "
    // Identities.
    "capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups "
    "getgroups32 getpgid getpgrp getresgid getresgid32 getresuid getresuid32 getsid "
    "getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups "
    "setgroups32 setpgid setregid setregid32 setresgid setresgid32 setresuid setresuid32 "
    "setreuid setreuid32 setsid setuid setuid32 "
    // Processes.
    "execve execveat exit exit_group fork get_thread_area getpid getppid getpriority "
    "getrlimit getrusage gettid landlock_add_rule landlock_create_ruleset "
    "landlock_restrict_self pidfd_open prctl prlimit64 riscv_hwprobe seccomp "
    "set_thread_area set_tid_address setpriority setrlimit ugetrlimit uretprobe vfork "
    "wait4 waitid waitpid "
    // Extended attributes.
    "fgetxattr flistxattr fremovexattr fsetxattr getxattr getxattrat lgetxattr listxattr "
    "listxattrat llistxattr lremovexattr lsetxattr removexattr removexattrat setxattr "
    "setxattrat "
    // System.
    "getrandom sysinfo umask uname "
    // Files.
    "_llseek access cachestat chdir chmod chown chown32 close close_range "
    "copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64 fadvise64_64 "
    "fallocate fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 "
    "fdatasync flock fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate "
    "ftruncate64 futimesat getcwd getdents getdents64 ioctl lchown lchown32 link linkat "
    "listmount lseek lstat lstat64 mkdir mkdirat mknod mknodat name_to_handle_at "
    "newfstatat open openat openat2 pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev "
    "pwritev2 read readahead readlink readlinkat readv rename renameat renameat2 rmdir "
    "splice stat stat64 statfs statfs64 statmount statx symlink symlinkat sync "
    "sync_file_range syncfs tee truncate truncate64 unlink unlinkat utime utimensat "
    "utimensat_time64 utimes vmsplice write writev ";

// Allowed to whoever holds the capability.
struct ByCapability {
  const char* capability;
  const char* names;
};
constexpr ByCapability kByCapability[] = {
    {"CAP_DAC_READ_SEARCH", "open_by_handle_at"},
    {"CAP_SYS_ADMIN",
     "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie "
     "lsm_get_self_attr lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount "
     "open_tree "
     "perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount umount2 "
     "unshare"},
    {"CAP_SYS_BOOT", "reboot"},
    {"CAP_SYS_CHROOT", "chroot"},
    {"CAP_SYS_MODULE", "delete_module finit_module init_module"},
    {"CAP_SYS_PACCT", "acct"},
    {"CAP_SYS_PTRACE",
     "kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace"},
    {"CAP_SYS_RAWIO", "ioperm iopl"},
    {"CAP_SYS_TIME", "clock_settime clock_settime64 settimeofday stime"},
    {"CAP_SYS_TTY_CONFIG", "vhangup"},
    {"CAP_SYS_NICE", "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"},
    {"CAP_SYSLOG", "syslog"},
    {"CAP_BPF", "bpf"},
    {"CAP_PERFMON", "perf_event_open"},
};

// Exists or is needed on these architectures (Go's names, space separated) only.
struct ByArch {
  const char* arches;
  const char* names;
};
constexpr ByArch kByArch[] = {
    {"ppc64le", "swapcontext sync_file_range2"},
    {"arm arm64",
     "arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2"},
    {"amd64 x32", "arch_prctl"},
    {"amd64 x32 x86", "modify_ldt"},
    {"s390 s390x", "s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr"},
    {"riscv64", "riscv_flush_icache"},
};

// Architectures that a process may switch to, beside the host's.
struct ArchFamily {
  const char* arch;
  const char* sub;
};
constexpr ArchFamily kArches[] = {
    {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86 SCMP_ARCH_X32"},
    {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"},
    {"SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS SCMP_ARCH_MIPS64N32"},
    {"SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPS SCMP_ARCH_MIPS64"},
    {"SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL SCMP_ARCH_MIPSEL64N32"},
    {"SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_MIPSEL SCMP_ARCH_MIPSEL64"},
    {"SCMP_ARCH_S390X", "SCMP_ARCH_S390"},
    {"SCMP_ARCH_RISCV64", ""},
    {"SCMP_ARCH_LOONGARCH64", ""},
};

// The flags of clone(2) that make namespaces: NS, CGROUP, UTS, IPC, USER, PID, NET.
constexpr uint64_t kCloneNamespaces = 0x7E020000;

// Kernel crypto and VM sockets are the address families a container does not get.
constexpr uint64_t kAfAlg = 38;
constexpr uint64_t kAfVsock = 40;

std::vector<std::string> Words(const char* text) {
  std::vector<std::string> words;
  std::string word;
  for (const char* p = text;; ++p) {
    if (*p != ' ' && *p != 0) {
      word += *p;
      continue;
    }
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
    if (*p == 0) return words;
  }
}

SeccompRule Allow(std::vector<std::string> names) {
  SeccompRule rule;
  rule.names = std::move(names);
  rule.action = kAllow;
  return rule;
}

SeccompRule AllowWith(const char* name, uint32_t index, const char* op, uint64_t value,
                      uint64_t value_two = 0) {
  SeccompRule rule = Allow({name});
  rule.args.push_back({index, value, value_two, op});
  return rule;
}

void AddArgumentRules(std::vector<SeccompRule>& rules) {
  rules.push_back(AllowWith("socket", 0, "SCMP_CMP_LT", kAfAlg));
  rules.push_back(AllowWith("socket", 0, "SCMP_CMP_EQ", kAfAlg + 1));
  rules.push_back(AllowWith("socket", 0, "SCMP_CMP_GT", kAfVsock));
  // PER_LINUX, PER_LINUX32, each with UNAME26 too, and the query.
  for (uint64_t persona : {0x0ull, 0x8ull, 0x20000ull, 0x20008ull, 0xffffffffull}) {
    rules.push_back(AllowWith("personality", 0, "SCMP_CMP_EQ", persona));
  }
}

// clone without new namespaces; clone3, whose flags cannot be inspected, looks unimplemented.
void AddCloneRules(std::vector<SeccompRule>& rules) {
  SeccompRule clone = AllowWith("clone", 0, "SCMP_CMP_MASKED_EQ", kCloneNamespaces);
  clone.excludes = {{"CAP_SYS_ADMIN"}, {"s390", "s390x"}, ""};
  rules.push_back(clone);
  SeccompRule swapped = AllowWith("clone", 1, "SCMP_CMP_MASKED_EQ", kCloneNamespaces);
  swapped.includes = {{}, {"s390", "s390x"}, ""};
  swapped.excludes = {{"CAP_SYS_ADMIN"}, {}, ""};
  rules.push_back(swapped);
  SeccompRule clone3;
  clone3.names = {"clone3"};
  clone3.action = kErrno;
  clone3.errno_ret = kEnosys;
  clone3.excludes = {{"CAP_SYS_ADMIN"}, {}, ""};
  rules.push_back(clone3);
}

SeccompProfile Build() {
  SeccompProfile profile;
  profile.default_action = kErrno;
  profile.default_errno_ret = kEperm;
  for (const auto& [arch, sub] : kArches) {
    SeccompArch entry;
    entry.architecture = arch;
    entry.sub_architectures = Words(sub);
    profile.arch_map.push_back(std::move(entry));
  }
  auto& rules = profile.syscalls;
  rules.push_back(Allow(Words(kAlways)));
  SeccompRule tracing = Allow({"process_vm_readv", "process_vm_writev", "ptrace"});
  tracing.includes = {{}, {}, "4.8"};  // older kernels let ptrace change syscalls behind the filter
  rules.push_back(tracing);
  AddArgumentRules(rules);
  for (const auto& [arches, names] : kByArch) {
    rules.push_back(Allow(Words(names)));
    rules.back().includes = {{}, Words(arches), ""};
  }
  for (const auto& [capability, names] : kByCapability) {
    rules.push_back(Allow(Words(names)));
    rules.back().includes = {{capability}, {}, ""};
  }
  AddCloneRules(rules);
  return profile;
}

}  // namespace

const SeccompProfile& DefaultSeccompProfile() {
  static const SeccompProfile profile = Build();
  return profile;
}

}  // namespace buoy::oci
