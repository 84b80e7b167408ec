#include "cli/command/list.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <ctime>

#include "cli/formatter/tabwriter.h"
#include "cli/formatter/template.h"
#include "common/gotime/duration.h"
#include "common/gotime/time.h"

namespace buoy::cli {
namespace {

constexpr TabOptions kListTabs = {.min_width = 10, .padding = 3};

std::string ReplaceAll(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// The template inside a --format.
std::string TemplateOf(const std::string& format) {
  std::string text = format == "json" ? "{{json .}}" : IsTable(format) ? format.substr(5) : format;
  text.erase(0, text.find_first_not_of(' '));
  text.erase(text.find_last_not_of(' ') + 1);
  return ReplaceAll(ReplaceAll(std::move(text), "\\t", "\t"), "\\n", "\n");
}

std::string FormatLocal(int64_t seconds, int offset, const std::string& zone, int32_t nanoseconds) {
  gotime::CivilTime civil = gotime::ToCivil(seconds + offset);
  char buffer[96];
  snprintf(buffer, sizeof buffer, "%04lld-%02d-%02d %02d:%02d:%02d",
           static_cast<long long>(civil.year), civil.month, civil.day, civil.hour, civil.minute,
           civil.second);
  std::string text = buffer;
  if (nanoseconds != 0) {
    snprintf(buffer, sizeof buffer, ".%09d", nanoseconds);
    text += buffer;
    text.erase(text.find_last_not_of('0') + 1);
  }
  int minutes = (offset < 0 ? -offset : offset) / 60;
  snprintf(buffer, sizeof buffer, " %c%02d%02d ", offset < 0 ? '-' : '+', minutes / 60,
           minutes % 60);
  return text + buffer + zone;
}

}  // namespace

bool IsTable(const std::string& format) { return format.starts_with("table"); }

Result<std::string> FormatRows(const std::string& format, const Value& header,
                               const ValueList& rows) {
  auto parsed = Template::Parse(TemplateOf(format));
  if (!parsed.ok()) return std::move(parsed).error().Context("template parsing error");
  std::string out;
  for (const Value& row : rows) {
    auto line = parsed->Execute(row);
    if (!line.ok()) return std::move(line).error().Context("template parsing error");
    out += *line + "\n";
  }
  if (!IsTable(format)) return out;
  std::string partial;
  auto names = parsed->Execute(header, Template::Mode::kHeader, &partial);
  return AlignTabs((names.ok() ? *names : partial) + "\n" + out, kListTabs);
}

Value HeaderOf(ValueFields names) {
  static const auto* type = new std::shared_ptr<const GoType>([] {
    auto header = std::make_shared<GoType>();
    header->methods["Label"] = [](const ValueList& args) -> Result<Value> {
      if (args.size() != 1) return InvalidArgument("wrong number of args for Label");
      const std::string& name = args[0].Str();
      size_t dot = name.rfind('.');
      std::string last = dot == std::string::npos ? name : name.substr(dot + 1);
      std::replace(last.begin(), last.end(), '-', ' ');
      std::replace(last.begin(), last.end(), '_', ' ');
      return Value(last);
    };
    return header;
  }());
  return Value::Object(std::move(names)).WithType(*type);
}

std::string ListFormat(const std::string& given, const std::string& configured) {
  if (!given.empty()) return given;
  return configured.empty() ? "table" : configured;
}

std::string Capitalized(std::string text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    // A single letter stays in lower case, as Docker has it.
    text[i] = static_cast<char>(i == 0 && text.size() > 1 ? std::toupper(c) : std::tolower(c));
  }
  return text;
}

std::string Ellipsis(const std::string& text, size_t width) {
  if (CodePoints(text) <= width) return text;
  std::string out;
  size_t count = 0;
  for (char c : text) {
    bool starts = (c & 0xC0) != 0x80;
    if (starts && ++count >= width) break;
    out += c;
  }
  return out + "\xE2\x80\xA6";
}

std::string JoinLabels(const Value& labels) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : labels.Fields()) parts.push_back(key + "=" + value.Str());
  std::sort(parts.begin(), parts.end());
  return Join(parts, ",");
}

std::shared_ptr<GoType> LabelledType(const char* name, const Value& labels) {
  auto type = std::make_shared<GoType>();
  type->name = name;
  type->methods["Label"] = [labels](const ValueList& args) -> Result<Value> {
    if (args.size() != 1) return InvalidArgument("wrong number of args for Label: want 1 got 0");
    return Value(labels.Str(args[0].Str()));
  };
  return type;
}

std::string GoRfc3339(int64_t unix_seconds) {
  if (unix_seconds <= 0) return "";
  int offset = gotime::LocalOffset(unix_seconds);
  std::string text = gotime::FormatRfc3339Nano({unix_seconds + offset, 0});
  if (offset == 0) return text;
  char zone[16];
  int minutes = (offset < 0 ? -offset : offset) / 60;
  snprintf(zone, sizeof zone, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
  return text.substr(0, text.size() - 1) + zone;
}

std::string Ago(int64_t unix_seconds) {
  int64_t elapsed = gotime::Sub(gotime::Now(), {unix_seconds, 0});
  return gotime::HumanDuration(elapsed) + " ago";
}

std::string GoTime(int64_t unix_seconds) {
  time_t at = unix_seconds;
  tm local{};
  localtime_r(&at, &local);
  std::string zone = local.tm_zone == nullptr ? "UTC" : local.tm_zone;
  return FormatLocal(unix_seconds, static_cast<int>(local.tm_gmtoff), zone, 0);
}

std::string GoTimeUtc(const std::string& rfc3339) {
  auto time = gotime::ParseRfc3339(rfc3339);
  if (!time.ok()) return rfc3339;
  return FormatLocal(time->seconds, 0, "UTC", time->nanoseconds);
}

std::string Join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += separator;
    out += parts[i];
  }
  return out;
}

}  // namespace buoy::cli
