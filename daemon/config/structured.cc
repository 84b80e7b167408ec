#include "daemon/config/structured.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace buoy::config {

AddressPool SplitPool(const std::string& item) {
  const size_t comma = item.find(",size=");
  if (!item.starts_with("base=") || comma == std::string::npos) return {};
  return {item.substr(5, comma - 5), std::atoi(item.c_str() + comma + 6)};
}

UlimitRange SplitUlimit(const std::string& item) {
  UlimitRange range;
  range.soft = range.hard = std::strtoll(item.c_str(), nullptr, 10);
  if (const size_t colon = item.find(':'); colon != std::string::npos) {
    range.hard = std::strtoll(item.c_str() + colon + 1, nullptr, 10);
  }
  return range;
}

RuntimeEntry SplitRuntime(const std::string& json) {
  RuntimeEntry entry;
  const auto parsed = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return entry;
  if (auto path = parsed.find("path"); path != parsed.end() && path->is_string()) {
    entry.path = *path;
  }
  if (auto args = parsed.find("runtimeArgs"); args != parsed.end() && args->is_array()) {
    for (const auto& arg : *args) {
      if (arg.is_string()) entry.args.push_back(arg);
    }
  }
  return entry;
}

}  // namespace buoy::config
