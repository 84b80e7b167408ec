// Replaces weak constants of the release: see BUILD.
#include "common/shim_protocol/message.h"
#include "common/version/version.h"
#include "daemon/state/migrations.h"

namespace buoy {

extern const char kVersion[] = "0.99.0";

namespace shim {

#ifdef BUOY_NEXT_MINOR
extern const uint16_t kMinorVersion = 99;
#endif
#ifdef BUOY_NEXT_MAJOR
extern const uint16_t kMajorVersion = 2;
#endif

}  // namespace shim

namespace state {

#ifdef BUOY_NEXT_SCHEMA
extern const char* const kNextMigration = "CREATE TABLE of_the_future (x INTEGER)";
#endif

}  // namespace state
}  // namespace buoy
