#pragma once

#include <string>

#include "common/result/result.h"

// The path rules of docker cp, apart from any file system.
namespace buoy::cli::cp {

// One argument: a container and a path in it, or ("" = none) a local path or "-".
struct Operand {
  std::string container, path;
};
Operand ParseOperand(const std::string& text);

struct Source {
  std::string path;
  bool is_dir = false;
  std::string rebase_name;  // what a followed symlink was called
};
struct Destination {
  std::string path;
  bool exists = false;
  bool is_dir = false;
};

// Where the archive goes and what its top entry is called there ("" = as it is).
struct Placement {
  std::string dir;
  std::string old_base, new_base;
  bool renames() const { return !new_base.empty(); }
};
// Errors: "cannot copy directory", "no such directory".
Result<Placement> Place(const Source& source, const Destination& destination);

// Go's filepath.Clean.
std::string Clean(const std::string& path);
// Cleaned, with the "/." or "/" that `original` ended with.
std::string KeepTrail(std::string cleaned, const std::string& original);
// "a/b" -> "a", "b"; "a/." -> "a", ".".
std::pair<std::string, std::string> SplitDirEntry(const std::string& path);
bool AssertsDirectory(const std::string& path);
// An archive's entry name with its first part replaced.
std::string Rebase(const std::string& name, const std::string& old_base,
                   const std::string& new_base);
// The target of a link that lies at `path`.
std::string ResolveLink(const std::string& path, const std::string& target);

}  // namespace buoy::cli::cp
