#include "daemon/system/generic_resources.h"

#include <charconv>
#include <cstdint>

#include <nlohmann/json.hpp>

namespace buoy::system {

std::string GenericResourcesJson(const std::vector<std::string>& items) {
  nlohmann::ordered_json out;
  for (const auto& item : items) {
    const size_t equals = item.find('=');
    const std::string kind = item.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : item.substr(equals + 1);
    int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto [stop, code] = std::from_chars(value.data(), end, number);
    if (!value.empty() && code == std::errc() && stop == end) {
      out.push_back({{"DiscreteResourceSpec", {{"Kind", kind}, {"Value", number}}}});
    } else {
      out.push_back({{"NamedResourceSpec", {{"Kind", kind}, {"Value", value}}}});
    }
  }
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace buoy::system
