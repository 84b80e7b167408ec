#pragma once

#include <string>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::cli {

// Refuses what cp cannot write to: a missing folder, a device.
Status CheckOutputPath(const std::string& given);

// The target of -o: a file that appears under its name once Commit() was called, or stdout for "".
class OutputFile {
 public:
  // Errors: "invalid output path: stat x: no such file or directory", "cannot write to a
  // directory".
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
