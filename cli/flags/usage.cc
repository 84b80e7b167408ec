#include <algorithm>
#include <utility>

#include "cli/flags/flag_set.h"
#include "cli/flags/quote.h"

namespace buoy::cli {
namespace {

constexpr int kSlop = 5;  // a last line may be this much longer, so that no word stands alone
constexpr int kMinimumWrap = 24;

std::string Indented(std::string_view text, int indent) {
  std::string out;
  for (char c : text) {
    out += c;
    if (c == '\n') out.append(static_cast<size_t>(indent), ' ');
  }
  return out;
}

// Takes the next line of at most `width` (+ slop) off the front of `text`.
std::string TakeLine(int width, std::string& text) {
  auto limit = static_cast<size_t>(width);
  if (limit + kSlop > text.size()) return std::exchange(text, "");
  size_t space = text.substr(0, limit).find_last_of(" \t\n");
  if (space == std::string::npos || space == 0) return std::exchange(text, "");
  size_t newline = text.substr(0, limit).rfind('\n');
  size_t cut = newline != std::string::npos && newline > 0 && newline < space ? newline : space;
  std::string line = text.substr(0, cut);
  text = text.substr(cut + 1);
  return line;
}

std::string Wrap(int indent, int columns, std::string text) {
  if (columns == 0) return Indented(text, indent);
  std::string out;
  int width = columns - indent;
  if (width < kMinimumWrap) {
    indent = 16;
    width = columns - indent;
    out = "\n" + std::string(static_cast<size_t>(indent), ' ');
    if (width < kMinimumWrap) return Indented(text, indent);
  }
  width -= kSlop;
  out += Indented(TakeLine(width, text), indent);
  while (!text.empty()) {
    out += "\n" + std::string(static_cast<size_t>(indent), ' ');
    out += Indented(TakeLine(width, text), indent);
  }
  return out;
}

// pflag takes a `quoted` word of the usage as the value's name.
std::pair<std::string, std::string> NameAndUsage(const Flag& flag) {
  const std::string& usage = flag.usage;
  size_t open = usage.find('`');
  size_t close = open == std::string::npos ? open : usage.find('`', open + 1);
  if (close != std::string::npos) {
    std::string name = usage.substr(open + 1, close - open - 1);
    return {name, usage.substr(0, open) + name + usage.substr(close + 1)};
  }
  return {flag.type == "bool" ? "" : flag.type, usage};
}

bool DefaultIsZero(const Flag& flag) {
  const std::string& value = flag.default_value;
  return value.empty() || value == "0" || value == "0s" || value == "false" || value == "<nil>";
}

std::string DefaultText(const Flag& flag) {
  if (DefaultIsZero(flag)) return "";
  bool quoted = flag.type == "string";
  return " (default " + (quoted ? Quote(flag.default_value) : flag.default_value) + ")";
}

}  // namespace

std::string FlagSet::Usages(int columns) const {
  std::vector<std::pair<std::string, std::string>> lines;
  size_t longest = 0;
  for (const auto& [name, flag] : flags_) {
    if (flag->hidden) continue;
    auto [value_name, usage] = NameAndUsage(*flag);
    std::string line = "      --" + name;
    if (flag->shorthand != 0) line = std::string("  -") + flag->shorthand + ", --" + name;
    if (!value_name.empty()) line += " " + value_name;
    if (flag->type != "bool" && !flag->no_option.empty()) {
      line += "[=" + (flag->type == "string" ? Quote(flag->no_option) : flag->no_option) + "]";
    }
    usage += DefaultText(*flag);
    if (!flag->deprecated.empty()) usage += " (DEPRECATED: " + flag->deprecated + ")";
    longest = std::max(longest, line.size() + 1);
    lines.emplace_back(std::move(line), std::move(usage));
  }
  std::string out;
  for (auto& [line, usage] : lines) {
    out += line + " " + std::string(longest - line.size(), ' ') + " ";
    out += Wrap(static_cast<int>(longest) + 2, columns, std::move(usage)) + "\n";
  }
  return out;
}

}  // namespace buoy::cli
