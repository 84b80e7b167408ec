#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/types/host_config.h"
#include "daemon/oci/runtime.h"
#include "daemon/oci/spec.h"

namespace buoy::container {

// What daemon/config decides about containers. A reload replaces the whole value; the roots never
// change.
struct Options {
  std::string data_root = "/var/lib/buoy";
  std::string exec_root = "/var/run/buoy";
  std::shared_ptr<const oci::Runtimes> runtimes;
  oci::HostSettings host;
  types::LogConfig log_defaults;  // log-driver, log-opts
  int default_stop_timeout = 10;  // seconds
  int shutdown_timeout = 15;      // seconds
  bool live_restore = false;
  int64_t stdio_buffer_size = 64 * 1024;  // bytes, of each pipe to a container
  std::string shim_path;                  // empty = looked up
};

}  // namespace buoy::container
