#pragma once

#include <string>

#include "common/result/result.h"
#include "daemon/swarm/node_channel.h"
#include "daemon/swarm/node_messages.h"

namespace buoy::swarm {

inline constexpr char kWorkerRole[] = "worker";

// One question and its answer, within a few seconds. Where the roots are known the other end must
// be a manager. A refusal is an error: kForbidden where the node has been removed, kInvalidArgument
// else.
Result<NodeAnswer> Ask(const std::string& manager, const NodeCredentials& credentials,
                       const NodeRequest& request);

}  // namespace buoy::swarm
