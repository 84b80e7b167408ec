#include "daemon/swarm/node_filters.h"

#include <algorithm>
#include <functional>
#include <set>

namespace buoy::swarm {
namespace {

using Values = std::set<std::string>;
using Labels = json::Map<std::string>;

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool HasPrefix(const Values& values, const std::string& text) {
  return std::any_of(values.begin(), values.end(),
                     [&](const std::string& value) { return text.starts_with(value); });
}

// "key" or "key=value": all of them.
bool HasLabels(const Values& values, const Labels& labels) {
  return std::all_of(values.begin(), values.end(), [&](const std::string& value) {
    const size_t equals = value.find('=');
    auto label = labels.find(value.substr(0, equals));
    if (label == labels.end()) return false;
    return equals == std::string::npos || equals + 1 == value.size() ||
           label->second == value.substr(equals + 1);
  });
}

Status CheckFilters(const api::Filters& filters) {
  static const Values kKnown = {"name", "id", "label", "role", "membership", "node.label"};
  for (const auto& [key, values] : filters) {
    if (kKnown.count(key) == 0) return InvalidArgument("invalid filter '" + key + "'");
    for (const std::string& value : values) {
      const std::string lower = Lower(value);
      if (key == "role" && lower != "worker" && lower != "manager" && !value.empty()) {
        return InvalidArgument("Invalid role filter: '" + value + "'");
      }
      if (key == "membership" && lower != "accepted" && lower != "pending" && !value.empty()) {
        return InvalidArgument("Invalid membership filter: '" + value + "'");
      }
    }
  }
  return Ok();
}

bool Matches(const types::Node& node, const std::string& key, const Values& values) {
  if (key == "name") return HasPrefix(values, node.description.hostname);
  if (key == "id") return HasPrefix(values, node.id);
  if (key == "label") return HasLabels(values, node.description.engine.labels);
  if (key == "node.label") return HasLabels(values, node.spec.labels);
  return std::any_of(values.begin(), values.end(), [&](const std::string& value) {
    return Lower(value) == (key == "role" ? node.spec.role : "accepted");
  });
}

}  // namespace

Result<std::vector<types::Node>> FilterNodes(std::vector<types::Node> nodes,
                                             const api::Filters& filters) {
  BUOY_TRY(CheckFilters(filters));
  std::erase_if(nodes, [&](const types::Node& node) {
    return std::any_of(filters.begin(), filters.end(), [&](const auto& filter) {
      return !filter.second.empty() && !Matches(node, filter.first, filter.second);
    });
  });
  return nodes;
}

Result<types::Node> FindNode(const std::vector<types::Node>& nodes, const std::string& ref) {
  const std::function<bool(const types::Node&)> ways[] = {
      [&](const types::Node& node) { return node.id == ref; },
      [&](const types::Node& node) { return node.description.hostname == ref; },
      [&](const types::Node& node) { return node.id.starts_with(ref); }};
  for (const auto& way : ways) {
    const auto found = std::count_if(nodes.begin(), nodes.end(), way);
    if (found == 0) continue;
    if (found > 1) {
      return InvalidArgument("node " + ref + " is ambiguous (" + std::to_string(found) +
                             " matches found)");
    }
    return *std::find_if(nodes.begin(), nodes.end(), way);
  }
  return NotFound("node " + ref + " not found");
}

}  // namespace buoy::swarm
