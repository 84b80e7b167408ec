#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/headers.h"

namespace buoy::distribution {

// One challenge of a WWW-Authenticate field.
struct Challenge {
  std::string scheme;  // lower case
  std::map<std::string, std::string> parameters;

  std::string Get(const std::string& name) const {
    auto found = parameters.find(name);
    return found == parameters.end() ? "" : found->second;
  }
};

// All challenges of an answer; what is malformed ends its field.
std::vector<Challenge> ParseChallenges(const api::Headers& headers);

}  // namespace buoy::distribution
