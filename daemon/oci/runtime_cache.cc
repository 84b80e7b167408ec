#include "daemon/oci/runtime_cache.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "common/digest/sha256.h"
#include "common/unix/file.h"

namespace buoy::oci {
namespace {

constexpr int kFormat = 1;

// Boot and cgroup mounts: what decides besides the binary whether a runtime works.
std::string HostState() {
  Sha256 hash;
  hash.Update(ReadFile("/proc/sys/kernel/random/boot_id").value_or(""));
  std::istringstream mounts(ReadFile("/proc/self/mountinfo").value_or(""));
  std::string line;
  while (std::getline(mounts, line)) {
    if (line.find(" - cgroup") == std::string::npos) continue;
    // Without the mount's number, which is another in every mount namespace.
    hash.Update(line.substr(line.find(" - ")));
  }
  return hash.Digest();
}

std::string Key(const std::string& binary) {
  struct stat info {};
  if (stat(binary.c_str(), &info) != 0) return "";
  static const std::string host = HostState();
  return binary + " " + std::to_string(info.st_size) + " " + std::to_string(info.st_ino) + " " +
         std::to_string(info.st_mtim.tv_sec) + "." + std::to_string(info.st_mtim.tv_nsec) + " " +
         host;
}

}  // namespace

RuntimeCache RuntimeCache::Load(const std::string& path) {
  RuntimeCache cache;
  cache.path_ = path;
  auto text = ReadFile(path, 1 << 20);
  if (!text.ok()) return cache;
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("format", 0) != kFormat) return cache;
  try {
    for (const auto& [key, item] : json.at("runtimes").items()) {
      cache.facts_[key] = {item.at("version"), item.at("commit"), item.at("rro"), item.at("probed"),
                           item.at("failure")};
    }
  } catch (const nlohmann::json::exception&) {
    cache.facts_.clear();
  }
  return cache;
}

void RuntimeCache::Save() const {
  if (!changed_) return;
  nlohmann::json json = {{"format", kFormat}, {"runtimes", nlohmann::json::object()}};
  for (const auto& [key, facts] : facts_) {
    json["runtimes"][key] = {{"version", facts.version},
                             {"commit", facts.commit},
                             {"rro", facts.recursive_read_only},
                             {"probed", facts.probed},
                             {"failure", facts.probe_failure}};
  }
  (void)WriteFileAtomic(path_, json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                        0600);
}

std::optional<RuntimeFacts> RuntimeCache::Find(const std::string& binary) const {
  auto found = facts_.find(Key(binary));
  if (found == facts_.end()) return std::nullopt;
  return found->second;
}

void RuntimeCache::Put(const std::string& binary, const RuntimeFacts& facts) {
  const std::string key = Key(binary);
  if (key.empty()) return;
  // Former states of the same binary are of no more use.
  std::erase_if(facts_, [&](const auto& entry) { return entry.first.starts_with(binary + " "); });
  facts_[key] = facts;
  changed_ = true;
}

}  // namespace buoy::oci
