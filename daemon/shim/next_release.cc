// Replaces weak constants of the protocol: see BUILD.
#include "common/shim_protocol/message.h"

namespace buoy::shim {

#ifdef BUOY_NEXT_MINOR
extern const uint16_t kMinorVersion = 99;
#endif
#ifdef BUOY_NEXT_MAJOR
extern const uint16_t kMajorVersion = 2;
#endif

}  // namespace buoy::shim
