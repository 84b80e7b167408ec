#include "daemon/config/json_syntax.h"

#include <cctype>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/config/text.h"

namespace buoy::config {
namespace {

// The character at the front of `rest` as Go's scanner quotes the byte it stopped at: it looks at
// bytes, so a byte above 0x7f reads as the Latin-1 character of that number.
std::string QuoteCharacter(char c) {
  auto byte = static_cast<unsigned char>(c);
  if (c == '\'') return "'\\''";
  if (c == '"') return "'\"'";
  if (byte >= 0x80) {
    if (byte < 0xa0 || byte == 0xad) {  // not printable
      constexpr char kHex[] = "0123456789abcdef";
      return std::string("'\\u00") + kHex[byte >> 4] + kHex[byte & 15] + "'";
    }
    if (byte == 0xa0) return "'\\u00a0'";
    std::string utf8 = {static_cast<char>(0xc0 | (byte >> 6)),
                        static_cast<char>(0x80 | (byte & 0x3f))};
    return "'" + utf8 + "'";
  }
  switch (c) {
    case '\a':
      return "'\\a'";
    case '\b':
      return "'\\b'";
    case '\f':
      return "'\\f'";
    case '\v':
      return "'\\v'";
    default:
      break;
  }
  std::string quoted = Quote(std::string_view(&c, 1));
  return "'" + quoted.substr(1, quoted.size() - 2) + "'";
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Status Run() {
    BUOY_TRY(Value());
    while (!open_.empty()) BUOY_TRY(Next());
    SkipSpace();
    return AtEnd() ? Ok() : Invalid("after top-level value");
  }

 private:
  bool AtEnd() const { return at_ == text_.size(); }
  char Peek() const { return text_[at_]; }
  void SkipSpace() {
    while (!AtEnd() && (Peek() == ' ' || Peek() == '\t' || Peek() == '\r' || Peek() == '\n')) ++at_;
  }

  Error Invalid(const std::string& context) const {
    if (AtEnd()) return InvalidArgument("unexpected end of JSON input");
    return InvalidArgument("invalid character " + QuoteCharacter(Peek()) + " " + context);
  }

  // What follows a complete value inside the innermost array or object.
  Status Next() {
    SkipSpace();
    bool object = open_.back() == '{';
    if (!AtEnd() && Peek() == (object ? '}' : ']')) {
      ++at_;
      open_.pop_back();
      return Ok();
    }
    if (AtEnd() || Peek() != ',') {
      return Invalid(object ? "after object key:value pair" : "after array element");
    }
    ++at_;
    return object ? Member() : Value();
  }

  Status Member() {
    SkipSpace();
    if (AtEnd() || Peek() != '"') return Invalid("looking for beginning of object key string");
    BUOY_TRY(String());
    SkipSpace();
    if (AtEnd() || Peek() != ':') return Invalid("after object key");
    ++at_;
    return Value();
  }

  // A scalar in full, or the opening of an array or object with its first element.
  Status Value() {
    SkipSpace();
    if (AtEnd()) return Invalid("");
    switch (Peek()) {
      case '{':
      case '[':
        return Open();
      case '"':
        return String();
      case 't':
        return Literal("true");
      case 'f':
        return Literal("false");
      case 'n':
        return Literal("null");
      default:
        if (Peek() == '-' || IsDigit(Peek())) return Number();
        return Invalid("looking for beginning of value");
    }
  }

  // Arrays of arrays are opened in a loop, so that depth costs no stack.
  Status Open() {
    while (true) {
      bool object = Peek() == '{';
      if (open_.size() == kMaxJsonDepth) return InvalidArgument("exceeded max depth");
      open_.push_back(Peek());
      ++at_;
      SkipSpace();
      if (!AtEnd() && Peek() == (object ? '}' : ']')) {
        ++at_;
        open_.pop_back();
        return Ok();
      }
      if (object) return Member();
      if (AtEnd() || (Peek() != '[' && Peek() != '{')) return Value();
    }
  }

  Status Literal(std::string_view word) {
    for (size_t i = 0; i < word.size(); ++i, ++at_) {
      if (AtEnd() || Peek() != word[i]) {
        return Invalid("in literal " + std::string(word) + " (expecting '" + word[i] + "')");
      }
    }
    return Ok();
  }

  Status Digits(const char* context) {
    if (AtEnd() || !IsDigit(Peek())) return Invalid(context);
    while (!AtEnd() && IsDigit(Peek())) ++at_;
    return Ok();
  }

  Status Number() {
    if (Peek() == '-') ++at_;
    if (!AtEnd() && Peek() == '0') {
      ++at_;
    } else {
      BUOY_TRY(Digits("in numeric literal"));
    }
    if (!AtEnd() && Peek() == '.') {
      ++at_;
      BUOY_TRY(Digits("after decimal point in numeric literal"));
    }
    if (!AtEnd() && (Peek() == 'e' || Peek() == 'E')) {
      ++at_;
      if (!AtEnd() && (Peek() == '+' || Peek() == '-')) ++at_;
      BUOY_TRY(Digits("in exponent of numeric literal"));
    }
    return Ok();
  }

  Status String() {
    for (++at_; !AtEnd(); ++at_) {
      if (Peek() == '"') {
        ++at_;
        return Ok();
      }
      if (static_cast<unsigned char>(Peek()) < 0x20) return Invalid("in string literal");
      if (Peek() == '\\') BUOY_TRY(Escape());
    }
    return Invalid("");
  }

  // Leaves at_ on the escape's last character.
  Status Escape() {
    ++at_;
    if (AtEnd()) return Invalid("");
    if (std::string_view("bfnrt\\/\"").find(Peek()) != std::string_view::npos) return Ok();
    if (Peek() != 'u') return Invalid("in string escape code");
    for (int i = 0; i < 4; ++i) {
      ++at_;
      if (AtEnd() || std::isxdigit(static_cast<unsigned char>(Peek())) == 0) {
        return Invalid("in \\u hexadecimal character escape");
      }
    }
    return Ok();
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<char> open_;  // '{' and '[' not yet closed
};

// The number of the \uXXXX at `at`; 0 when there is none.
uint32_t EscapedUnit(const std::string& text, size_t at) {
  if (text.compare(at, 2, "\\u") != 0) return 0;
  return static_cast<uint32_t>(std::stoul(text.substr(at + 2, 4), nullptr, 16));
}

}  // namespace

Status CheckJsonSyntax(std::string_view text) { return Scanner(text).Run(); }

std::string ReplaceLoneSurrogates(std::string text) {
  for (size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at)) {
    uint32_t unit = EscapedUnit(text, at);
    if (unit < 0xd800 || unit > 0xdfff) {
      at += unit == 0 ? 2 : 6;
      continue;
    }
    uint32_t next = EscapedUnit(text, at + 6);
    if (unit < 0xdc00 && next >= 0xdc00 && next <= 0xdfff) {
      at += 12;
      continue;
    }
    text.replace(at + 2, 4, "fffd");
    at += 6;
  }
  return text;
}

}  // namespace buoy::config
