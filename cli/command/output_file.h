#pragma once

#include <string>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::cli {

// The target of -o: a file that appears under its name once Commit() was called, or stdout for "".
class OutputFile {
 public:
  // Errors: `invalid output path: directory "x" does not exist`, "... got a device".
  static Result<OutputFile> Create(const std::string& path);
  OutputFile(OutputFile&&) = default;
  ~OutputFile();

  int fd() const;
  Status Commit();

 private:
  OutputFile() = default;
  std::string path_, temporary_;
  Fd file_;
};

}  // namespace buoy::cli
