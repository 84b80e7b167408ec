#include "api/distribution/challenge.h"

#include <algorithm>
#include <cctype>

namespace buoy::distribution {

namespace {

bool IsTokenChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  void SkipSpace() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\t')) text_.remove_prefix(1);
  }
  bool Take(char c) {
    SkipSpace();
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::string Token() {
    SkipSpace();
    size_t size = 0;
    while (size < text_.size() && IsTokenChar(text_[size])) ++size;
    std::string token(text_.substr(0, size));
    text_.remove_prefix(size);
    return token;
  }
  bool Value(std::string* out) {
    if (!Take('"')) {
      *out = Token();
      return !out->empty();
    }
    for (size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == '"') {
        text_.remove_prefix(i + 1);
        return true;
      }
      if (text_[i] == '\\' && i + 1 < text_.size()) ++i;
      *out += text_[i];
    }
    return false;
  }
  bool done() {
    SkipSpace();
    return text_.empty();
  }

 private:
  std::string_view text_;
};

// "Bearer realm=..., service=..., Basic realm=...".
void ParseField(std::string_view text, std::vector<Challenge>* out) {
  Scanner scanner(text);
  while (!scanner.done()) {
    std::string word = scanner.Token();
    if (word.empty()) return;
    if (!scanner.Take('=')) {
      out->push_back({Lower(word), {}});
      (void)scanner.Take(',');
      continue;
    }
    std::string value;
    if (out->empty() || !scanner.Value(&value)) return;
    out->back().parameters.emplace(Lower(word), std::move(value));
    if (!scanner.Take(',') && !scanner.done()) return;
  }
}

}  // namespace

std::vector<Challenge> ParseChallenges(const api::Headers& headers) {
  std::vector<Challenge> all;
  for (const auto& [name, value] : headers.fields()) {
    if (!api::EqualNoCase(name, "WWW-Authenticate")) continue;
    std::vector<Challenge> of_field;
    ParseField(value, &of_field);
    for (auto& challenge : of_field) all.push_back(std::move(challenge));
  }
  return all;
}

}  // namespace buoy::distribution
