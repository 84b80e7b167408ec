#pragma once

namespace buoy {

// The release of this tree. Docker's API level that it speaks is api/server/version.h's. Weak: the
// tests of upgrades link programs of other releases from the same objects.
extern const char kVersion[];
// Shown where Docker shows its commit.
extern const char kGitCommit[];
extern const char kBuildTime[];

}  // namespace buoy
