#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/server/backend/filters.h"
#include "common/gotime/time.h"
#include "common/reference/reference.h"
#include "common/result/result.h"

namespace buoy::image {

// What the filters look at.
struct FilterSubject {
  std::optional<gotime::Time> created;
  const std::map<std::string, std::string>* labels = nullptr;
  std::vector<Reference> references;
  bool has_children = false;
};

// When an image (a reference or ID) was created; its error for unknown ones.
using CreatedLookup = std::function<Result<std::optional<gotime::Time>>(const std::string& ref)>;

// The filters of `docker images`.
class ListFilter {
 public:
  static Result<ListFilter> Parse(const api::Filters& filters, const CreatedLookup& lookup,
                                  const gotime::Time& now);
  // The references to show; nullopt = not this image. `all` = intermediate images too.
  Result<std::optional<std::vector<Reference>>> Match(const FilterSubject& image, bool all) const;

 private:
  bool InTime(const FilterSubject& image) const;

  std::optional<bool> dangling_;
  std::optional<gotime::Time> before_, since_;
  std::set<std::string> labels_, references_;
};

// The filters of `docker image prune`.
class PruneFilter {
 public:
  static Result<PruneFilter> Parse(const api::Filters& filters, const gotime::Time& now);
  bool dangling_only() const { return dangling_only_; }
  bool Match(const FilterSubject& image) const;

 private:
  bool dangling_only_ = true;
  std::optional<gotime::Time> until_;
  std::set<std::string> labels_, without_labels_;
};

}  // namespace buoy::image
