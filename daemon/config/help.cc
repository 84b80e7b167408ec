#include "daemon/config/help.h"

#include <algorithm>
#include <string_view>

#include "daemon/config/paths.h"
#include "daemon/config/text.h"
#include "daemon/config/value.h"

namespace buoy::config {
namespace {

// pflag's idea of a default that goes without saying; an empty map does not.
std::string DefaultText(const Key& key) {
  std::string text = FlagText(key.type, DefaultValue(key));
  if (text.empty() || text == "0" || text == "false") return "";
  return key.type == Type::kString ? Quote(text) : text;
}

struct Piece {
  std::string_view line, rest;
};

// Cuts after at most `width` characters at the last space before; a little more may stay together.
Piece Cut(std::string_view text, size_t width) {
  constexpr size_t kSlop = 5;
  if (width + kSlop > text.size()) return {text, {}};
  size_t space = text.substr(0, width).rfind(' ');
  if (space == std::string_view::npos || space == 0) return {text, {}};
  return {text.substr(0, space), text.substr(space + 1)};
}

// pflag's wrapping of a usage text that starts at column `indent`.
std::string Wrap(std::string_view text, size_t indent, size_t columns) {
  constexpr size_t kLeast = 24, kFallbackIndent = 16, kSlop = 5;
  std::string out;
  if (columns < indent + kLeast) {
    indent = kFallbackIndent;
    out = "\n" + std::string(indent, ' ');
    if (columns < indent + kLeast) return std::string(text);
  }
  size_t width = columns - indent - kSlop;
  Piece piece = Cut(text, width);
  out += piece.line;
  while (!piece.rest.empty()) {
    piece = Cut(piece.rest, width);
    out += "\n" + std::string(indent, ' ') + std::string(piece.line);
  }
  return out;
}

std::string Left(const FlagHelp& flag) {
  std::string left =
      flag.shorthand != 0 ? std::string("  -") + flag.shorthand + ", --" : "      --";
  left += flag.name;
  if (!flag.type_word.empty()) left += " " + flag.type_word;
  return left;
}

}  // namespace

std::vector<FlagHelp> ShownFlags() {
  std::vector<FlagHelp> flags = {
      {"config-file", 0, "string", "Daemon configuration file", Quote(kDefaultConfigFile)},
      {"help", 0, "", "Print usage", ""},
      {"validate", 0, "", "Validate daemon configuration and exit", ""},
      {"version", 'v', "", "Print version information and quit", ""},
  };
  for (const Key& key : Keys()) {
    if (key.flag[0] == 0 || key.hidden) continue;
    std::string word = key.type_word[0] != 0 ? key.type_word : TypeWord(key.type);
    flags.push_back({key.flag, key.shorthand, word, key.usage, DefaultText(key), &key});
  }
  std::sort(flags.begin(), flags.end(),
            [](const FlagHelp& a, const FlagHelp& b) { return a.name < b.name; });
  return flags;
}

std::string HelpText(size_t columns) {
  std::vector<FlagHelp> flags = ShownFlags();
  size_t width = 0;
  for (const FlagHelp& flag : flags) width = std::max(width, Left(flag).size());
  std::string out =
      "\nUsage:\tbuoyd [OPTIONS]\n\nA self-sufficient runtime for containers.\n\nOptions:\n";
  for (const FlagHelp& flag : flags) {
    std::string left = Left(flag);
    std::string usage = flag.usage;
    if (!flag.default_text.empty()) usage += " (default " + flag.default_text + ")";
    out += left + std::string(width + 3 - left.size(), ' ') +
           Wrap(usage, width + 3, columns > 0 ? columns - 1 : 0) + "\n";
  }
  return out;
}

}  // namespace buoy::config
