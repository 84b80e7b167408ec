#include "api/http/query.h"

namespace buoy::api {

namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

std::string Escape(std::string_view text, std::string_view also_plain, bool space_is_plus) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (IsUnreserved(c) || also_plain.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else if (c == ' ' && space_is_plus) {
      out.push_back('+');
    } else {
      auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

}  // namespace

std::string EscapeQuery(std::string_view text) { return Escape(text, "", true); }
std::string EscapePath(std::string_view segment) { return Escape(segment, "$&+=:@", false); }

std::optional<std::string> Unescape(std::string_view text, bool plus) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      int high = HexDigit(text[i + 1]), low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high << 4 | low));
      i += 2;
    } else {
      out.push_back(plus && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

Query Query::Parse(std::string_view text, std::string* malformed) {
  Query query;
  while (!text.empty()) {
    size_t end = text.find('&');
    std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (pair.empty()) continue;
    if (pair.find(';') != std::string_view::npos) {
      if (malformed != nullptr && malformed->empty()) *malformed = std::string(pair);
      continue;
    }
    size_t equals = pair.find('=');
    std::string_view raw_value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    auto name = Unescape(pair.substr(0, equals), true);
    auto value = Unescape(raw_value, true);
    if (name && value) {
      query.Add(*std::move(name), *std::move(value));
    } else if (malformed != nullptr && malformed->empty()) {
      *malformed = std::string(pair);
    }
  }
  return query;
}

const std::string* Query::Find(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::vector<std::string> Query::All(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : pairs_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

std::string Query::Encode() const {
  std::string out;
  for (const auto& [key, value] : pairs_) {
    if (!out.empty()) out.push_back('&');
    out += EscapeQuery(key) + "=" + EscapeQuery(value);
  }
  return out;
}

}  // namespace buoy::api
