#include "cli/command/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "cli/flags/quote.h"
#include "common/unix/file.h"

namespace buoy::cli {

namespace {

std::string FolderOf(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Status CheckOutputPath(const std::string& given) {
  std::string path = given;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  std::string dir = FolderOf(path);
  if (path.empty() || (dir != "." && !PathExists(dir))) {
    return InvalidArgument("invalid output path: directory " + Quote(dir) + " does not exist");
  }
  struct stat info {};
  if (stat(path.c_str(), &info) == 0 && !S_ISDIR(info.st_mode) && !S_ISREG(info.st_mode)) {
    return InvalidArgument("invalid output path: " + Quote(path) +
                           " must be a directory or a regular file: got a device");
  }
  return Ok();
}

Result<OutputFile> OutputFile::Create(const std::string& path) {
  OutputFile out;
  if (path.empty()) return out;
  out.path_ = path;
  std::string dir = FolderOf(path);
  struct stat info {};
  if (stat(dir.c_str(), &info) != 0) {
    return std::move(ErrnoError("stat " + dir)).Context("invalid output path");
  }
  if (!S_ISDIR(info.st_mode))
    return InvalidArgument("invalid output path: parent path is not a directory");
  if (stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return InvalidArgument("cannot write to a directory");
    if (!S_ISREG(info.st_mode)) {
      return InvalidArgument(S_ISBLK(info.st_mode) || S_ISCHR(info.st_mode)
                                 ? "cannot write to a device file"
                                 : "cannot write to an irregular file");
    }
  }
  std::string pattern = dir + "/.tmp-buoy-XXXXXX";
  int fd = mkostemp(pattern.data(), O_CLOEXEC);
  if (fd < 0) return ErrnoError("open " + path);
  out.file_ = Fd(fd);
  out.temporary_ = pattern;
  return out;
}

OutputFile::~OutputFile() {
  if (file_.valid() && !temporary_.empty()) unlink(temporary_.c_str());
}

int OutputFile::fd() const { return file_.valid() ? file_.get() : STDOUT_FILENO; }

Status OutputFile::Commit() {
  if (!file_.valid()) return Ok();
  if (rename(temporary_.c_str(), path_.c_str()) != 0) return ErrnoError("rename " + path_);
  temporary_.clear();
  file_.reset();
  return Ok();
}

}  // namespace buoy::cli
