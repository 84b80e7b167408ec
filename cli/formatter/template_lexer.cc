#include "cli/formatter/template_lexer.h"

#include <algorithm>
#include <cctype>

#include "cli/flags/quote.h"

namespace buoy::cli::tmpl {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

bool IsWord(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80) != 0;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> Run() {
    while (at_ < text_.size()) BUOY_TRY(Text());
    Emit(Token::Type::kEof, text_.size(), text_.size());
    return std::move(tokens_);
  }

 private:
  void Emit(Token::Type type, size_t from, size_t to) {
    tokens_.push_back({type, from, std::string(text_.substr(from, to - from))});
  }
  Error Fail(const std::string& message) const { return ParseFailure(text_, at_, message); }
  bool Looking(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  bool TrimMarkerAt(size_t at) const {
    return at + 1 < text_.size() && text_[at] == '-' &&
           kSpaces.find(text_[at + 1]) != std::string_view::npos;
  }

  // Text up to the next action, then that action.
  Status Text() {
    size_t left = text_.find("{{", at_);
    size_t end = std::min(left, text_.size());
    bool trims = left != std::string_view::npos && TrimMarkerAt(left + 2);
    size_t text_end = end;
    if (trims) {
      while (text_end > at_ && kSpaces.find(text_[text_end - 1]) != std::string_view::npos) {
        --text_end;
      }
    }
    if (text_end > at_) Emit(Token::Type::kText, at_, text_end);
    at_ = end;
    if (left == std::string_view::npos) return Ok();
    return Action(trims);
  }

  Status Action(bool trims) {
    size_t start = at_;
    at_ += 2 + (trims ? 2 : 0);
    if (Looking("/*")) return Comment();
    Emit(Token::Type::kLeft, start, start + 2);
    depth_ = 0;
    while (true) {
      if (AtRight()) {
        if (depth_ != 0) return Fail("unclosed left paren");
        Emit(Token::Type::kRight, at_, at_ + 2);
        SkipRight();
        return Ok();
      }
      if (at_ >= text_.size()) return Fail("unclosed action");
      BUOY_TRY(Inside());
    }
  }

  // At "}}" or " -}}".
  bool AtRight() const { return Looking("}}") || RightTrim(); }
  bool RightTrim() const {
    return at_ + 3 < text_.size() && kSpaces.find(text_[at_]) != std::string_view::npos &&
           text_.substr(at_ + 1).starts_with("-}}");
  }
  void SkipRight() {
    bool trims = RightTrim();
    at_ += trims ? 4 : 2;
    while (trims && at_ < text_.size() && kSpaces.find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
  }

  Status Comment() {
    size_t end = text_.find("*/", at_);
    if (end == std::string_view::npos) return Fail("unclosed comment");
    at_ = end + 2;
    if (!AtRight()) return Fail("comment ends before closing delimiter");
    SkipRight();
    return Ok();
  }

  Status Inside() {
    char c = text_[at_];
    size_t start = at_;
    if (kSpaces.find(c) != std::string_view::npos) {
      while (at_ < text_.size() && kSpaces.find(text_[at_]) != std::string_view::npos &&
             !AtRight()) {
        ++at_;
      }
      Emit(Token::Type::kSpace, start, at_);
      return Ok();
    }
    switch (c) {
      case '"':
      case '\'':
      case '`':
        return Quoted(c);
      case '$':
        return Word(Token::Type::kVariable);
      case '=':
        return One(Token::Type::kAssign);
      case '|':
        return One(Token::Type::kPipe);
      case ',':
        return One(Token::Type::kComma);
      case '(':
        ++depth_;
        return One(Token::Type::kOpen);
      case ')':
        if (--depth_ < 0) return Fail("unexpected right paren");
        return One(Token::Type::kClose);
      default:
        break;
    }
    if (c == ':') {
      if (!Looking(":=")) return Fail("expected :=");
      at_ += 2;
      Emit(Token::Type::kDeclare, start, at_);
      return Ok();
    }
    bool digit_next =
        at_ + 1 < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_ + 1]));
    if (c == '.' && !digit_next) return Dot();
    if (c == '.' || c == '+' || c == '-' || std::isdigit(static_cast<unsigned char>(c))) {
      return Number();
    }
    if (IsWord(c)) return Word(Token::Type::kIdentifier);
    char code[16];
    snprintf(code, sizeof code, "U+%04X", static_cast<unsigned char>(c));
    return Fail(std::string("unrecognized character in action: ") + code + " " + QuoteChar(c));
  }

  Status One(Token::Type type) {
    Emit(type, at_, at_ + 1);
    ++at_;
    return Ok();
  }

  Status Dot() {
    bool name = at_ + 1 < text_.size() && IsWord(text_[at_ + 1]);
    return name ? Word(Token::Type::kField) : One(Token::Type::kDot);
  }

  Status Word(Token::Type type) {
    size_t start = at_++;
    while (at_ < text_.size() && IsWord(text_[at_])) ++at_;
    if (at_ < text_.size() && !AtRight() && (kSpaces.find(text_[at_]) == std::string_view::npos) &&
        std::string_view(".,|:()=").find(text_[at_]) == std::string_view::npos) {
      char code[16];
      snprintf(code, sizeof code, "U+%04X", static_cast<unsigned char>(text_[at_]));
      return Fail(std::string("bad character ") + code + " " + QuoteChar(text_[at_]));
    }
    Emit(type, start, at_);
    return Ok();
  }

  Status Number() {
    size_t start = at_++;
    while (at_ < text_.size() && (IsWord(text_[at_]) || text_[at_] == '.')) ++at_;
    std::string number(text_.substr(start, at_ - start));
    bool digit = std::any_of(number.begin(), number.end(),
                             [](char c) { return std::isdigit(static_cast<unsigned char>(c)); });
    if (!digit) return Fail("bad number syntax: " + Quote(number));
    Emit(Token::Type::kNumber, start, at_);
    return Ok();
  }

  Status Quoted(char quote) {
    size_t start = at_++;
    const char* kind = quote == '\''  ? "unterminated character constant"
                       : quote == '"' ? "unterminated quoted string"
                                      : "unterminated raw quoted string";
    while (at_ < text_.size() && text_[at_] != quote) {
      if (quote != '`' && text_[at_] == '\n') return Fail(kind);
      at_ += quote != '`' && text_[at_] == '\\' ? 2 : 1;
    }
    if (at_ >= text_.size()) {
      at_ = text_.size();
      return Fail(kind);
    }
    ++at_;
    Emit(quote == '\'' ? Token::Type::kChar : Token::Type::kString, start, at_);
    return Ok();
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> Lex(std::string_view text) { return Lexer(text).Run(); }

size_t LineAt(std::string_view text, size_t position) {
  std::string_view before = text.substr(0, std::min(position, text.size()));
  return 1 + static_cast<size_t>(std::count(before.begin(), before.end(), '\n'));
}

Error ParseFailure(std::string_view text, size_t position, const std::string& message) {
  return InvalidArgument("template: :" + std::to_string(LineAt(text, position)) + ": " + message);
}

}  // namespace buoy::cli::tmpl
