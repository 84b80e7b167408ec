#pragma once

#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy::swarm {

// "SWMTKN-1-DIGEST-SECRET": what a node shows to become a member, and by which it knows the swarm's
// root certificate before it trusts anything else.
struct JoinToken {
  std::string root_digest;  // "sha256:<hex>" of the root certificate's PEM
  std::string secret;       // 25 base-36 digits
};

// A token with a fresh secret for the swarm whose root certificate this is.
std::string NewJoinToken(std::string_view root_pem);
// kInvalidArgument "invalid join token".
Result<JoinToken> ParseJoinToken(std::string_view text);
// Compares in a time that does not depend on where they differ.
bool SameSecret(std::string_view a, std::string_view b);

}  // namespace buoy::swarm
