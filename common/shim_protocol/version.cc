#include "common/shim_protocol/message.h"

namespace buoy::shim {

[[gnu::weak]] extern const uint16_t kMajorVersion = 1;
[[gnu::weak]] extern const uint16_t kMinorVersion = 0;

}  // namespace buoy::shim
