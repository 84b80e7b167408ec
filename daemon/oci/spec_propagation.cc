#include <cctype>
#include <climits>
#include <cstdlib>
#include <sstream>

#include "common/unix/file.h"
#include "daemon/oci/spec_parts.h"

namespace buoy::oci {
namespace {

struct SourceMount {
  std::string mount_point;
  bool shared = false;
  bool slave = false;
};

// mountinfo writes space, tab, newline and backslash as \ooo.
std::string Unescape(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && isdigit(text[i + 1])) {
      result += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

bool Below(const std::string& path, const std::string& folder) {
  return folder == "/" || path == folder || path.starts_with(folder + "/");
}

// The mount that `source` lies on.
Result<SourceMount> FindSourceMount(const std::string& source) {
  char resolved[PATH_MAX];
  if (realpath(source.c_str(), resolved) == nullptr) return ErrnoError("lstat " + source);
  BUOY_ASSIGN(std::string text, ReadFile("/proc/self/mountinfo"));
  SourceMount best;
  bool found = false;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string skip, mount_point, optional;
    fields >> skip >> skip >> skip >> skip >> mount_point >> skip;
    mount_point = Unescape(mount_point);
    if (!Below(resolved, mount_point) || mount_point.size() < best.mount_point.size()) continue;
    best = {mount_point, false, false};
    found = true;
    while (fields >> optional && optional != "-") {
      best.shared = best.shared || optional.starts_with("shared:");
      best.slave = best.slave || optional.starts_with("master:");
    }
  }
  if (!found) return Internal("Can't find mount point of " + source);
  return best;
}

}  // namespace

Status ApplyPropagation(const MountPlan& mount, const std::string& data_root,
                        SpecLinux& linux_part) {
  const std::string& wish = mount.propagation;
  std::string& root = linux_part.rootfs_propagation;
  bool wants_shared = wish == "shared" || wish == "rshared";
  bool wants_slave = wish == "slave" || wish == "rslave";
  if (!wants_shared && !wants_slave) return Ok();
  BUOY_ASSIGN(SourceMount source, FindSourceMount(mount.source));
  std::string where = "path " + mount.source + " is mounted on " + source.mount_point;
  if (wants_shared) {
    if (!source.shared) return Internal(where + " but it is not a shared mount");
    if (root != "rshared") root = "shared";
    return Ok();
  }
  if (!source.shared && !source.slave) {
    // rslave was our own idea for the daemon's folders: no reason to refuse the mount.
    bool ours = !mount.explicit_propagation && !data_root.empty() &&
                (mount.source.starts_with(data_root) || data_root.starts_with(mount.source));
    if (ours) return Ok();
    return Internal(where + " but it is not a shared or slave mount");
  }
  if (root.empty()) root = "rslave";
  return Ok();
}

}  // namespace buoy::oci
