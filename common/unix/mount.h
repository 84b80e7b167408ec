#pragma once

#include <string>
#include <utility>

#include "common/result/result.h"

namespace buoy {

// Owner of a mount point: the destructor unmounts it (lazily) unless released.
class Mount {
 public:
  Mount() = default;
  Mount(Mount&& other) noexcept : target_(std::exchange(other.target_, {})) {}
  Mount& operator=(Mount&& other) noexcept {
    if (this != &other) {
      reset();
      target_ = std::exchange(other.target_, {});
    }
    return *this;
  }
  ~Mount() { reset(); }

  // mount(2); the error text is "mount TARGET: strerror".
  static Result<Mount> Create(const std::string& source, const std::string& target,
                              const std::string& type, unsigned long flags,
                              const std::string& data = "");

  const std::string& target() const { return target_; }
  // The mount stays; the caller is responsible for it.
  std::string release() { return std::exchange(target_, {}); }
  void reset();

 private:
  explicit Mount(std::string target) : target_(std::move(target)) {}
  std::string target_;
};

// umount2(MNT_DETACH); a path that is missing or no mount point is no error.
Status Unmount(const std::string& target);

}  // namespace buoy
