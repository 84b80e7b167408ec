#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/flags/flag_set.h"
#include "cli/formatter/value.h"

namespace buoy::cli {

// Sets spec.GROUP.KEY.
void SetInSpec(Value& spec, const char* group, const char* key, Value value);

// The flags of init, update and ca that say how certificates are made.
struct SwarmCaFlags {
  int64_t cert_expiry_ns = 90LL * 24 * 3600 * 1'000'000'000;
  std::vector<Value> external_cas;

  void AddCaFlags(FlagSet& flags);
  // Puts what was given on the command line into the spec. External CAs without a certificate get
  // `ca_cert`, if there is one.
  void MergeCa(const FlagSet& given, const std::string* ca_cert, Value& spec) const;
};

// The flags of init and update that say what the swarm is like.
struct SwarmSpecFlags : SwarmCaFlags {
  int64_t task_history = 5;
  int64_t heartbeat_ns = 5'000'000'000;
  uint64_t max_snapshots = 0, snapshot_interval = 10000;
  bool autolock = false;

  void AddFlags(FlagSet& flags);
  // Puts what was given on the command line into the spec.
  void Merge(const FlagSet& given, Value& spec) const;
};

}  // namespace buoy::cli
