#include "daemon/container/registry.h"

namespace buoy::container {

ContainerPtr Registry::Get(const std::string& id) const {
  std::lock_guard lock(mutex_);
  auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

Result<ContainerPtr> Registry::Find(const std::string& ref) const {
  if (ref.empty()) return InvalidArgument("invalid name or ID supplied: \"\"");
  {
    std::lock_guard lock(mutex_);
    if (auto found = by_id_.find(ref); found != by_id_.end()) return found->second;
    std::string name = ref.front() == '/' ? ref.substr(1) : ref;
    if (auto found = ids_by_name_.find(name); found != ids_by_name_.end()) {
      if (auto holder = by_id_.find(found->second); holder != by_id_.end()) return holder->second;
    }
    auto first = by_id_.lower_bound(ref);
    if (first != by_id_.end() && first->first.compare(0, ref.size(), ref) == 0) {
      auto second = std::next(first);
      if (second != by_id_.end() && second->first.compare(0, ref.size(), ref) == 0) {
        return InvalidArgument("multiple IDs found with provided prefix: " + ref);
      }
      return first->second;
    }
  }
  if (ContainerPtr linked = FindLink(ref)) return linked;
  return NotFound("No such container: " + ref);
}

ContainerPtr Registry::FindLink(const std::string& path) const {
  size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0) return nullptr;
  std::string parent = path.substr(0, slash);
  if (parent.front() == '/') parent.erase(0, 1);
  ContainerPtr holder;
  {
    std::lock_guard lock(mutex_);
    auto found = ids_by_name_.find(parent);
    if (found == ids_by_name_.end()) return nullptr;
    auto entry = by_id_.find(found->second);
    if (entry == by_id_.end()) return nullptr;
    holder = entry->second;
  }
  std::string id;
  {
    std::lock_guard lock(holder->mutex);
    auto link = holder->data.links.find(path.substr(slash + 1));
    if (link == holder->data.links.end()) return nullptr;
    id = link->second;
  }
  return Get(id);
}

std::vector<ContainerPtr> Registry::All() const {
  std::lock_guard lock(mutex_);
  std::vector<ContainerPtr> all;
  all.reserve(by_id_.size());
  for (const auto& [id, container] : by_id_) all.push_back(container);
  return all;
}

Status Registry::ReserveName(const std::string& name, const std::string& id) {
  std::lock_guard lock(mutex_);
  auto [entry, inserted] = ids_by_name_.emplace(name, id);
  if (inserted || entry->second == id) return Ok();
  return Conflict("Conflict. The container name \"/" + name +
                  "\" is already in use by container \"" + entry->second +
                  "\". You have to remove (or rename) that container to be able to reuse that "
                  "name.");
}

void Registry::ReleaseName(const std::string& name, const std::string& id) {
  std::lock_guard lock(mutex_);
  auto found = ids_by_name_.find(name);
  if (found != ids_by_name_.end() && found->second == id) ids_by_name_.erase(found);
}

void Registry::Add(const ContainerPtr& container) {
  std::lock_guard lock(mutex_);
  by_id_[container->id] = container;
}

void Registry::Remove(const std::string& id) {
  std::lock_guard lock(mutex_);
  by_id_.erase(id);
  std::erase_if(ids_by_name_, [&id](const auto& entry) { return entry.second == id; });
}

std::vector<std::string> Registry::NamesOf(const std::string& id) const {
  ContainerPtr own = Get(id);
  if (own == nullptr) return {};
  std::vector<std::string> names = {"/" + own->Snapshot().name};
  for (const auto& parent : All()) {
    std::lock_guard lock(parent->mutex);
    for (const auto& [alias, linked] : parent->data.links) {
      if (linked == id) names.push_back("/" + parent->data.name + "/" + alias);
    }
  }
  return names;
}

}  // namespace buoy::container
