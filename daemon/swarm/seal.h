#pragma once

#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy::swarm {

inline constexpr size_t kSealKeyBytes = 32;

// AES-256-GCM with a random nonce, which comes first. `context` is bound to the text but not part
// of it: what was sealed for one place cannot be opened at another.
Result<std::string> Seal(std::string_view key, std::string_view context, std::string_view text);
// kUnauthorized when the key is another one, or the text or its context is not what was sealed.
Result<std::string> Unseal(std::string_view key, std::string_view context, std::string_view sealed);

}  // namespace buoy::swarm
