#include "daemon/network/network_filters.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "common/regexp/regexp.h"
#include "daemon/network/network.h"

namespace buoy::network {

namespace {

using types::NetworkResource;
using Values = std::set<std::string>;

Status CheckKeys(const api::Filters& filters, const Values& known) {
  for (const auto& [key, values] : filters) {
    if (!known.contains(key)) return InvalidArgument("invalid filter '" + key + "'");
  }
  return Ok();
}

const Values& Of(const api::Filters& filters, const std::string& key) {
  static const Values kNone;
  auto found = filters.find(key);
  return found == filters.end() ? kNone : found->second;
}

// Exactly one of them, or a regular expression found in `text`.
bool MatchesAny(const Values& values, const std::string& text) {
  if (values.empty() || values.contains(text)) return true;
  return std::any_of(values.begin(), values.end(),
                     [&](const std::string& pattern) { return RegexpMatches(pattern, text); });
}

bool HasLabels(const json::Map<std::string>& labels, const Values& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& text) {
    const size_t equals = text.find('=');
    auto label = labels.find(text.substr(0, equals));
    if (label == labels.end()) return false;
    return equals == std::string::npos || label->second == text.substr(equals + 1);
  });
}

Result<std::optional<bool>> Dangling(const Values& values) {
  if (values.empty()) return std::optional<bool>();
  if (values.size() > 1) {
    return InvalidArgument("got more than one value for filter key \"dangling\"");
  }
  const std::string& value = *values.begin();
  if (value == "1" || value == "true") return std::optional<bool>(true);
  if (value == "0" || value == "false") return std::optional<bool>(false);
  return InvalidArgument(
      "invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or \"0\")");
}

}  // namespace

Result<std::vector<NetworkResource>> FilterNetworks(std::vector<NetworkResource> networks,
                                                    const api::Filters& filters) {
  BUOY_TRY(CheckKeys(filters, {"dangling", "driver", "id", "label", "name", "scope", "type"}));
  BUOY_ASSIGN(const std::optional<bool> dangling, Dangling(Of(filters, "dangling")));
  const Values& types = Of(filters, "type");
  for (const std::string& type : types) {
    if (type != "builtin" && type != "custom") {
      return Internal("invalid filter: 'type'='" + type + "'");
    }
  }
  auto exact = [&](const char* key, const std::string& text) {
    return Of(filters, key).empty() || Of(filters, key).contains(text);
  };
  std::erase_if(networks, [&](const NetworkResource& network) {
    const bool builtin = IsPredefined(network.name);
    const bool idle = !builtin && network.containers.empty();
    return !exact("driver", network.driver) || !exact("scope", network.scope) ||
           !MatchesAny(Of(filters, "name"), network.name) ||
           !MatchesAny(Of(filters, "id"), network.id) ||
           !HasLabels(network.labels, Of(filters, "label")) || (dangling && *dangling != idle) ||
           !exact("type", builtin ? "builtin" : "custom");
  });
  return networks;
}

Result<NetworkPruneFilter> NetworkPruneFilter::Parse(const api::Filters& filters,
                                                     const gotime::Time& now) {
  BUOY_TRY(CheckKeys(filters, {"label", "label!", "until"}));
  NetworkPruneFilter filter;
  filter.labels_ = Of(filters, "label");
  filter.without_labels_ = Of(filters, "label!");
  const Values& until = Of(filters, "until");
  if (until.empty()) return filter;
  if (until.size() > 1) return InvalidArgument("more than one until filter specified");
  BUOY_ASSIGN(const std::string stamp, gotime::ParseTimestamp(*until.begin(), now));
  char* end = nullptr;
  const double seconds = std::strtod(stamp.c_str(), &end);
  if (stamp.empty() || *end != '\0') {
    return InvalidArgument("failed to parse value as time or duration: \"" + stamp + "\"");
  }
  const double whole = std::floor(seconds);
  filter.until_ =
      gotime::Time{static_cast<int64_t>(whole), static_cast<int32_t>((seconds - whole) * 1e9)};
  return filter;
}

bool NetworkPruneFilter::Matches(const NetworkResource& network) const {
  if (IsPredefined(network.name) || network.config_only || !network.containers.empty()) {
    return false;
  }
  if (until_) {
    auto created = gotime::ParseRfc3339(network.created);
    if (created.ok() && *created > *until_) return false;
  }
  if (!HasLabels(network.labels, labels_)) return false;
  return without_labels_.empty() || !HasLabels(network.labels, without_labels_);
}

}  // namespace buoy::network
