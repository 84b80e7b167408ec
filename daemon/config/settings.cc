#include "daemon/config/settings.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace buoy::config {
namespace {

[[noreturn]] void Misuse(const char* what, std::string_view name) {
  std::fprintf(stderr, "config: %s: %.*s\n", what, static_cast<int>(name.size()), name.data());
  std::abort();
}

size_t IndexOf(std::string_view name) {
  const Key* key = FindKey(name);
  if (key == nullptr) Misuse("no such key", name);
  return static_cast<size_t>(key - Keys().data());
}

template <class T>
const T& As(const Value& value, std::string_view name) {
  const T* typed = std::get_if<T>(&value);
  if (typed == nullptr) Misuse("key of another type", name);
  return *typed;
}

}  // namespace

const char* SourceText(Source source) {
  switch (source) {
    case Source::kDefault:
      return "default";
    case Source::kFile:
      return "file";
    case Source::kFlag:
      return "flag";
  }
  return "";
}

Settings::Settings() {
  entries_.reserve(Keys().size());
  for (const Key& key : Keys()) entries_.push_back({DefaultValue(key), Source::kDefault});
}

const Value& Settings::Get(std::string_view name) const { return entries_[IndexOf(name)].value; }
bool Settings::Bool(std::string_view name) const { return As<bool>(Get(name), name); }
int64_t Settings::Int(std::string_view name) const { return As<int64_t>(Get(name), name); }
const std::string& Settings::String(std::string_view name) const {
  return As<std::string>(Get(name), name);
}
const List& Settings::GetList(std::string_view name) const { return As<List>(Get(name), name); }
const Map& Settings::GetMap(std::string_view name) const { return As<Map>(Get(name), name); }

Source Settings::SourceOf(std::string_view name) const { return entries_[IndexOf(name)].source; }

void Settings::Set(std::string_view name, Value value, Source source) {
  Entry& entry = entries_[IndexOf(name)];
  if (entry.value.index() != value.index()) Misuse("value of another type for key", name);
  entry = {std::move(value), source};
}

}  // namespace buoy::config
