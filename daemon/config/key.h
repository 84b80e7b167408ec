#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.h"
#include "daemon/config/value.h"

namespace buoy::config {

// What a reload does with a changed key.
enum class OnReload {
  kLive,           // takes effect now
  kNewContainers,  // takes effect for containers (and networks) created from now on
  kRestart,        // takes effect when the daemon starts next
};

enum class InEffect {
  kYes,
  kNotYet,  // known and validated, but what it asks for is not built; said in the log
  kMoot,    // belongs to a part of Docker that Buoy does not have (containerd ...); said in the log
};

// One row of the table that flags, daemon.json, validation, reload, help and manual page come from.
struct Key {
  const char* name;       // in daemon.json and wherever the configuration is spoken of
  const char* flag = "";  // without dashes; "" = only in the file
  char shorthand = 0;
  Type type = Type::kString;
  const char* default_text = "";  // as one flag value; "" = zero value
  OnReload reload = OnReload::kRestart;
  InEffect in_effect = InEffect::kYes;
  const char* usage = "";
  // Checks one value (one item of a list) and may rewrite it.
  Result<std::string> (*check)(const std::string&) = nullptr;
  bool check_flag = false;     // the check runs when the flag is parsed, not only on the whole
  const char* type_word = "";  // on the help page, when it is not TypeWord(type)
  bool hidden = false;
  const char* deprecated = "";
  // Part of the network set-up that does not change under running containers.
  bool low_level_network = false;
  // Where running containers are found and what their file systems stand on; stays likewise.
  bool holds_containers = false;
  bool secret = false;  // credentials in its URL are masked wherever it is shown
};

// Sorted by name.
const std::vector<Key>& Keys();
// nullptr: no such key.
const Key* FindKey(std::string_view name);
const Key* FindFlag(std::string_view flag);
const Key* FindShorthand(char shorthand);

// The default of a key.
Value DefaultValue(const Key& key);
// Runs the key's check over the value (each item of a list).
Status CheckValue(const Key& key, Value& value);

const char* InEffectText(InEffect in_effect);  // "yes", "not yet", "no"
const char* OnReloadText(OnReload reload);     // "live", "new containers", "restart needed"

}  // namespace buoy::config
