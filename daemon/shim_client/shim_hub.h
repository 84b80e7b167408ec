#pragma once

#include <cstdint>
#include <memory>

#include "common/result/result.h"

namespace buoy::shim {

class ShimClient;

// The two threads that all ShimClients of a process share: one epoll reader, which completes the
// requests, and one that runs the handlers (so a handler may make requests of any shim, but a slow
// one delays the records of all). Destroy it after its clients have been closed or released.
class ShimHub {
 public:
  static Result<std::unique_ptr<ShimHub>> Create();
  ~ShimHub();
  ShimHub(const ShimHub&) = delete;
  ShimHub& operator=(const ShimHub&) = delete;

  class Impl;  // internal

 private:
  friend class ShimClient;
  explicit ShimHub(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace buoy::shim
