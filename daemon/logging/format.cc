#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "daemon/logging/log.h"

namespace buoy::log {
namespace {

const char* LevelName(Level level) {
  switch (level) {
    case Level::kTrace:
      return "trace";
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarn:
      return "warning";
    case Level::kError:
      return "error";
    case Level::kFatal:
      return "fatal";
  }
  return "info";
}

// logrus' rule for what may stand without quotes.
bool NeedsQuotes(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return !(std::isalnum(c) != 0 && c < 0x80) &&
           std::string_view("-._/@^+").find(c) == std::string_view::npos;
  });
}

// The escapes that Go's %q and JSON have in common come first; what is left are control bytes.
void AppendQuoted(std::string& out, std::string_view text, bool json) {
  out += '"';
  for (unsigned char c : text) {
    char buffer[8];
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (c < 0x20 || c == 0x7f) {
          std::snprintf(buffer, sizeof buffer, json ? "\\u%04x" : "\\x%02x", c);
          out += buffer;
        } else {
          out += static_cast<char>(c);
        }
    }
  }
  out += '"';
}

void AppendTextValue(std::string& out, std::string_view text) {
  if (NeedsQuotes(text)) {
    AppendQuoted(out, text, false);
  } else {
    out += text;
  }
}

std::vector<Field> Sorted(std::vector<Field> fields) {
  std::stable_sort(fields.begin(), fields.end(),
                   [](const Field& a, const Field& b) { return a.key < b.key; });
  return fields;
}

std::string TextLine(Level level, std::string_view message, Fields fields, std::string_view time) {
  std::string out = "time=";
  AppendTextValue(out, time);
  out += " level=";
  out += LevelName(level);
  out += " msg=";
  AppendTextValue(out, message);
  for (const Field& field : Sorted(fields)) {
    out += ' ';
    out += field.key;
    out += '=';
    AppendTextValue(out, field.value);
  }
  return out;
}

std::string JsonLine(Level level, std::string_view message, Fields fields, std::string_view time) {
  std::vector<Field> all(fields);
  all.emplace_back("level", LevelName(level));
  all.emplace_back("msg", message);
  all.emplace_back("time", time);
  std::string out = "{";
  for (const Field& field : Sorted(std::move(all))) {
    if (out.size() > 1) out += ',';
    AppendQuoted(out, field.key, true);
    out += ':';
    if (field.bare) {
      out += field.value;
    } else {
      AppendQuoted(out, field.value, true);
    }
  }
  return out + "}";
}

}  // namespace

std::string FormatLine(Format format, Level level, std::string_view message, Fields fields,
                       std::string_view time) {
  return format == Format::kJson ? JsonLine(level, message, fields, time)
                                 : TextLine(level, message, fields, time);
}

std::optional<Level> ParseLevel(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), ::tolower);
  if (lower == "trace") return Level::kTrace;
  if (lower == "debug") return Level::kDebug;
  if (lower == "info") return Level::kInfo;
  if (lower == "warn" || lower == "warning") return Level::kWarn;
  if (lower == "error") return Level::kError;
  if (lower == "fatal" || lower == "panic") return Level::kFatal;
  return std::nullopt;
}

}  // namespace buoy::log
