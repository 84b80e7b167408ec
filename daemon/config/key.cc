#include "daemon/config/key.h"

#include <algorithm>
#include <cstring>

namespace buoy::config {

const Key* FindKey(std::string_view name) {
  const auto& keys = Keys();
  auto it = std::lower_bound(keys.begin(), keys.end(), name,
                             [](const Key& key, std::string_view n) { return key.name < n; });
  return it != keys.end() && it->name == name ? &*it : nullptr;
}

const Key* FindFlag(std::string_view flag) {
  if (flag == "graph") flag = "data-root";  // its name before 17.05
  for (const Key& key : Keys()) {
    if (key.flag[0] != 0 && key.flag == flag) return &key;
  }
  return nullptr;
}

const Key* FindShorthand(char shorthand) {
  if (shorthand == 'g') return FindKey("data-root");
  for (const Key& key : Keys()) {
    if (shorthand != 0 && key.shorthand == shorthand) return &key;
  }
  return nullptr;
}

Value DefaultValue(const Key& key) {
  Value value = ZeroValue(key.type);
  if (key.default_text[0] != 0) (void)AddText(key.type, key.default_text, true, value);
  return value;
}

Status CheckValue(const Key& key, Value& value) {
  if (key.check == nullptr) return Ok();
  if (auto* list = std::get_if<List>(&value)) {
    for (std::string& item : *list) {
      BUOY_ASSIGN(item, key.check(item));
    }
  } else if (auto* text = std::get_if<std::string>(&value)) {
    BUOY_ASSIGN(*text, key.check(*text));
  } else if (auto* number = std::get_if<int64_t>(&value)) {
    BUOY_TRY(key.check(std::to_string(*number)));
  }
  return Ok();
}

const char* InEffectText(InEffect in_effect) {
  switch (in_effect) {
    case InEffect::kYes:
      return "yes";
    case InEffect::kNotYet:
      return "not yet";
    case InEffect::kMoot:
      return "no";
  }
  return "";
}

const char* OnReloadText(OnReload reload) {
  switch (reload) {
    case OnReload::kLive:
      return "live";
    case OnReload::kNewContainers:
      return "new containers";
    case OnReload::kRestart:
      return "restart needed";
  }
  return "";
}

}  // namespace buoy::config
