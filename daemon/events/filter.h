#pragma once

#include "api/server/backend/filters.h"
#include "common/types/event.h"

namespace buoy::events {

// The filters of GET /events, as moby reads them: values of one key are alternatives, keys must all
// hold. container, image, volume, network, daemon, plugin, service, node, secret, config match id
// or name by prefix; image also matches containers made from it; label is KEY or KEY=VALUE.
class Filter {
 public:
  explicit Filter(api::Filters filters) : filters_(std::move(filters)) {}
  bool Matches(const types::Event& event) const;

 private:
  bool Exact(const std::string& key, const std::string& value) const;
  bool Prefix(const std::string& key, const std::string& value) const;
  bool Action(const types::Event& event) const;
  bool Image(const types::Event& event) const;
  bool Labels(const types::Event& event) const;

  api::Filters filters_;
};

}  // namespace buoy::events
