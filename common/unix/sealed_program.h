#pragma once

#include <sys/stat.h>

#include <string>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy {

// A program in memory that nothing can change any more (memfd with every seal). crun, which copies
// itself to one before it does anything (CVE-2019-5736), starts from it without that work.
class SealedProgram {
 public:
  // kInternal when the file cannot be read or the kernel has no memfd.
  static Result<SealedProgram> Copy(const std::string& path);

  // To be executed with execveat(fd, "", ..., AT_EMPTY_PATH); close-on-exec.
  int fd() const { return fd_.get(); }
  // The path still names what was copied.
  bool Current() const;

 private:
  std::string path_;
  struct stat copied_ = {};
  Fd fd_;
};

}  // namespace buoy
