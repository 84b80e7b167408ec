#pragma once

#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy::config {

// The text of a file as UTF-8: a byte order mark says UTF-8 or UTF-16 (either order) and is
// dropped, no mark means UTF-8. Text that is not valid UTF-8 is an error,
// "failed to decode configuration JSON at offset N: ...".
Result<std::string> DecodeBom(std::string_view bytes);

}  // namespace buoy::config
