#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/config/key.h"

namespace buoy::config {

// One flag as help and manual show it.
struct FlagHelp {
  std::string name;  // without dashes
  char shorthand = 0;
  std::string type_word;  // "" for a switch
  std::string usage;
  std::string default_text;  // "" = not worth saying; texts are quoted
  const Key* key = nullptr;  // nullptr for the flags that are no configuration
};

// Every flag that is shown, sorted by name.
std::vector<FlagHelp> ShownFlags();

// What `buoyd --help` prints, in dockerd's layout for a terminal of that many columns.
std::string HelpText(size_t columns = 80);

}  // namespace buoy::config
