#include "common/unix/mount_tree.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "common/unix/file.h"

namespace buoy {

namespace {

constexpr int kMaxLinks = 40;

Fd InRoot(int root, const std::string& path, uint64_t flags, mode_t mode = 0) {
  open_how how = {};
  how.flags = flags | O_CLOEXEC;
  how.mode = mode;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const std::string name = path.empty() ? "." : path;
  for (;;) {
    Fd fd(static_cast<int>(::syscall(SYS_openat2, root, name.c_str(), &how, sizeof how)));
    if (fd.valid() || (errno != EINTR && errno != EAGAIN)) return fd;
  }
}

std::string ReadLink(int folder, const std::string& name) {
  std::string target(4096, '\0');
  const ssize_t length = ::readlinkat(folder, name.c_str(), target.data(), target.size());
  target.resize(length < 0 ? 0 : static_cast<size_t>(length));
  return target;
}

// The mount point in the root, made as the runtimes make it: also where links point that lead to
// nothing yet.
Result<Fd> MountPointIn(int root, std::string destination, bool is_folder) {
  int links = 0;
  for (size_t at = 0; at != std::string::npos;) {
    at = destination.find('/', at + 1);
    const bool last = at == std::string::npos;
    const std::string path = destination.substr(0, at);
    if (InRoot(root, path, O_PATH).valid()) continue;
    if (errno != ENOENT) return ErrnoError("open " + path);
    const size_t cut = path.rfind('/');
    Fd parent = InRoot(root, path.substr(0, cut), O_PATH | O_DIRECTORY);
    if (!parent.valid()) return ErrnoError("open " + path.substr(0, cut));
    const std::string name = path.substr(cut + 1);
    if (std::string target = ReadLink(parent.get(), name); !target.empty()) {
      if (++links > kMaxLinks) return ErrnoError("open " + destination, ELOOP);
      if (target[0] != '/') target.insert(0, path.substr(0, cut + 1));
      destination = target + destination.substr(path.size());
      at = 0;
      continue;
    }
    const int made = last && !is_folder ? ::mknodat(parent.get(), name.c_str(), S_IFREG | 0644, 0)
                                        : ::mkdirat(parent.get(), name.c_str(), 0755);
    if (made != 0 && errno != EEXIST) return ErrnoError("create " + path);
  }
  Fd made = InRoot(root, destination, O_PATH);
  if (!made.valid()) return ErrnoError("open " + destination);
  return made;
}

Status SetAttributes(int tree, uint64_t set, uint64_t propagation, bool recursive) {
  mount_attr attributes = {};
  attributes.attr_set = set;
  attributes.propagation = propagation;
  const unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
  if (::mount_setattr(tree, "", flags, &attributes, sizeof attributes) != 0) {
    return ErrnoError("mount_setattr");
  }
  return Ok();
}

// In a thread of its own, whose namespace is then left to its descriptor.
Status Enter(const std::string& root_path, const std::vector<PrivateRoot::Tree>& trees, Fd* root) {
  if (::unshare(CLONE_NEWNS | CLONE_FS) != 0) return ErrnoError("unshare");
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return ErrnoError("make mounts private");
  }
  BUOY_ASSIGN(*root, Open(root_path, O_PATH | O_DIRECTORY));
  // The rest of the host goes, so that a long copy keeps none of its mounts busy.
  if (::fchdir(root->get()) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0 ||
      ::umount2(".", MNT_DETACH) != 0) {
    return ErrnoError("enter " + root_path);
  }
  for (const auto& tree : trees) {
    BUOY_ASSIGN(Fd target, MountPointIn(root->get(), tree.destination, tree.is_folder));
    BUOY_TRY_CONTEXT(AttachTree(tree.fd.get(), target.get()), "mount " + tree.destination);
  }
  return Ok();
}

}  // namespace

Result<Fd> CloneTree(int fd, bool recursive) {
  const unsigned flags = AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
                         (recursive ? unsigned{AT_RECURSIVE} : 0u);
  Fd tree(::open_tree(fd, "", flags));
  if (!tree.valid()) return ErrnoError("open_tree");
  BUOY_TRY(SetAttributes(tree.get(), 0, MS_PRIVATE, true));
  return tree;
}

Status MakeTreeReadOnly(int tree_fd, bool recursive) {
  return SetAttributes(tree_fd, MOUNT_ATTR_RDONLY, 0, recursive);
}

Status AttachTree(int tree_fd, int target_fd) {
  if (::move_mount(tree_fd, "", target_fd, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) !=
      0) {
    return ErrnoError("move_mount");
  }
  return Ok();
}

Result<PrivateRoot> PrivateRoot::Create(const std::string& root, const std::vector<Tree>& trees) {
  PrivateRoot result;
  Status status;
  std::thread([&] {
    status = [&]() -> Status {
      // /proc cannot be reached from within.
      BUOY_ASSIGN(Fd self, Open("/proc/thread-self", O_PATH | O_DIRECTORY));
      BUOY_TRY(Enter(root, trees, &result.root_));
      result.namespace_ = Fd(::openat(self.get(), "ns/mnt", O_RDONLY | O_CLOEXEC));
      if (!result.namespace_.valid()) return ErrnoError("open mount namespace");
      return Ok();
    }();
  }).join();
  if (!status.ok()) return std::move(status).error();
  return result;
}

}  // namespace buoy
