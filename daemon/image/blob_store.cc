#include "daemon/image/blob_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/archive/rooted.h"
#include "common/archive/whiteout.h"
#include "common/digest/digest.h"
#include "common/unix/file.h"

namespace buoy::image {

BlobWriter::~BlobWriter() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Status BlobWriter::Write(std::string_view data) {
  BUOY_TRY(WriteAll(fd_.get(), data));
  hash_.Update(data);
  size_ += static_cast<int64_t>(data.size());
  return Ok();
}

Status BlobWriter::Reopen() {
  if (fd_.valid()) return Ok();
  BUOY_ASSIGN(fd_, buoy::Open(path_, O_WRONLY | O_APPEND));
  return Ok();
}

Result<Fd> BlobWriter::OpenForReading() const {
  return path_.empty() ? store_->OpenBlob(Digest()) : buoy::Open(path_, O_RDONLY);
}

Result<std::string> BlobWriter::Commit(const std::string& expected) {
  std::string digest = Digest();
  if (!expected.empty() && digest != expected) {
    return InvalidArgument("unexpected commit digest " + digest + ", expected " + expected);
  }
  if (store_->Has(digest)) return digest;
  if (!fd_.valid()) {
    BUOY_ASSIGN(fd_, buoy::Open(path_, O_WRONLY));
  }
  if (::fsync(fd_.get()) != 0) return ErrnoError("fsync " + path_);
  fd_.reset();
  const std::string target = store_->Path(digest);
  if (::rename(path_.c_str(), target.c_str()) != 0) return ErrnoError("rename " + path_);
  path_.clear();
  BUOY_ASSIGN(Fd folder, buoy::Open(store_->root_ + "/sha256", O_RDONLY | O_DIRECTORY));
  if (::fsync(folder.get()) != 0) return ErrnoError("fsync " + target);
  return digest;
}

Result<std::unique_ptr<BlobStore>> BlobStore::Open(const std::string& root) {
  BUOY_TRY(MakeDirs(root + "/sha256", 0700));
  BUOY_TRY(MakeDirs(root + "/.staging", 0700));
  return std::unique_ptr<BlobStore>(new BlobStore(root));
}

std::string BlobStore::Path(const std::string& digest) const {
  return root_ + "/sha256/" + DigestHex(digest);
}

Result<std::unique_ptr<BlobWriter>> BlobStore::NewWriter() {
  const std::string base = root_ + "/.staging/" + std::to_string(::getpid()) + "-";
  for (;;) {
    std::string path = base + std::to_string(next_++);
    auto fd = buoy::Open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd.ok()) {
      return std::unique_ptr<BlobWriter>(new BlobWriter(this, std::move(path), std::move(*fd)));
    }
    if (fd.error().sys_errno() != EEXIST) return std::move(fd).error();
  }
}

Result<std::string> BlobStore::Put(std::string_view data) {
  BUOY_ASSIGN(auto writer, NewWriter());
  BUOY_TRY(writer->Write(data));
  return writer->Commit();
}

bool BlobStore::Has(const std::string& digest) const {
  return IsDigest(digest) && PathExists(Path(digest));
}

Result<Fd> BlobStore::OpenBlob(const std::string& digest) const {
  BUOY_TRY(ValidateDigest(digest));
  auto fd = buoy::Open(Path(digest), O_RDONLY);
  if (!fd.ok() && fd.error().sys_errno() == ENOENT) {
    return NotFound("content digest " + digest + ": not found");
  }
  return fd;
}

Result<std::string> BlobStore::Read(const std::string& digest, size_t limit) const {
  BUOY_ASSIGN(Fd fd, OpenBlob(digest));
  FdSource source(fd.get());
  return ReadAll(source, limit);
}

Result<int64_t> BlobStore::Size(const std::string& digest) const {
  BUOY_ASSIGN(Fd fd, OpenBlob(digest));
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return ErrnoError("stat " + Path(digest));
  return static_cast<int64_t>(info.st_size);
}

Status BlobStore::Remove(const std::string& digest) {
  BUOY_TRY(ValidateDigest(digest));
  if (::unlink(Path(digest).c_str()) != 0 && errno != ENOENT) {
    return ErrnoError("unlink " + Path(digest));
  }
  return Ok();
}

Result<std::vector<std::string>> BlobStore::List() const {
  BUOY_ASSIGN(Fd folder, buoy::Open(root_ + "/sha256", O_PATH | O_DIRECTORY));
  BUOY_ASSIGN(auto names, ListFolder(folder.get()));
  std::vector<std::string> digests;
  for (const auto& name : names) {
    if (IsHex64(name)) digests.push_back(HexDigest(name));
  }
  return digests;
}

Result<BlobStore::Room> BlobStore::Free() const {
  struct statvfs info;
  if (::statvfs(root_.c_str(), &info) != 0) return ErrnoError("statfs " + root_);
  // What the daemon itself and its containers need to go on: 2 %, a GiB at most.
  const uint64_t reserve = std::min<uint64_t>(info.f_blocks * info.f_frsize / 50, 1u << 30);
  const uint64_t bytes = static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
  // File systems without a table of inodes say 0.
  const uint64_t files = info.f_files == 0 ? UINT64_MAX : info.f_favail - info.f_favail / 50;
  return Room{bytes > reserve ? bytes - reserve : 1, std::max<uint64_t>(files, 1)};
}

Error NamedForRoom(Error error) {
  const std::string& text = error.message();
  if (text.find("archive holds more than") == std::string::npos &&
      text.find("archive is larger than the limit") == std::string::npos) {
    return error;
  }
  return Error(ErrorKind::kInternal, "no space left on device", ENOSPC);
}

Status BlobStore::Collect(const std::function<bool(const std::string& digest)>& keep) {
  BUOY_ASSIGN(Fd staging, buoy::Open(root_ + "/.staging", O_PATH | O_DIRECTORY));
  BUOY_ASSIGN(auto staged, ListFolder(staging.get()));
  for (const auto& name : staged) BUOY_TRY(RemoveTreeAt(staging.get(), name));
  BUOY_ASSIGN(Fd folder, buoy::Open(root_ + "/sha256", O_PATH | O_DIRECTORY));
  BUOY_ASSIGN(auto names, ListFolder(folder.get()));
  for (const auto& name : names) {
    if (!IsHex64(name) || !keep(HexDigest(name))) BUOY_TRY(RemoveTreeAt(folder.get(), name));
  }
  return Ok();
}

}  // namespace buoy::image
