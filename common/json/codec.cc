#include "common/json/codec.h"

namespace buoy::json {
namespace {

constexpr int kMaxDepth = 1000;

// The nesting of a text, counted outside strings; json.hpp's destructor and dump are recursive.
bool TooDeep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

std::string Quoted(char c) {
  if (c == '\'') return "'\\''";
  if (c == '"') return "'\"'";
  return std::string("'") + c + "'";
}

}  // namespace

Result<Json> Parse(std::string_view text) {
  if (TooDeep(text)) return InvalidArgument("exceeded max depth");
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
