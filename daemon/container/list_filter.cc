#include "daemon/container/list_filter.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "common/regexp/regexp.h"
#include "daemon/container/prune_filters.h"

namespace buoy::container {
namespace {

constexpr const char* kAccepted[] = {"ancestor", "before",  "exited",  "id",      "isolation",
                                     "label",    "name",    "status",  "health",  "since",
                                     "volume",   "network", "is-task", "publish", "expose"};

// Docker matches by regular expression and, failing that, as a prefix.
bool MatchText(const std::string& pattern, const std::string& text) {
  return pattern == text || RegexpMatches(pattern, text) || text.rfind(pattern, 0) == 0;
}

Result<int> ParsePort(const std::string& text) {
  char* end = nullptr;
  const bool digits = !text.empty() && std::isdigit(static_cast<unsigned char>(text[0]));
  const unsigned long number = digits ? std::strtoul(text.c_str(), &end, 10) : 0;
  const char* wrong = nullptr;
  if (!digits || *end != '\0') {
    wrong = "invalid syntax";
  } else if (number > 65535) {
    wrong = "value out of range";
  }
  if (wrong == nullptr) return static_cast<int>(number);
  return InvalidArgument("strconv.ParseUint: parsing \"" + text + "\": " + wrong);
}

// First and last, in the words of go-connections' ParsePortRange.
Result<std::pair<int, int>> ParsePorts(const std::string& text) {
  if (text.empty()) return InvalidArgument("empty string specified for ports");
  const size_t dash = text.find('-');
  BUOY_ASSIGN(const int first, ParsePort(text.substr(0, dash)));
  if (dash == std::string::npos) return std::pair(first, first);
  BUOY_ASSIGN(const int last, ParsePort(text.substr(dash + 1)));
  if (last < first) return InvalidArgument("invalid range specified for port: " + text);
  return std::pair(first, last);
}

Status AddPorts(const std::string& key, const std::string& value, std::set<std::string>& out) {
  if (value.find(':') != std::string::npos) {
    return InvalidArgument("filter for '" + key + "' should not contain ':': " + value);
  }
  size_t slash = value.find('/');
  std::string proto = slash == std::string::npos ? "tcp" : value.substr(slash + 1);
  BUOY_ASSIGN_CONTEXT(const auto range, ParsePorts(value.substr(0, slash)),
                      "error while looking up for " + key + " " + value);
  for (int port = range.first; port <= range.second; ++port) {
    out.insert(std::to_string(port) + "/" + proto);
  }
  return Ok();
}

Result<int> ParseCode(const std::string& value) {
  char* end = nullptr;
  long code = std::strtol(value.c_str(), &end, 10);
  if (!value.empty() && *end == '\0') return static_cast<int>(code);
  return InvalidArgument("invalid filter 'exited=" + value + "': strconv.Atoi: parsing \"" + value +
                         "\": invalid syntax");
}

Status CheckHealth(const std::string& value) {
  for (const char* known : {"none", "starting", "healthy", "unhealthy"}) {
    if (value == known) return Ok();
  }
  return InvalidArgument("invalid filter 'health=" + value + "': invalid value for health (" +
                         value + "): must be one of none, starting, unhealthy, healthy");
}

Status CheckStatus(const std::string& value) {
  if (ParseState(value).ok()) return Ok();
  return InvalidArgument(
      "invalid filter 'status=" + value + "': invalid value for state (" + value +
      "): must be one of created, running, paused, restarting, removing, exited, dead");
}

}  // namespace

const std::set<std::string>* ListFilter::Values(const char* name) const {
  auto found = filters_.find(name);
  return found == filters_.end() || found->second.empty() ? nullptr : &found->second;
}

Result<ListFilter> ListFilter::Parse(const api::ContainerListOptions& options,
                                     const Lookups& lookups) {
  ListFilter filter;
  filter.filters_ = options.filters;
  filter.all_ = options.all;
  filter.limit_ = options.limit;
  for (const auto& [name, values] : options.filters) {
    if (std::find_if(std::begin(kAccepted), std::end(kAccepted),
                     [&name](const char* known) { return name == known; }) == std::end(kAccepted)) {
      return InvalidArgument("invalid filter '" + name + "'");
    }
    for (const auto& value : values) {
      if (name == "exited") {
        BUOY_ASSIGN(int code, ParseCode(value));
        filter.exit_codes_.insert(code);
      } else if (name == "status") {
        BUOY_TRY(CheckStatus(value));
        filter.all_ = true;
      } else if (name == "health") {
        BUOY_TRY(CheckHealth(value));
      } else if (name == "before") {
        BUOY_ASSIGN(filter.before_, lookups.container(value));
      } else if (name == "since") {
        BUOY_ASSIGN(filter.since_, lookups.container(value));
      } else if (name == "ancestor") {
        filter.images_.merge(lookups.image_family(value));
      } else if (name == "publish") {
        BUOY_TRY(AddPorts(name, value, filter.publish_));
      } else if (name == "expose") {
        BUOY_TRY(AddPorts(name, value, filter.expose_));
      } else if (name == "is-task") {
        if (value != "true" && value != "false" && value != "1" && value != "0") {
          return InvalidArgument("invalid filter 'is-task=[" + value + "]'");
        }
        filter.is_task_ = value == "true" || value == "1";
      }
    }
  }
  return filter;
}

ListFilter::Decision ListFilter::Decide(const ListEntry& entry, int included) {
  if (!before_.empty()) {
    if (entry.data.id == before_) before_.clear();
    return Decision::kExclude;
  }
  if (!since_.empty() && entry.data.id == since_) return Decision::kStop;
  if (!IsRunning(entry.data.state) && !all_ && limit_ <= 0) return Decision::kExclude;
  if (limit_ > 0 && included == limit_) return Decision::kStop;
  return Matches(entry) ? Decision::kInclude : Decision::kExclude;
}

bool ListFilter::MatchesName(const ListEntry& entry) const {
  const auto* names = Values("name");
  if (names == nullptr) return true;
  for (const auto& pattern : *names) {
    for (const auto& name : entry.names) {
      if (MatchText(pattern, name) || MatchText(pattern, name.substr(1))) return true;
    }
  }
  return false;
}

bool ListFilter::MatchesVolume(const ListEntry& entry) const {
  const auto* volumes = Values("volume");
  if (volumes == nullptr) return true;
  for (const auto& mount : entry.data.mounts) {
    if (volumes->contains(mount.destination) ||
        volumes->contains(mount.name.empty() ? mount.source : mount.name)) {
      return true;
    }
  }
  return false;
}

bool ListFilter::MatchesNetwork(const ListEntry& entry) const {
  const auto* wanted = Values("network");
  if (wanted == nullptr) return true;
  for (const auto& value : *wanted) {
    for (const auto& [name, endpoint] : entry.data.network.networks) {
      if (name == value || endpoint.network_id.rfind(value, 0) == 0) return true;
    }
  }
  return false;
}

bool ListFilter::MatchesPorts(const ListEntry& entry) const {
  if (publish_.empty() && expose_.empty()) return true;
  for (const auto& [port, bindings] : entry.data.network.ports) {
    if (expose_.contains(port)) return true;
    const std::string proto = port.substr(std::min(port.find('/'), port.size()));
    for (const auto& binding : bindings) {
      if (publish_.contains(binding.host_port + proto)) return true;
    }
  }
  return false;
}

bool ListFilter::Matches(const ListEntry& entry) const {
  const ContainerData& data = entry.data;
  if (!MatchesName(entry)) return false;
  if (const auto* ids = Values("id")) {
    bool found = false;
    for (const auto& id : *ids) found = found || MatchText(id, data.id);
    if (!found) return false;
  }
  if (is_task_ && *is_task_) return false;  // no container of ours belongs to a task
  if (const auto* labels = Values("label")) {
    for (const auto& label : *labels) {
      if (!HasLabel(data.config.labels, label)) return false;
    }
  }
  if (const auto* isolation = Values("isolation")) {
    if (!isolation->contains(data.host_config.isolation)) return false;
  }
  if (!exit_codes_.empty() &&
      (IsRunning(data.state) || data.started_ns == 0 || !exit_codes_.contains(data.exit_code))) {
    return false;
  }
  if (const auto* status = Values("status")) {
    if (!status->contains(std::string(StateName(data.state)))) return false;
  }
  if (const auto* health = Values("health")) {
    if (!health->contains(entry.health.empty() ? "none" : entry.health)) return false;
  }
  if (Values("ancestor") != nullptr && !images_.contains(data.image_id)) return false;
  return MatchesVolume(entry) && MatchesNetwork(entry) && MatchesPorts(entry);
}

Lookups ListLookups(Engine& engine) {
  Lookups lookups;
  lookups.container = [&engine](const std::string& ref) -> Result<std::string> {
    BUOY_ASSIGN(ContainerPtr container, engine.registry.Find(ref));
    return container->id;
  };
  lookups.image_family = [&engine](const std::string& ref) -> std::set<std::string> {
    auto image = engine.areas.images.Resolve(ref, "");
    if (!image.ok()) return {};
    return engine.areas.images.WithDescendants(image->id);
  };
  return lookups;
}

int64_t ImageSize(Engine& engine, const std::string& image_id) {
  auto image = engine.areas.images.Resolve(image_id, "");
  if (!image.ok() || image->chain_id.empty()) return 0;
  auto chain = engine.areas.storage.LayerChain(image->chain_id);
  if (!chain.ok()) return 0;
  int64_t size = 0;
  for (const auto& id : *chain) {
    if (auto layer = engine.areas.storage.GetLayer(id); layer.ok()) size += layer->size;
  }
  return size;
}

}  // namespace buoy::container
