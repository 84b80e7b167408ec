#include "common/loglines/json_line.h"

#include <algorithm>
#include <utility>

#include "common/loglines/json_scan.h"
#include "common/loglines/rfc3339.h"

namespace buoy::loglines {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

void SortByKey(Pairs* pairs) {
  // Insertion sort: there are few, and std::sort is a lot of code for the shim.
  for (size_t i = 1; i < pairs->size(); i++) {
    for (size_t j = i; j > 0 && (*pairs)[j].first < (*pairs)[j - 1].first; j--) {
      std::swap((*pairs)[j], (*pairs)[j - 1]);
    }
  }
}

// Go's url.QueryEscape.
void AppendQueryEscaped(std::string_view text, std::string* out) {
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out->push_back(c);
    } else if (c == ' ') {
      out->push_back('+');
    } else {
      out->push_back('%');
      out->push_back("0123456789ABCDEF"[static_cast<uint8_t>(c) >> 4]);
      out->push_back("0123456789ABCDEF"[c & 15]);
    }
  }
}

void AppendDetails(std::string_view raw_attrs, std::string* out) {
  Pairs pairs;
  ObjectScanner scanner(raw_attrs);
  std::string key;
  std::string_view value;
  while (scanner.Next(&key, &value)) {
    std::string text;
    if (AppendUnescaped(value, &text)) pairs.emplace_back(key, std::move(text));
  }
  SortByKey(&pairs);
  for (size_t i = 0; i < pairs.size(); i++) {
    if (i > 0) out->push_back(',');
    AppendQueryEscaped(pairs[i].first, out);
    out->push_back('=');
    AppendQueryEscaped(pairs[i].second, out);
  }
}

}  // namespace

void AppendLogLine(std::string_view log, bool is_stderr, std::string_view raw_attrs, int64_t time,
                   std::string* out) {
  out->append("{", 1);
  if (!log.empty()) {
    out->append("\"log\":", 6);
    AppendJsonString(log, out);
    out->push_back(',');
  }
  out->append(is_stderr ? "\"stream\":\"stderr\"" : "\"stream\":\"stdout\"", 17);
  if (!raw_attrs.empty()) {
    out->append(",\"attrs\":", 9);
    out->append(raw_attrs.data(), raw_attrs.size());
  }
  out->append(",\"time\":\"", 9);
  AppendRfc3339(time, out);
  out->append("\"}\n", 3);
}

bool ParseLogLine(std::string_view line, LogEntry* entry) {
  entry->time = 0;
  entry->is_stderr = false;
  entry->known_stream = false;
  entry->log.clear();
  entry->raw_attrs.clear();
  ObjectScanner scanner(line);
  std::string key;
  std::string_view value;
  bool timed = false;
  while (scanner.Next(&key, &value)) {
    if (key == "log") {
      if (!AppendUnescaped(value, &entry->log)) return false;
    } else if (key == "stream") {
      entry->is_stderr = value == "\"stderr\"";
      entry->known_stream = entry->is_stderr || value == "\"stdout\"";
    } else if (key == "time" && value.size() > 2) {
      timed = ParseRfc3339(value.substr(1, value.size() - 2), &entry->time);
    } else if (key == "attrs") {
      entry->raw_attrs.assign(value.data(), value.size());
    }
  }
  return scanner.complete() && timed;
}

std::string EncodeAttrs(const std::vector<std::string>& flat) {
  Pairs pairs;
  for (size_t i = 0; i + 1 < flat.size(); i += 2) pairs.emplace_back(flat[i], flat[i + 1]);
  if (pairs.empty()) return {};
  SortByKey(&pairs);
  std::string out = "{";
  for (size_t i = 0; i < pairs.size(); i++) {
    if (i > 0) out.push_back(',');
    AppendJsonString(pairs[i].first, &out);
    out.push_back(':');
    AppendJsonString(pairs[i].second, &out);
  }
  out.push_back('}');
  return out;
}

void AppendRendered(const LogEntry& entry, const RenderOptions& options, std::string* out) {
  if (options.timestamps) {
    AppendRfc3339Fixed(entry.time, out);
    out->push_back(' ');
  }
  if (options.details) {
    AppendDetails(entry.raw_attrs, out);
    out->push_back(' ');
  }
  out->append(entry.log);
}

}  // namespace buoy::loglines
