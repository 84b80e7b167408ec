#include "daemon/swarm/unlock_key.h"

#include "common/base64/base64.h"
#include "daemon/swarm/base36.h"
#include "daemon/swarm/seal.h"

namespace buoy::swarm {
namespace {

constexpr std::string_view kPrefix = "SWMKEY-1-";

}  // namespace

std::string NewUnlockKey() {
  std::string text = Base64Encode(RandomBytes(kSealKeyBytes));
  while (text.ends_with('=')) text.pop_back();
  return std::string(kPrefix) + text;
}

Result<std::string> ParseUnlockKey(std::string_view text) {
  const Error invalid = InvalidArgument("invalid key string");
  if (!text.starts_with(kPrefix)) return invalid;
  auto key = Base64Decode(text.substr(kPrefix.size()));
  if (!key || key->size() != kSealKeyBytes) return invalid;
  return *std::move(key);
}

}  // namespace buoy::swarm
