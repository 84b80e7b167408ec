#include "daemon/container/prune_filters.h"

#include <cmath>
#include <cstdlib>

#include "common/gotime/time.h"

namespace buoy::container {

bool HasLabel(const std::map<std::string, std::string>& labels, const std::string& wanted) {
  size_t equals = wanted.find('=');
  auto found = labels.find(wanted.substr(0, equals));
  if (found == labels.end()) return false;
  return equals == std::string::npos || found->second == wanted.substr(equals + 1);
}

Result<PruneFilter> PruneFilter::Parse(const api::Filters& filters, int64_t now_ns) {
  PruneFilter filter;
  for (const auto& [name, values] : filters) {
    if (name == "label") {
      filter.labels_ = values;
    } else if (name == "label!") {
      filter.without_labels_ = values;
    } else if (name != "until") {
      return InvalidArgument("invalid filter '" + name + "'");
    }
    if (name != "until" || values.empty()) continue;
    if (values.size() > 1) return InvalidArgument("more than one until filter specified");
    gotime::Time now{now_ns / 1'000'000'000, static_cast<int32_t>(now_ns % 1'000'000'000)};
    BUOY_ASSIGN(std::string stamp, gotime::ParseTimestamp(*values.begin(), now));
    char* end = nullptr;
    double seconds = std::strtod(stamp.c_str(), &end);
    if (stamp.empty() || *end != '\0') {
      return InvalidArgument("failed to parse value as time or duration: \"" + stamp + "\"");
    }
    filter.until_ns_ = static_cast<int64_t>(seconds * 1e9);
  }
  return filter;
}

bool PruneFilter::Matches(int64_t created_ns,
                          const std::map<std::string, std::string>& labels) const {
  if (until_ns_ != 0 && created_ns > until_ns_) return false;
  for (const auto& label : labels_) {
    if (!HasLabel(labels, label)) return false;
  }
  for (const auto& label : without_labels_) {
    if (HasLabel(labels, label)) return false;
  }
  return true;
}

}  // namespace buoy::container
