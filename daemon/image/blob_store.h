#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/archive/stream.h"
#include "common/digest/sha256.h"
#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::image {

class BlobStore;

// A blob being written to a temporary file; it is hashed on the way. Unless it is put into the
// store by Commit(), it vanishes with this object.
class BlobWriter : public ByteSink {
 public:
  ~BlobWriter() override;
  BlobWriter(const BlobWriter&) = delete;
  BlobWriter& operator=(const BlobWriter&) = delete;

  Status Write(std::string_view data) override;
  int64_t size() const { return size_; }
  std::string Digest() const { return hash_.Digest(); }
  // What was written, from its beginning; may be read while or after writing, also when committed.
  Result<Fd> OpenForReading() const;
  // Nothing more will be written: gives back the descriptor.
  void Seal() { fd_.reset(); }
  // After Seal(): more will be written after all.
  Status Reopen();
  // Makes it durable and visible under its digest, which is returned; with `expected` not empty,
  // another digest is refused. A blob that is there already stays.
  Result<std::string> Commit(const std::string& expected = "");

 private:
  friend class BlobStore;
  BlobWriter(BlobStore* store, std::string path, Fd fd)
      : store_(store), path_(std::move(path)), fd_(std::move(fd)) {}

  BlobStore* store_;
  std::string path_;
  Fd fd_;
  Sha256 hash_;
  int64_t size_ = 0;
};

// Content-addressed files: <root>/sha256/<hex>, <root>/.staging for what is being written.
// Thread-safe. A blob's file never changes once it is visible.
class BlobStore {
 public:
  static Result<std::unique_ptr<BlobStore>> Open(const std::string& root);

  Result<std::unique_ptr<BlobWriter>> NewWriter();
  // Writes a small blob whole; returns its digest.
  Result<std::string> Put(std::string_view data);
  bool Has(const std::string& digest) const;
  Result<Fd> OpenBlob(const std::string& digest) const;  // kNotFound
  Result<std::string> Read(const std::string& digest, size_t limit = 16u << 20) const;
  Result<int64_t> Size(const std::string& digest) const;
  Status Remove(const std::string& digest);  // missing = fine
  Result<std::vector<std::string>> List() const;
  // What may be written without filling the file system to the brim; at least 1 of each.
  struct Room {
    uint64_t bytes, files;
  };
  Result<Room> Free() const;
  // Removes staged files and every blob for which `keep` says no. Only while nothing is written.
  Status Collect(const std::function<bool(const std::string& digest)>& keep);

  std::string Path(const std::string& digest) const;

 private:
  friend class BlobWriter;
  explicit BlobStore(std::string root) : root_(std::move(root)) {}

  const std::string root_;
  std::atomic<uint64_t> next_{0};
};

// What stopped at the bound that Free() gave is named for what it is: "no space left on device".
Error NamedForRoom(Error error);

}  // namespace buoy::image
