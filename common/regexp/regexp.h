#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/result/result.h"

namespace re2 {
class RE2;
}

namespace buoy {

// A regular expression of Go's package regexp (RE2's syntax).
class Regexp {
 public:
  // kInvalidArgument in Go's words: "error parsing regexp: missing closing ]: `[a`".
  static Result<Regexp> Compile(std::string_view pattern);
  Regexp(Regexp&&) noexcept;
  Regexp& operator=(Regexp&&) noexcept;
  ~Regexp();

  // Found anywhere in `text`.
  bool Matches(std::string_view text) const;

 private:
  explicit Regexp(std::unique_ptr<re2::RE2> compiled);

  std::unique_ptr<re2::RE2> compiled_;
};

// Compile and match in one; a pattern that is none matches nothing, as in Docker's filters.
bool RegexpMatches(std::string_view pattern, std::string_view text);

}  // namespace buoy
