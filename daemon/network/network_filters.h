#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/server/backend/filters.h"
#include "common/gotime/time.h"
#include "common/result/result.h"
#include "common/types/network.h"

// The filters of `network ls` and `network prune`, as values. Texts are Docker's.
namespace buoy::network {

// `networks` come with their containers, which "dangling" looks at.
Result<std::vector<types::NetworkResource>> FilterNetworks(
    std::vector<types::NetworkResource> networks, const api::Filters& filters);

// label, label! and until.
class NetworkPruneFilter {
 public:
  static Result<NetworkPruneFilter> Parse(const api::Filters& filters, const gotime::Time& now);
  // Never the predefined ones, nor those in use.
  bool Matches(const types::NetworkResource& network) const;

 private:
  std::set<std::string> labels_, without_labels_;
  std::optional<gotime::Time> until_;
};

}  // namespace buoy::network
