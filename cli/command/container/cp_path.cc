#include "cli/command/container/cp_path.h"

#include <vector>

#include "cli/opts/text.h"

namespace buoy::cli::cp {
namespace {

bool SpecifiesCurrentDir(const std::string& path) { return path == "." || path.ends_with("/."); }

}  // namespace

Operand ParseOperand(const std::string& text) {
  if (text.starts_with('/')) return {"", text};
  size_t colon = text.find(':');
  if (colon == std::string::npos || text.starts_with('.')) return {"", text};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

std::string Clean(const std::string& path) {
  bool rooted = path.starts_with('/');
  std::vector<std::string> parts;
  for (const std::string& part : opts::Split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (part != ".." || !rooted) {
      parts.push_back(part);
    }
  }
  std::string out = rooted ? "/" : "";
  for (size_t i = 0; i < parts.size(); ++i) out += (i > 0 ? "/" : "") + parts[i];
  return out.empty() ? "." : out;
}

std::string KeepTrail(std::string cleaned, const std::string& original) {
  if (!SpecifiesCurrentDir(cleaned) && SpecifiesCurrentDir(original)) {
    if (!cleaned.ends_with('/')) cleaned += '/';
    cleaned += '.';
  }
  if (!cleaned.ends_with('/') && original.ends_with('/')) cleaned += '/';
  return cleaned;
}

bool AssertsDirectory(const std::string& path) {
  return path.ends_with('/') || SpecifiesCurrentDir(path);
}

std::pair<std::string, std::string> SplitDirEntry(const std::string& path) {
  std::string clean = Clean(path);
  if (SpecifiesCurrentDir(path)) return {clean, "."};
  size_t slash = clean.rfind('/');
  if (slash == std::string::npos) return {".", clean};
  if (clean == "/") return {"/", "/"};
  return {slash == 0 ? "/" : clean.substr(0, slash), clean.substr(slash + 1)};
}

std::string Rebase(const std::string& name, const std::string& old_base,
                   const std::string& new_base) {
  // The root has no name of its own in an archive of it.
  std::string old = old_base == "/" ? "" : old_base;
  if (!name.starts_with(old)) return name;
  std::string rest = name.substr(old.size());
  if (old.empty() && !rest.starts_with('/')) rest = "/" + rest;
  return new_base + rest;
}

std::string ResolveLink(const std::string& path, const std::string& target) {
  if (target.starts_with('/')) return target;
  return Clean(SplitDirEntry(path).first + "/" + target);
}

Result<Placement> Place(const Source& source, const Destination& destination) {
  auto [dst_dir, dst_base] = SplitDirEntry(destination.path);
  std::string src_base = SplitDirEntry(source.path).second;
  std::string name = source.rebase_name.empty() ? src_base : source.rebase_name;
  if (destination.exists && destination.is_dir) {
    Placement out{destination.path, src_base, ""};
    if (name != src_base) out.new_base = name;
    return out;
  }
  if (destination.exists && source.is_dir) return InvalidArgument("cannot copy directory");
  if (!destination.exists && !source.is_dir && AssertsDirectory(destination.path)) {
    return NotFound("no such directory");
  }
  return Placement{dst_dir, src_base, dst_base};
}

}  // namespace buoy::cli::cp
