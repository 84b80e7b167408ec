#pragma once

#include <sys/types.h>

#include <string>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::server {

// That no second daemon uses the same roots. The lock on <data-root>/lock ends with the process,
// however that ends; the pid file is for people and scripts.
class InstanceLock {
 public:
  // kConflict while another daemon has this data root.
  static Result<InstanceLock> Take(const std::string& lock_path);
  // The lock that another process has taken and passed on by its descriptor: the two share it.
  static InstanceLock Share(Fd fd) { return InstanceLock(std::move(fd)); }

  int fd() const { return fd_.get(); }

  InstanceLock(InstanceLock&&) = default;
  InstanceLock& operator=(InstanceLock&&) = default;

 private:
  explicit InstanceLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

// Docker's pid file: refused while the process it names runs; removed by the destructor when it
// still names this process.
class Pidfile {
 public:
  // `predecessor` is a daemon that is being replaced.
  static Result<Pidfile> Write(const std::string& path, pid_t predecessor = 0);
  Pidfile(Pidfile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Pidfile& operator=(Pidfile&&) = delete;
  ~Pidfile();

 private:
  explicit Pidfile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace buoy::server
