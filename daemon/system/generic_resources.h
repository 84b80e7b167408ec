#pragma once

#include <string>
#include <vector>

namespace buoy::system {

// GenericResources of /info for the items of `node-generic-resources` ("apple=3" is so many, any
// other value is a name: "gpu=UUID1"); "null" for none. Pure.
std::string GenericResourcesJson(const std::vector<std::string>& items);

}  // namespace buoy::system
