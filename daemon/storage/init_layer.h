#pragma once

#include "common/result/result.h"

namespace buoy::storage {

// Makes what the runtime mounts on, where the image lacks it, in a merged writable file system:
// /dev/console, /dev/pts, /dev/shm, /proc, /sys, /etc/{hosts,hostname,resolv.conf}, /.dockerenv and
// the link /etc/mtab. Resolves everything inside `root_fd`.
Status FillInitLayer(int root_fd);

}  // namespace buoy::storage
