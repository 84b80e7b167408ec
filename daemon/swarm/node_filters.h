#pragma once

#include <string>
#include <vector>

#include "api/server/backend/filters.h"
#include "common/result/result.h"
#include "common/types/node.h"

namespace buoy::swarm {

// The nodes that all filters let through. Pure.
Result<std::vector<types::Node>> FilterNodes(std::vector<types::Node> nodes,
                                             const api::Filters& filters);
// By ID, else by name, else by the beginning of an ID. kNotFound, kInvalidArgument when ambiguous.
Result<types::Node> FindNode(const std::vector<types::Node>& nodes, const std::string& ref);

}  // namespace buoy::swarm
