#include "common/version/version.h"

namespace buoy {

[[gnu::weak]] extern const char kVersion[] = "0.1.0";
extern const char kGitCommit[] = "buoy";
extern const char kBuildTime[] = "2026-11-25T00:00:00.000000000+00:00";

}  // namespace buoy
