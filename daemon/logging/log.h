#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// The daemon's own log on stderr, in dockerd's two forms:
//   time="2026-11-24T19:13:43.123456789Z" level=info msg="Starting up" key=value
//   {"key":"value","level":"info","msg":"Starting up","time":"..."}
// Thread-safe; level and format change at any time.
namespace buoy::log {

enum class Level { kTrace, kDebug, kInfo, kWarn, kError, kFatal };
enum class Format { kText, kJson };

struct Field {
  Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, bool v) : key(k), value(v ? "true" : "false"), bare(true) {}
  Field(std::string_view k, int v) : key(k), value(std::to_string(v)), bare(true) {}
  Field(std::string_view k, int64_t v) : key(k), value(std::to_string(v)), bare(true) {}
  Field(std::string_view k, size_t v) : key(k), value(std::to_string(v)), bare(true) {}

  std::string_view key;
  std::string value;
  bool bare = false;  // a number or a bool: no quotes in JSON
};
using Fields = std::initializer_list<Field>;

void SetLevel(Level level);
Level GetLevel();
void SetFormat(Format format);

// logrus' names in any case ("panic" counts as fatal, "warning" as warn).
std::optional<Level> ParseLevel(std::string_view name);

void Write(Level level, std::string_view message, Fields fields);
bool Enabled(Level level);

inline void Debug(std::string_view message, Fields fields = {}) {
  if (Enabled(Level::kDebug)) Write(Level::kDebug, message, fields);
}
inline void Info(std::string_view message, Fields fields = {}) {
  Write(Level::kInfo, message, fields);
}
inline void Warn(std::string_view message, Fields fields = {}) {
  Write(Level::kWarn, message, fields);
}
inline void Error(std::string_view message, Fields fields = {}) {
  Write(Level::kError, message, fields);
}

// One line without its newline; pure.
std::string FormatLine(Format format, Level level, std::string_view message, Fields fields,
                       std::string_view time);

}  // namespace buoy::log
