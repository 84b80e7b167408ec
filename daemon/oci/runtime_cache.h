#pragma once

#include <map>
#include <optional>
#include <string>

#include "daemon/oci/runtime.h"

namespace buoy::oci {

// What is found out about a runtime by running it.
struct RuntimeFacts {
  std::string version, commit;
  bool recursive_read_only = false;
  bool probed = false;        // a container was tried with it
  std::string probe_failure;  // empty = that worked
};

// Facts kept between starts of the daemon, so that a restart runs no probe. They count for one
// binary (path, size, time of change) on one host state (boot, cgroup mounts): whatever differs is
// found out anew. A cache that is missing or damaged is empty.
class RuntimeCache {
 public:
  static RuntimeCache Load(const std::string& path);
  // Only when something was put; a failure costs time at the next start, nothing else.
  void Save() const;

  std::optional<RuntimeFacts> Find(const std::string& binary) const;
  void Put(const std::string& binary, const RuntimeFacts& facts);

 private:
  std::string path_;
  std::map<std::string, RuntimeFacts> facts_;  // by Key()
  bool changed_ = false;
};

}  // namespace buoy::oci
