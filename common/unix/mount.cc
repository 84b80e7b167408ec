#include "common/unix/mount.h"

#include <sys/mount.h>

#include <cerrno>

namespace buoy {

Result<Mount> Mount::Create(const std::string& source, const std::string& target,
                            const std::string& type, unsigned long flags, const std::string& data) {
  if (mount(source.c_str(), target.c_str(), type.empty() ? nullptr : type.c_str(), flags,
            data.empty() ? nullptr : data.c_str()) != 0) {
    return ErrnoError("mount " + target);
  }
  return Mount(target);
}

void Mount::reset() {
  if (!target_.empty()) umount2(target_.c_str(), MNT_DETACH);
  target_.clear();
}

Status Unmount(const std::string& target) {
  if (umount2(target.c_str(), MNT_DETACH) != 0 && errno != EINVAL && errno != ENOENT) {
    return ErrnoError("unmount " + target);
  }
  return Ok();
}

}  // namespace buoy
