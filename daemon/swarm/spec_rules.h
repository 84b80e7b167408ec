#pragma once

#include <cstdint>
#include <string>

#include "common/result/result.h"
#include "common/types/node.h"
#include "common/types/swarm.h"

// What a swarm and its nodes may be like. Pure, with Docker's texts.
namespace buoy::swarm {

// What a new swarm is like where its creator says nothing.
types::SwarmSpec DefaultSpec();
// `given` over `base`: what is zero or absent in it changes nothing.
types::SwarmSpec MergeSpec(const types::SwarmSpec& given, types::SwarmSpec base);
// kInvalidArgument.
Status CheckSpec(const types::SwarmSpec& spec);

// Defaults for and checks of the data path's port and the address pools.
Status CompleteInit(types::SwarmInitRequest& request);

// Lower-cases the role and availability; kInvalidArgument when there is no such one.
Status CheckNodeSpec(types::NodeSpec& spec);

// How long node certificates live, in seconds.
int64_t CertificateSeconds(const types::SwarmSpec& spec);

// An error with the text that gRPC gives it in Docker: "rpc error: code = NotFound desc = ...".
Error RpcError(ErrorKind kind, const std::string& code, const std::string& text);

}  // namespace buoy::swarm
