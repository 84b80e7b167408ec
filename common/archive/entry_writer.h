#pragma once

#include <string>

#include "common/archive/tar_entry.h"
#include "common/archive/tar_reader.h"

namespace buoy {

// Creates one archive entry in an open folder, where nothing of that name exists (folders may).
// Every step is relative to the folder and follows no symlink.
class EntryWriter {
 public:
  EntryWriter(int folder_fd, const std::string& name, const TarEntry& entry)
      : folder_fd_(folder_fd), name_(name), entry_(entry) {}

  // Data comes from `reader`; at most `max_bytes` of it (0 = no bound).
  Status WriteFile(TarReader& reader, uint64_t max_bytes);
  Status MakeFolder();  // keeps an existing folder, sets owner and mode
  Status MakeSymlink();
  Status MakeNode();  // devices and fifos

  // The entry's mtime on whatever has the name; folders need it after their content.
  static Status SetTime(int folder_fd, const std::string& name, const timespec& mtime);

 private:
  Status CopyData(int fd, TarReader& reader, uint64_t max_bytes);
  // Owner, mode and attributes of an open file or folder.
  Status SetMetadata(int fd);
  // Owner and attributes by name, for what cannot be opened.
  Status SetOwnerAndXattrs(bool symlink);

  int folder_fd_;
  const std::string& name_;
  const TarEntry& entry_;
};

}  // namespace buoy
