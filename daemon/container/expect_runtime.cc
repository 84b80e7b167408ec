#include "daemon/container/expect_runtime.h"

#include "common/unix/cgroup_lock.h"

namespace buoy::container {

void ExpectRuntime(const oci::CgroupLayout& cgroups) {
  // The lock is one for all hierarchies.
  if (!cgroups.v1.empty()) {
    const auto& [controller, mount] = *cgroups.v1.begin();
    ExpectCgroupAttach(mount, controller);
  } else if (!cgroups.unified.empty()) {
    ExpectCgroupAttach(cgroups.unified, "");
  }
}

}  // namespace buoy::container
