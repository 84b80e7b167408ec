#pragma once

#include <string>

#include "common/result/result.h"
#include "daemon/oci/runtime.h"

namespace buoy::oci {

// The path of a runtime's binary: as it is when absolute, else searched for; empty = not found.
std::string FindRuntimeBinary(const std::string& name);

// Fills in version, commit and recursive_read_only; a runtime that does not answer keeps them
// empty.
void QueryRuntime(Runtime& runtime);

// Runs /usr/bin/true in a throw-away container below `scratch_dir`. An error says what failed.
Status ProbeRuntime(const Runtime& runtime, const std::string& scratch_dir);

}  // namespace buoy::oci
