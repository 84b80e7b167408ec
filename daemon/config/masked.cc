#include "daemon/config/masked.h"

#include <utility>

#include "daemon/config/text.h"

namespace buoy::config {
namespace {

// Log options such as splunk-token.
bool NamesSecret(const std::string& option) {
  std::string name = Lower(option);
  for (const char* word : {"token", "password", "secret", "credential"}) {
    if (name.find(word) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

Value Masked(const Key& key, Value value) {
  if (auto* text = std::get_if<std::string>(&value); text != nullptr && key.secret) {
    *text = MaskCredentials(*text);
  } else if (auto* map = std::get_if<Map>(&value); map != nullptr && key.secret) {
    for (auto& [option, item] : *map) {
      item = NamesSecret(option) ? "xxxxx" : MaskCredentials(item);
    }
  }
  return value;
}

std::string MaskedJson(const Key& key, const Value& value) {
  return ToJsonText(key.type, Masked(key, value));
}

}  // namespace buoy::config
