#include "common/regexp/regexp.h"

#include <re2/re2.h>

namespace buoy {
namespace {

// Go names the same mistakes a little differently from RE2's own error().
const char* Mistake(const re2::RE2& compiled) {
  switch (compiled.error_code()) {
    case re2::RE2::ErrorBadEscape:
      return "invalid escape sequence";
    case re2::RE2::ErrorBadCharClass:
      return "invalid character class";
    case re2::RE2::ErrorBadCharRange:
      return "invalid character class range";
    case re2::RE2::ErrorMissingBracket:
      return "missing closing ]";
    case re2::RE2::ErrorMissingParen:
      return "missing closing )";
    case re2::RE2::ErrorUnexpectedParen:
      return "unexpected )";
    case re2::RE2::ErrorTrailingBackslash:
      return "trailing backslash at end of expression";
    case re2::RE2::ErrorRepeatArgument:
      return "missing argument to repetition operator";
    case re2::RE2::ErrorRepeatSize:
      return "invalid repeat count";
    case re2::RE2::ErrorRepeatOp:
      return "invalid nested repetition operator";
    case re2::RE2::ErrorBadPerlOp:
      return "invalid or unsupported Perl syntax";
    case re2::RE2::ErrorBadUTF8:
      return "invalid UTF-8";
    case re2::RE2::ErrorBadNamedCapture:
      return "invalid named capture";
    default:
      return "expression too large";
  }
}

std::string ErrorText(const re2::RE2& compiled) {
  const std::string text = std::string("error parsing regexp: ") + Mistake(compiled);
  // Go shows the whole pattern for what is missing at its end, else the part that is wrong.
  const bool whole = compiled.error_code() == re2::RE2::ErrorMissingParen ||
                     compiled.error_code() == re2::RE2::ErrorUnexpectedParen;
  if (compiled.error_code() == re2::RE2::ErrorTrailingBackslash) return text + ": ``";
  return text + ": `" + (whole ? compiled.pattern() : compiled.error_arg()) + "`";
}

re2::RE2::Options Quiet() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return options;
}

}  // namespace

Result<Regexp> Regexp::Compile(std::string_view pattern) {
  auto compiled =
      std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), Quiet());
  if (!compiled->ok()) return InvalidArgument(ErrorText(*compiled));
  return Regexp(std::move(compiled));
}

Regexp::Regexp(std::unique_ptr<re2::RE2> compiled) : compiled_(std::move(compiled)) {}
Regexp::Regexp(Regexp&&) noexcept = default;
Regexp& Regexp::operator=(Regexp&&) noexcept = default;
Regexp::~Regexp() = default;

bool Regexp::Matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

bool RegexpMatches(std::string_view pattern, std::string_view text) {
  auto compiled = Regexp::Compile(pattern);
  return compiled.ok() && compiled->Matches(text);
}

}  // namespace buoy
