#include "cli/opts/csv.h"

#include <algorithm>

namespace buoy::cli::opts {
namespace {

Error ParseError(size_t column, const char* what) {
  return InvalidArgument("parse error on line 1, column " + std::to_string(column) + ": " + what);
}

// A quoted field from text[at] (its opening quote); `at` moves behind its closing quote.
Result<std::string> Quoted(std::string_view text, size_t& at) {
  std::string field;
  for (++at; at < text.size(); ++at) {
    if (text[at] != '"') {
      field += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '"') {
      field += '"';
      ++at;
    } else {
      ++at;
      if (at < text.size() && text[at] != ',' && text[at] != '\n') {
        return ParseError(at, "extraneous or missing \" in quoted-field");
      }
      return field;
    }
  }
  return ParseError(text.size() + 1, "extraneous or missing \" in quoted-field");
}

}  // namespace

Result<std::vector<std::string>> ReadCsv(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  if (text.empty()) return InvalidArgument("EOF");
  std::vector<std::string> fields;
  size_t at = 0;
  while (true) {
    if (at < text.size() && text[at] == '"') {
      BUOY_ASSIGN(std::string field, Quoted(text, at));
      fields.push_back(std::move(field));
    } else {
      size_t end = std::min(text.find_first_of(",\n", at), text.size());
      std::string_view field = text.substr(at, end - at);
      if (size_t quote = field.find('"'); quote != std::string_view::npos) {
        return ParseError(at + quote + 1, "bare \" in non-quoted-field");
      }
      fields.emplace_back(field);
      at = end;
    }
    if (at >= text.size() || text[at] == '\n') return fields;
    ++at;
  }
}

}  // namespace buoy::cli::opts
