#include "daemon/image/image_filter.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace buoy::image {

namespace {

bool HasLabel(const std::map<std::string, std::string>* labels, const std::string& wanted) {
  if (labels == nullptr) return false;
  const size_t equals = wanted.find('=');
  auto found = labels->find(wanted.substr(0, equals));
  if (found == labels->end()) return false;
  return equals == std::string::npos || found->second == wanted.substr(equals + 1);
}

bool HasAllLabels(const std::map<std::string, std::string>* labels,
                  const std::set<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const std::string& label) { return HasLabel(labels, label); });
}

// "seconds[.nanoseconds]" to a time.
Result<gotime::Time> ParseSeconds(const std::string& text) {
  gotime::Time time{0, 0};
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, time.seconds);
  bool good = error == std::errc();
  if (good && rest != end) {
    std::string fraction(rest + 1, end);
    good = *rest == '.' && fraction.size() <= 9 && !fraction.empty() &&
           std::all_of(fraction.begin(), fraction.end(), [](char c) { return std::isdigit(c); });
    if (good) {
      fraction.resize(9, '0');
      time.nanoseconds = std::stoi(fraction);
    }
  }
  if (!good) return InvalidArgument("failed to parse value as time or duration: \"" + text + "\"");
  return time;
}

Result<gotime::Time> ParseUntil(const std::string& value, const gotime::Time& now) {
  BUOY_ASSIGN(std::string stamp, gotime::ParseTimestamp(value, now));
  return ParseSeconds(stamp);
}

Result<bool> ParseBool(const std::string& name, const std::set<std::string>& values) {
  const bool yes = values.contains("1") || values.contains("true");
  const bool no = values.contains("0") || values.contains("false");
  if (yes != no) return yes;
  std::string list;
  for (const auto& value : values) list += (list.empty() ? "" : " ") + value;
  return InvalidArgument("invalid filter '" + name + "=[" + list + "]'");
}

bool HasTag(const std::vector<Reference>& references) {
  return std::any_of(references.begin(), references.end(),
                     [](const Reference& reference) { return !reference.has_digest(); });
}

}  // namespace

Result<ListFilter> ListFilter::Parse(const api::Filters& filters, const CreatedLookup& lookup,
                                     const gotime::Time& now) {
  ListFilter filter;
  // Several values mean all of them: the oldest bound, the newest bound.
  auto lower = [&](const gotime::Time& time) {
    if (!filter.before_ || time < *filter.before_) filter.before_ = time;
  };
  for (const auto& [name, values] : filters) {
    if (name == "dangling") {
      if (values.empty()) continue;
      BUOY_ASSIGN(filter.dangling_, ParseBool(name, values));
    } else if (name == "label") {
      filter.labels_ = values;
    } else if (name == "reference") {
      filter.references_ = values;
    } else if (name == "before" || name == "since") {
      for (const auto& value : values) {
        BUOY_ASSIGN(auto created, lookup(value));
        if (!created) continue;
        if (name == "before") {
          lower(*created);
        } else if (!filter.since_ || *filter.since_ < *created) {
          filter.since_ = created;
        }
      }
    } else if (name == "until") {
      for (const auto& value : values) {
        BUOY_ASSIGN(auto until, ParseUntil(value, now));
        lower(until);
      }
    } else {
      return InvalidArgument("invalid filter '" + name + "'");
    }
  }
  return filter;
}

bool ListFilter::InTime(const FilterSubject& image) const {
  if (!image.created) return true;
  return (!before_ || *image.created < *before_) && (!since_ || *image.created > *since_);
}

Result<std::optional<std::vector<Reference>>> ListFilter::Match(const FilterSubject& image,
                                                                bool all) const {
  using Shown = std::optional<std::vector<Reference>>;
  const bool only_dangling = dangling_.value_or(false);
  if (only_dangling && image.has_children) return Shown();
  if (!InTime(image) || !HasAllLabels(image.labels, labels_)) return Shown();
  std::vector<Reference> shown;
  for (const auto& reference : image.references) {
    bool matches = references_.empty();
    for (const auto& pattern : references_) {
      BUOY_ASSIGN(bool match, FamiliarMatch(pattern, reference));
      matches = matches || match;
    }
    if (matches) shown.push_back(reference);
  }
  if (shown.empty()) {
    if (!all && image.has_children) return Shown();  // an intermediate image
    if ((dangling_ && !*dangling_) || !references_.empty()) return Shown();
  } else if (only_dangling && HasTag(shown)) {
    return Shown();
  }
  return Shown(std::move(shown));
}

Result<PruneFilter> PruneFilter::Parse(const api::Filters& filters, const gotime::Time& now) {
  PruneFilter filter;
  for (const auto& [name, values] : filters) {
    if (name == "dangling") {
      if (values.empty()) continue;
      BUOY_ASSIGN(filter.dangling_only_, ParseBool(name, values));
    } else if (name == "label") {
      filter.labels_ = values;
    } else if (name == "label!") {
      filter.without_labels_ = values;
    } else if (name == "until") {
      if (values.size() > 1) return InvalidArgument("more than one until filter specified");
      if (values.empty()) continue;
      BUOY_ASSIGN(filter.until_, ParseUntil(*values.begin(), now));
    } else {
      return InvalidArgument("invalid filter '" + name + "'");
    }
  }
  return filter;
}

bool PruneFilter::Match(const FilterSubject& image) const {
  if (image.references.empty() && image.has_children) return false;
  if (dangling_only_ && (image.has_children || HasTag(image.references))) return false;
  if (until_ && (!image.created || *image.created > *until_)) return false;
  if (!HasAllLabels(image.labels, labels_)) return false;
  return std::none_of(without_labels_.begin(), without_labels_.end(),
                      [&](const std::string& label) { return HasLabel(image.labels, label); });
}

}  // namespace buoy::image
