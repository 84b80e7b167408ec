#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command/command.h"
#include "cli/formatter/value.h"

// Verbs of the swarm's nodes.
namespace buoy::cli {

Command NodeGroup();
Command NodeDemote();
Command NodeInspect();
Command NodeLs();
Command NodePromote();
Command NodePs();
Command NodeRm();
Command NodeUpdate();

// The ID that "self" stands for; what else is asked for stays as it is.
Result<std::string> NodeReference(Cli& cli, const std::string& name);

// Changes the spec of a node; false = it is so already, and nothing is sent.
using NodeChange = std::function<Result<bool>(const Value& node, Value& spec)>;
// Changes the nodes one after the other, to the first error; `done` gets the name of each.
Status UpdateNodes(Cli& cli, const std::vector<std::string>& names, const NodeChange& change,
                   const std::function<void(const std::string&)>& done);

// What `inspect --pretty` prints of a node.
std::string PrettyNode(const Value& node);

}  // namespace buoy::cli
