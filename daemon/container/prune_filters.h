#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "api/server/backend/filters.h"
#include "common/result/result.h"

namespace buoy::container {

// until, label and label! of `container prune`.
class PruneFilter {
 public:
  static Result<PruneFilter> Parse(const api::Filters& filters, int64_t now_ns);
  bool Matches(int64_t created_ns, const std::map<std::string, std::string>& labels) const;

 private:
  int64_t until_ns_ = 0;  // 0 = no limit
  std::set<std::string> labels_, without_labels_;
};

// "key" or "key=value" of a label filter.
bool HasLabel(const std::map<std::string, std::string>& labels, const std::string& wanted);

}  // namespace buoy::container
