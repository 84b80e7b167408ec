#pragma once

#include <string>

#include "common/result/result.h"

namespace buoy {

// A process that changes its cgroup takes a lock which every fork and exit on the machine shares.
// After a pause the kernel gives it only when an RCU grace period is over, 5 to 13 ms, and then
// hands it out at once for some 10 ms. An OCI runtime meets that in every `run` and `exec`, but
// some 10 ms after its start: long enough to have the pause over when it comes there.

// cgroup.procs of this process's own cgroup in the hierarchy that is mounted at `mount`.
// `controller` is its name in /proc/self/cgroup; "" = cgroup2. kNotFound when that file, as seen
// from here, does not list this process.
Result<std::string> OwnCgroupProcs(const std::string& mount, const std::string& controller);

// Returns at once. In the background, for 30 ms, takes that lock now and then by moving this
// process to where it is already, which changes nothing. Thread-safe; any number of callers share a
// thread.
void ExpectCgroupAttach(const std::string& mount, const std::string& controller);

}  // namespace buoy
