#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/server/backend/container_backend.h"
#include "daemon/container/container_data.h"
#include "daemon/container/engine.h"

namespace buoy::container {

struct ListEntry {
  ContainerData data;
  std::string health;  // "" = no health check
  std::vector<std::string> names;
};

// What a filter has to ask others.
struct Lookups {
  // Id of a container by name, id or prefix; errors as Registry::Find.
  std::function<Result<std::string>(const std::string& ref)> container;
  // Ids of the image and of those built on it; empty = no such image.
  std::function<std::set<std::string>(const std::string& ref)> image_family;
};

// GET /containers/json's filters; containers come newest first.
class ListFilter {
 public:
  enum class Decision { kInclude, kExclude, kStop };

  static Result<ListFilter> Parse(const api::ContainerListOptions& options, const Lookups& lookups);
  // `included` = how many are in already. Call in order: `before` and `limit` count.
  Decision Decide(const ListEntry& entry, int included);

 private:
  bool Matches(const ListEntry& entry) const;
  bool MatchesName(const ListEntry& entry) const;
  bool MatchesVolume(const ListEntry& entry) const;
  bool MatchesNetwork(const ListEntry& entry) const;
  bool MatchesPorts(const ListEntry& entry) const;
  const std::set<std::string>* Values(const char* name) const;

  api::Filters filters_;
  bool all_ = false;
  int limit_ = 0;
  std::string before_, since_;
  std::set<int> exit_codes_;
  std::set<std::string> images_, publish_, expose_, ids_;
  std::optional<bool> is_task_;
};

Lookups ListLookups(Engine& engine);
// Bytes of the image's layers; 0 when it is unknown.
int64_t ImageSize(Engine& engine, const std::string& image_id);

}  // namespace buoy::container
