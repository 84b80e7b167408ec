#include "cli/command/system/event_text.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "cli/command/list.h"
#include "common/gotime/time.h"

namespace buoy::cli {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

std::string LocalFixed(int64_t ns) {
  int64_t seconds = ns / kSecond;
  int offset = gotime::LocalOffset(seconds);
  std::string text =
      gotime::FormatRfc3339Fixed({seconds + offset, static_cast<int32_t>(ns % kSecond)});
  if (offset == 0) return text;
  char zone[16];
  int minutes = (offset < 0 ? -offset : offset) / 60;
  snprintf(zone, sizeof zone, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
  return text.substr(0, text.size() - 1) + zone;
}

}  // namespace

int64_t EventTimeNs(const Value& event) {
  int64_t ns = event.Int("timeNano");
  return ns != 0 ? ns : event.Int("time") * kSecond;
}

std::string EventText(const Value& event) {
  int64_t ns = EventTimeNs(event);
  std::string out = ns != 0 ? LocalFixed(ns) + " " : "";
  const Value& actor = event.At("Actor");
  out += event.Str("Type") + " " + event.Str("Action") + " " + actor.Str("ID");
  std::vector<std::string> attributes;
  for (const auto& [key, value] : actor.At("Attributes").Fields()) {
    attributes.push_back(key + "=" + value.Str());
  }
  std::sort(attributes.begin(), attributes.end());
  if (!attributes.empty()) out += " (" + Join(attributes, ", ") + ")";
  return out + "\n";
}

Value TypedEvent(Value event) {
  static const auto* type = new std::shared_ptr<const GoType>(
      std::make_shared<GoType>(GoType{"*events.Message",
                                      {},
                                      {{"Status", "status"},
                                       {"ID", "id"},
                                       {"From", "from"},
                                       {"Scope", "scope"},
                                       {"Time", "time"},
                                       {"TimeNano", "timeNano"}}}));
  // Old daemons' own fields first, as the client's struct has them.
  Value out = Value::Object();
  for (const char* key : {"status", "id", "from"}) {
    if (event.Find(key) != nullptr) out.Set(key, event.At(key));
  }
  for (const char* key : {"Type", "Action", "Actor", "scope", "time", "timeNano"}) {
    if (event.Find(key) != nullptr) out.Set(key, event.At(key));
  }
  return out.WithType(*type);
}

Result<Template> ParseEventFormat(const std::string& format) {
  BUOY_ASSIGN(Template parsed, Template::Parse(format == "json" ? "{{json .}}" : format));
  Value sample = Value::Object();
  Value actor = Value::Object();
  actor.Set("ID", "").Set("Attributes", Value::Object());
  sample.Set("status", "").Set("id", "").Set("from", "").Set("Type", "").Set("Action", "");
  sample.Set("Actor", actor).Set("scope", "").Set("time", 0).Set("timeNano", 0);
  BUOY_TRY(FormatEvent(parsed, sample));
  return parsed;
}

Result<std::string> FormatEvent(const Template& format, const Value& event) {
  constexpr std::string_view kMissing = "map has no entry for key \"";
  Value attributes = Value::Object(event.At("Actor", "Attributes").Fields());
  std::string former;
  while (true) {
    Value actor = Value::Object(event.At("Actor").Fields());
    actor.Set("Attributes", attributes);
    Value shown = Value::Object(event.Fields());
    shown.Set("Actor", actor);
    auto line = format.Execute(TypedEvent(shown));
    if (line.ok()) return line;
    const std::string& text = line.error().message();
    size_t at = text.rfind(kMissing);
    if (at == std::string::npos || text == former) return line;
    former = text;
    std::string key = text.substr(at + kMissing.size());
    if (key.ends_with('"')) key.pop_back();
    attributes.Set(key, "<no value>");  // as Go prints it
  }
}

std::string EventTimestamp(int64_t ns) {
  char text[64];
  snprintf(text, sizeof text, "%lld.%09lld", static_cast<long long>(ns / kSecond),
           static_cast<long long>(ns % kSecond));
  return text;
}

bool TimestampPassed(const std::string& timestamp) {
  if (timestamp.empty()) return false;
  gotime::Time now = gotime::Now();
  double there = strtod(timestamp.c_str(), nullptr);
  return there <= static_cast<double>(now.seconds) + now.nanoseconds / 1e9;
}

}  // namespace buoy::cli
