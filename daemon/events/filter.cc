#include "daemon/events/filter.h"

#include <algorithm>
#include <array>

#include "common/reference/reference.h"

namespace buoy::events {
namespace {

std::string Attribute(const types::Event& event, const char* name) {
  auto it = event.actor.attributes.find(name);
  return it == event.actor.attributes.end() ? "" : it->second;
}

std::string WithoutTag(const std::string& image) {
  auto reference = Reference::ParseNormalized(image);
  return reference.ok() ? reference->FamiliarName() : image;
}

}  // namespace

bool Filter::Exact(const std::string& key, const std::string& value) const {
  auto it = filters_.find(key);
  return it == filters_.end() || it->second.empty() || it->second.contains(value);
}

bool Filter::Prefix(const std::string& key, const std::string& value) const {
  auto it = filters_.find(key);
  if (it == filters_.end() || it->second.empty()) return true;
  return std::any_of(it->second.begin(), it->second.end(),
                     [&](const std::string& wanted) { return value.starts_with(wanted); });
}

bool Filter::Action(const types::Event& event) const {
  auto it = filters_.find("event");
  if (it == filters_.end()) return true;
  // "exec_start: sh -c ..." and "health_status: healthy" are also wanted without what follows.
  for (const char* family : {"health_status", "exec_create", "exec_start"}) {
    if (it->second.contains(family)) return Prefix("event", event.action);
  }
  return Exact("event", event.action);
}

bool Filter::Image(const types::Event& event) const {
  if (!filters_.contains("image")) return true;
  std::string name = Attribute(event, event.type == "image" ? "name" : "image");
  return Exact("image", event.actor.id) || Exact("image", name) ||
         Exact("image", WithoutTag(event.actor.id)) || Exact("image", WithoutTag(name));
}

bool Filter::Labels(const types::Event& event) const {
  auto it = filters_.find("label");
  if (it == filters_.end()) return true;
  const auto& attributes = event.actor.attributes;
  return std::all_of(it->second.begin(), it->second.end(), [&](const std::string& wanted) {
    size_t equals = wanted.find('=');
    auto found = attributes.find(wanted.substr(0, equals));
    if (found == attributes.end()) return false;
    return equals == std::string::npos || found->second == wanted.substr(equals + 1);
  });
}

bool Filter::Matches(const types::Event& event) const {
  if (filters_.empty()) return true;
  static constexpr std::array kActors = {"daemon", "container", "plugin", "volume", "network",
                                         "node",   "service",   "secret", "config"};
  for (const char* key : kActors) {
    if (!filters_.contains(key)) continue;
    if (!Prefix(key, event.actor.id) && !Prefix(key, Attribute(event, "name"))) return false;
  }
  return Action(event) && Exact("type", event.type) && Exact("scope", event.scope) &&
         Image(event) && Labels(event);
}

}  // namespace buoy::events
