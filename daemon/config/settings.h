#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/key.h"
#include "daemon/config/value.h"

namespace buoy::config {

enum class Source { kDefault, kFile, kFlag };

const char* SourceText(Source source);  // "default", "file", "flag"

// The effective value of every key of the table and where it came from. A value type.
// Names are those of daemon.json; an unknown name or a wrong type is a mistake of the program and
// aborts it.
class Settings {
 public:
  Settings();  // every key at its default

  bool Bool(std::string_view name) const;
  int64_t Int(std::string_view name) const;                // kInt, kBytes
  const std::string& String(std::string_view name) const;  // kString, kIp, kObject
  const List& GetList(std::string_view name) const;        // kList, kIpList, kPools
  const Map& GetMap(std::string_view name) const;          // the map types of value.h
  const Value& Get(std::string_view name) const;

  Source SourceOf(std::string_view name) const;
  // Given by flag or file, whatever its value.
  bool IsSet(std::string_view name) const { return SourceOf(name) != Source::kDefault; }

  // `value` has the alternative that the key's type asks for.
  void Set(std::string_view name, Value value, Source source);

  bool operator==(const Settings&) const = default;

 private:
  struct Entry {
    Value value;
    Source source = Source::kDefault;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> entries_;  // in the table's order
};

}  // namespace buoy::config
