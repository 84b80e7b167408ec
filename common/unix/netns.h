#pragma once

#include <functional>
#include <string>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy {

// A network namespace kept alive by a bind mount of it on a file.
class NetnsFile {
 public:
  // Creates a fresh namespace and binds it at `path` (its folder must exist). The caller's own
  // namespace is not touched: a throw-away thread unshares.
  static Result<NetnsFile> Create(const std::string& path);
  // Takes over an existing file; NotFound when there is none or nothing is mounted on it.
  static Result<NetnsFile> Open(const std::string& path);
  // Unmounts and deletes the file; its processes and open descriptors keep the namespace alive.
  // A missing file is no error.
  static Status Remove(const std::string& path);

  const std::string& path() const { return path_; }
  // An open descriptor of the namespace (for setns and netlink).
  int fd() const { return fd_.get(); }

 private:
  NetnsFile(std::string path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  Fd fd_;
};

// Runs `action` in a throw-away thread inside the namespace; sockets it opens belong there, and
// /proc/sys/net is that namespace's.
Status RunInNetns(int netns_fd, const std::function<Status()>& action);

}  // namespace buoy
