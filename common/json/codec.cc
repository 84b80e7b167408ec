#include "common/json/codec.h"

namespace buoy::json {
namespace {

constexpr size_t kMaxDepth = 1000;
constexpr int kMaxKeys = 10'000;

// What the parser must not be given: json.hpp's destructor and dump are recursive, and its ordered
// objects look through all their keys for each new one. Counted outside strings.
const char* Excess(std::string_view text) {
  std::vector<int> keys;  // of each open object or array
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (keys.size() == kMaxDepth) return "exceeded max depth";
      keys.push_back(0);
    } else if (c == ':') {
      if (!keys.empty() && ++keys.back() > kMaxKeys) return "too many keys in an object";
    } else if ((c == '}' || c == ']') && !keys.empty()) {
      keys.pop_back();
    }
  }
  return nullptr;
}

std::string Quoted(char c) {
  if (c == '\'') return "'\\''";
  if (c == '"') return "'\"'";
  return std::string("'") + c + "'";
}

}  // namespace

Result<Json> Parse(std::string_view text) {
  if (const char* excess = Excess(text)) return InvalidArgument(excess);
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    size_t at = error.byte == 0 ? 0 : error.byte - 1;
    if (text.empty()) return InvalidArgument("EOF");
    if (at >= text.size()) return InvalidArgument("unexpected end of JSON input");
    return InvalidArgument("invalid character " + Quoted(text[at]) +
                           " looking for beginning of value");
  } catch (const std::exception& error) {
    return InvalidArgument(error.what());
  }
}

std::string Dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace buoy::json
