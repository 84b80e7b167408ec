#include "cli/opts/env_file.h"

#include <cstdlib>

#include "cli/opts/text.h"
#include "common/unix/file.h"

namespace buoy::cli::opts {
namespace {

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto byte = static_cast<unsigned char>(text[i]);
    size_t length = byte < 0x80                   ? 1
                    : byte >= 0xC2 && byte < 0xE0 ? 2
                    : byte >= 0xE0 && byte < 0xF0 ? 3
                    : byte >= 0xF0 && byte < 0xF5 ? 4
                                                  : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (size_t j = 1; j < length; ++j) {
      if ((static_cast<unsigned char>(text[i + j]) & 0xC0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

// Go's %v of a []byte: "[102 111]".
std::string ByteList(std::string_view text) {
  std::string out;
  for (char c : text) {
    out += (out.empty() ? "" : " ") + std::to_string(static_cast<unsigned char>(c));
  }
  return "[" + out + "]";
}

Result<std::vector<std::string>> ParseLines(std::string_view text, bool environment) {
  std::vector<std::string> out;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    size_t end = text.find('\n');
    std::string_view raw = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (raw.ends_with('\r')) raw.remove_suffix(1);
    if (!IsUtf8(raw)) {
      return InvalidArgument("invalid utf8 bytes at line " + std::to_string(number) + ": " +
                             ByteList(raw));
    }
    size_t start = raw.find_first_not_of(" \t\v\f\r");
    if (start == std::string_view::npos || raw[start] == '#') continue;
    std::string line(raw.substr(start));
    CutResult cut = Cut(line, '=');
    if (cut.before.empty()) return InvalidArgument("no variable name on line '" + line + "'");
    if (cut.before.find_first_of(" \t") != std::string::npos) {
      return InvalidArgument("variable '" + cut.before + "' contains whitespaces");
    }
    if (cut.found) {
      out.push_back(line);
    } else if (const char* value = environment ? getenv(line.c_str()) : nullptr) {
      out.push_back(line + "=" + value);
    }
  }
  return out;
}

Result<std::vector<std::string>> ReadFiles(const std::vector<std::string>& files,
                                           const std::vector<std::string>& values,
                                           bool environment) {
  std::vector<std::string> out;
  for (const std::string& file : files) {
    BUOY_ASSIGN(std::string text, ReadFile(file));
    BUOY_ASSIGN_CONTEXT(auto lines, ParseLines(text, environment),
                        "invalid env file (" + file + ")");
    out.insert(out.end(), lines.begin(), lines.end());
  }
  out.insert(out.end(), values.begin(), values.end());
  return out;
}

}  // namespace

Result<std::vector<std::string>> ReadEnv(const std::vector<std::string>& files,
                                         const std::vector<std::string>& values) {
  return ReadFiles(files, values, true);
}

Result<std::vector<std::string>> ReadLabels(const std::vector<std::string>& files,
                                            const std::vector<std::string>& values) {
  return ReadFiles(files, values, false);
}

std::map<std::string, std::string> ToMap(const std::vector<std::string>& values) {
  std::map<std::string, std::string> out;
  for (const std::string& value : values) {
    CutResult cut = Cut(value, '=');
    out[cut.before] = cut.after;
  }
  return out;
}

}  // namespace buoy::cli::opts
