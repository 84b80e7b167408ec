#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/result/result.h"
#include "daemon/container/container.h"

namespace buoy::container {

// All containers, by id and by name. Thread-safe; its lock is a leaf.
class Registry {
 public:
  // Exact id, then name (with or without its slash, or a link's "/parent/alias"), then unique id
  // prefix.
  Result<ContainerPtr> Find(const std::string& ref) const;
  // Only by full id; null = none.
  ContainerPtr Get(const std::string& id) const;
  std::vector<ContainerPtr> All() const;

  // Reserves `name` for `id` before the container exists. kConflict with Docker's text.
  Status ReserveName(const std::string& name, const std::string& id);
  void ReleaseName(const std::string& name, const std::string& id);
  void Add(const ContainerPtr& container);  // its name has been reserved
  void Remove(const std::string& id);       // and its name

  // Every name of a container: "/name" and "/parent/alias" for each link to it.
  std::vector<std::string> NamesOf(const std::string& id) const;

 private:
  ContainerPtr FindLink(const std::string& path) const;

  mutable std::mutex mutex_;
  std::map<std::string, ContainerPtr> by_id_;
  std::map<std::string, std::string> ids_by_name_;
};

}  // namespace buoy::container
