#include "common/unix/netns.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>

#include "common/unix/file.h"

namespace buoy {

namespace {

Status RunInThread(const std::function<Status()>& action) {
  Status status;
  try {
    std::thread([&] { status = action(); }).join();
  } catch (const std::system_error& error) {
    return ErrnoError("clone", error.code().value());
  }
  return status;
}

Status UnshareAndBind(const std::string& path, Fd& netns) {
  if (unshare(CLONE_NEWNET) != 0) return ErrnoError("unshare netns");
  const std::string own = "/proc/thread-self/ns/net";
  BUOY_ASSIGN(netns, Open(own, O_RDONLY));
  if (mount(own.c_str(), path.c_str(), "none", MS_BIND, nullptr) != 0) {
    return ErrnoError("mount " + path);
  }
  return Ok();
}

}  // namespace

Result<NetnsFile> NetnsFile::Create(const std::string& path) {
  BUOY_TRY(buoy::Open(path, O_RDONLY | O_CREAT | O_EXCL, 0444));
  Fd netns;
  Status status = RunInThread([&] { return UnshareAndBind(path, netns); });
  if (!status.ok()) {
    unlink(path.c_str());
    return std::move(status).error();
  }
  return NetnsFile(path, std::move(netns));
}

Result<NetnsFile> NetnsFile::Open(const std::string& path) {
  auto fd = buoy::Open(path, O_RDONLY);
  if (!fd.ok()) {
    ErrorKind kind = fd.error().sys_errno() == ENOENT ? ErrorKind::kNotFound : ErrorKind::kInternal;
    return std::move(fd).error().WithKind(kind);
  }
  struct statfs stat;
  if (fstatfs(fd->get(), &stat) != 0) return ErrnoError("statfs " + path);
  if (stat.f_type != NSFS_MAGIC) return NotFound("no network namespace at " + path);
  return NetnsFile(path, std::move(*fd));
}

Status NetnsFile::Remove(const std::string& path) {
  if (umount2(path.c_str(), MNT_DETACH) != 0 && errno != EINVAL && errno != ENOENT) {
    return ErrnoError("unmount " + path);
  }
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return ErrnoError("unlink " + path);
  return Ok();
}

Status RunInNetns(int netns_fd, const std::function<Status()>& action) {
  return RunInThread([&]() -> Status {
    if (setns(netns_fd, CLONE_NEWNET) != 0) return ErrnoError("setns");
    return action();
  });
}

}  // namespace buoy
