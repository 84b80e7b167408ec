#include "common/archive/unpack.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <tuple>
#include <unordered_set>

#include "common/archive/entry_writer.h"
#include "common/archive/rooted.h"
#include "common/archive/tar_reader.h"
#include "common/archive/whiteout.h"

namespace buoy {

namespace {

class Unpacker {
 public:
  Unpacker(int root_fd, const UnpackTarOptions& options) : root_fd_(root_fd), options_(options) {}

  Result<UnpackTarResult> Run(ByteSource& tar) {
    if (!CleanRelative(options_.base, &base_)) return InvalidArgument("invalid base folder");
    BUOY_ASSIGN(auto reader, TarReader::Open(tar));
    for (;;) {
      TarEntry entry;
      BUOY_ASSIGN(bool more, reader->Next(&entry));
      if (!more) break;
      ++result_.entries;
      if (options_.max_entries != 0 && result_.entries > options_.max_entries) {
        return InvalidArgument("archive has more than " + std::to_string(options_.max_entries) +
                               " entries");
      }
      BUOY_TRY(Handle(entry, *reader));
    }
    BUOY_TRY(SetFolderTimes());
    for (auto& path : implied_order_) {
      if (implied_.contains(path)) result_.implied_folders.push_back(std::move(path));
    }
    return std::move(result_);
  }

 private:
  Status Handle(TarEntry& entry, TarReader& reader) {
    std::string clean;
    if (!CleanRelative(entry.path, &clean)) {
      return InvalidArgument("\"" + entry.path + "\" is outside of \"/\"");
    }
    if (options_.owner) std::tie(entry.uid, entry.gid) = *options_.owner;
    std::string path = base_.empty() ? clean : clean.empty() ? base_ : base_ + "/" + clean;
    if (clean.empty()) return HandleRoot(entry, path);
    auto [parent, name_view] = SplitPath(path);
    std::string name(name_view);
    BUOY_ASSIGN(int folder, OpenParent(parent));
    if (options_.whiteouts != Whiteouts::kLiteral && name.starts_with(kWhiteoutPrefix)) {
      return HandleWhiteout(entry, folder, std::string(parent), name);
    }
    if (options_.whiteouts == Whiteouts::kApply) Remember(path);
    return Place(entry, reader, folder, path, name);
  }

  // An entry for "./": owner, mode and time of the folder itself. With a base the folder is the
  // user's own and stays as it is.
  Status HandleRoot(const TarEntry& entry, const std::string& path) {
    if (entry.type != TarType::kDirectory || !path.empty()) return Ok();
    static const std::string kDot = ".";
    BUOY_TRY(EntryWriter(root_fd_, kDot, entry).MakeFolder());
    folder_times_.emplace_back("", entry.mtime);
    result_.has_root_entry = true;
    return Ok();
  }

  // The folder that holds an entry, made where missing. The descriptor stays this object's.
  Result<int> OpenParent(std::string_view parent) {
    if (!parent_fd_ || stale_ || parent != parent_path_) {
      std::vector<std::string> created;
      BUOY_ASSIGN(parent_fd_, MakeDirsInRoot(root_fd_, parent, &created));
      stale_ = false;
      parent_path_ = parent;
      for (auto& path : created) {
        implied_order_.push_back(path);
        if (options_.whiteouts == Whiteouts::kApply) Remember(path);
        implied_.insert(std::move(path));
      }
    }
    return parent_fd_.get();
  }

  Status Place(TarEntry& entry, TarReader& reader, int folder, const std::string& path,
               const std::string& name) {
    if (entry.type == TarType::kHardlink) return LinkTo(entry, folder, path, name);
    bool was_whiteout = false;
    BUOY_TRY(MakeRoom(entry, folder, path, name, &was_whiteout));
    EntryWriter writer(folder, name, entry);
    switch (entry.type) {
      case TarType::kFile:
        return PlaceFile(entry, reader, writer);
      case TarType::kSymlink:
        result_.bytes += entry.link_target.size();
        return writer.MakeSymlink();
      case TarType::kDirectory:
        BUOY_TRY(writer.MakeFolder());
        implied_.erase(path);
        folder_times_.emplace_back(path, entry.mtime);
        return was_whiteout ? MarkOpaque(folder, name) : Ok();
      default:
        return writer.MakeNode();
    }
  }

  Status PlaceFile(const TarEntry& entry, TarReader& reader, EntryWriter& writer) {
    uint64_t left = 0;
    if (options_.max_bytes != 0) {
      left = options_.max_bytes - std::min(options_.max_bytes, result_.bytes);
      if (entry.size > left) {
        return InvalidArgument("archive holds more than " + std::to_string(options_.max_bytes) +
                               " bytes");
      }
    }
    result_.bytes += entry.size;
    return writer.WriteFile(reader, left);
  }

  // Removes what stands in the entry's place; a folder stays for a folder.
  Status MakeRoom(const TarEntry& entry, int folder, const std::string& path,
                  const std::string& name, bool* was_whiteout) {
    struct stat info;
    if (::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      return errno == ENOENT ? Ok() : Status(ErrnoError("lstat " + entry.path));
    }
    bool is_folder = S_ISDIR(info.st_mode), wants_folder = entry.type == TarType::kDirectory;
    if (is_folder && wants_folder) return Ok();
    if (options_.no_overwrite_dir_non_dir && is_folder != wants_folder) {
      return InvalidArgument(
          "cannot overwrite " + std::string(is_folder ? "directory" : "non-directory") + " \"/" +
          path + "\" with " + (is_folder ? "non-directory" : "directory") + " \"/" + base_ + "\"");
    }
    *was_whiteout = options_.whiteouts == Whiteouts::kOverlay && IsOverlayWhiteout(info);
    if (is_folder || S_ISLNK(info.st_mode)) Forget();
    return RemoveTreeAt(folder, name);
  }

  Status LinkTo(const TarEntry& entry, int folder, const std::string& path,
                const std::string& name) {
    std::string target;
    if (!CleanRelative(entry.link_target, &target) || target.empty()) {
      return InvalidArgument("invalid hardlink \"" + entry.link_target + "\" -> \"" + entry.path +
                             "\"");
    }
    if (!base_.empty()) target = base_ + "/" + target;
    auto [target_parent, target_name] = SplitPath(target);
    BUOY_ASSIGN_CONTEXT(Fd target_folder, OpenInRoot(root_fd_, target_parent, O_PATH | O_DIRECTORY),
                        "link " + entry.path);
    struct stat from, to;
    const std::string from_name(target_name);
    if (::fstatat(target_folder.get(), from_name.c_str(), &from, AT_SYMLINK_NOFOLLOW) != 0) {
      return ErrnoError("link /" + target + " /" + path);
    }
    if (::fstatat(folder, name.c_str(), &to, AT_SYMLINK_NOFOLLOW) == 0 &&
        from.st_dev == to.st_dev && from.st_ino == to.st_ino) {
      return Ok();
    }
    bool was_whiteout;
    BUOY_TRY(MakeRoom(entry, folder, path, name, &was_whiteout));
    if (::linkat(target_folder.get(), from_name.c_str(), folder, name.c_str(), 0) != 0) {
      return ErrnoError("link /" + target + " /" + path);
    }
    return Ok();
  }

  Status HandleWhiteout(const TarEntry& entry, int folder, const std::string& parent,
                        const std::string& name) {
    if (name == kOpaqueMarker) {
      return options_.whiteouts == Whiteouts::kOverlay ? MarkFolderOpaque(folder)
                                                       : DeleteUnremembered(folder, parent);
    }
    if (name.starts_with(kAufsPrefix)) return Ok();  // AUFS' own files
    std::string target = name.substr(kWhiteoutPrefix.size());
    if (target.empty() || target == "." || target == "..") {
      return InvalidArgument("invalid whiteout \"" + entry.path + "\"");
    }
    if (options_.whiteouts == Whiteouts::kApply) {
      std::string path = parent.empty() ? target : parent + "/" + target;
      if (remembered_.contains(path)) return Ok();
      Forget();
      return RemoveTreeAt(folder, target);
    }
    struct stat info;
    if (::fstatat(folder, target.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) {
      // The same layer brings it anew: only what lies below is hidden.
      return S_ISDIR(info.st_mode) ? MarkOpaque(folder, target) : Ok();
    }
    return MakeOverlayWhiteout(folder, target);
  }

  // Deletes the children of `folder` that this archive did not bring.
  Status DeleteUnremembered(int folder, const std::string& path) {
    BUOY_ASSIGN(auto names, ListFolder(folder));
    for (const auto& name : names) {
      std::string child = path.empty() ? name : path + "/" + name;
      if (!remembered_.contains(child)) {
        Forget();
        BUOY_TRY(RemoveTreeAt(folder, name));
        continue;
      }
      Fd sub(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (sub) BUOY_TRY(DeleteUnremembered(sub.get(), child));
    }
    return Ok();
  }

  // Deepest last in the archive, so in reverse; a folder may have become something else.
  Status SetFolderTimes() {
    for (auto it = folder_times_.rbegin(); it != folder_times_.rend(); ++it) {
      auto [parent, name] = SplitPath(it->first);
      auto folder = OpenInRoot(root_fd_, parent, O_PATH | O_DIRECTORY);
      if (!folder.ok()) continue;
      BUOY_TRY(EntryWriter::SetTime(folder->get(), it->first.empty() ? "." : std::string(name),
                                    it->second));
    }
    return Ok();
  }

  // All parents count as brought too.
  void Remember(const std::string& path) {
    std::string_view at = path;
    while (!at.empty() && remembered_.insert(std::string(at)).second) at = SplitPath(at).first;
  }
  // Names may mean other folders for the next entry.
  void Forget() { stale_ = true; }

  int root_fd_;
  const UnpackTarOptions& options_;
  std::string base_;
  UnpackTarResult result_;
  Fd parent_fd_;
  std::string parent_path_;
  bool stale_ = false;
  std::unordered_set<std::string> implied_;
  std::vector<std::string> implied_order_;
  std::unordered_set<std::string> remembered_;  // kApply only
  std::vector<std::pair<std::string, timespec>> folder_times_;
};

}  // namespace

Result<UnpackTarResult> UnpackTar(int root_fd, ByteSource& tar, const UnpackTarOptions& options) {
  return Unpacker(root_fd, options).Run(tar);
}

}  // namespace buoy
