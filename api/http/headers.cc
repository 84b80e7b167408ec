#include "api/http/headers.h"

#include <strings.h>

namespace buoy::api {

bool EqualNoCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

void Headers::Set(std::string_view name, std::string value) {
  for (auto& [key, old] : fields_) {
    if (EqualNoCase(key, name)) {
      old = std::move(value);
      return;
    }
  }
  Add(std::string(name), std::move(value));
}

bool Headers::HasToken(std::string_view name, std::string_view token) const {
  for (const auto& [key, value] : fields_) {
    if (!EqualNoCase(key, name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      size_t comma = rest.find(',');
      std::string_view item = rest.substr(0, comma);
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
      while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
      while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
      if (EqualNoCase(item, token)) return true;
    }
  }
  return false;
}

size_t Headers::Count(std::string_view name) const {
  size_t count = 0;
  for (const auto& [key, value] : fields_) count += EqualNoCase(key, name);
  return count;
}

const std::string* Headers::Find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (EqualNoCase(key, name)) return &value;
  }
  return nullptr;
}

}  // namespace buoy::api
