#include "common/unix/sealed_program.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

#include <cerrno>

#include "common/unix/same_file.h"

namespace buoy {
namespace {

Fd MakeMemory(const std::string& name) {
  constexpr unsigned kExecutable = 0x0010;  // MFD_EXEC, of kernels since 6.3
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  Fd fd(memfd_create(name.c_str(), kFlags | kExecutable));
  if (!fd && errno == EINVAL) fd.reset(memfd_create(name.c_str(), kFlags));
  return fd;
}

}  // namespace

Result<SealedProgram> SealedProgram::Copy(const std::string& path) {
  SealedProgram program;
  program.path_ = path;
  const Fd source(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source || fstat(source.get(), &program.copied_) != 0) return ErrnoError("open " + path);
  program.fd_ = MakeMemory(path.substr(path.rfind('/') + 1));
  if (!program.fd_) return ErrnoError("memfd_create");
  constexpr size_t kChunk = 1 << 20;
  ssize_t sent;
  while ((sent = sendfile(program.fd_.get(), source.get(), nullptr, kChunk)) != 0) {
    if (sent < 0 && errno != EINTR) return ErrnoError("copy " + path);
  }
  constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  if (fcntl(program.fd_.get(), F_ADD_SEALS, kSeals) != 0) return ErrnoError("seal " + path);
  if (!program.Current()) return Internal(path + " changed while it was copied");
  return program;
}

bool SealedProgram::Current() const {
  struct stat now;
  return stat(path_.c_str(), &now) == 0 && SameFile(now, copied_);
}

}  // namespace buoy
