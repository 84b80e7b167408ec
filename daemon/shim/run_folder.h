#pragma once

#include <string>

#include "common/unix/fd.h"

namespace buoy::shim {

// The folder that a container's runs work in (the bundle, below the daemon's exec root): also the
// working directory, since paths of unix sockets are short. Its files can be written again when
// somebody has wiped /run.
class RunFolder {
 public:
  // Makes it the working directory and keeps its files open; false with errno.
  bool Enter(const std::string& path);
  // Makes the folder and its files once more where they are missing; false with errno.
  bool Restore(const std::string& path);

 private:
  Fd config_, health_;
};

}  // namespace buoy::shim
