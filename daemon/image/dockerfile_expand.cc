#include <cctype>

#include "common/json/codec.h"
#include "daemon/image/dockerfile_words.h"

namespace buoy::image {

namespace {

constexpr int kMaxNesting = 100;

// One pass over a word with shell-like quotes and substitutions.
class Expander {
 public:
  Expander(std::string_view text, const std::vector<std::string>& env, int depth = 0)
      : text_(text), env_(env), depth_(depth) {}

  // Up to `stop` (0 = the end), which is not consumed.
  Status Run(char stop) {
    if (depth_ > kMaxNesting) return InvalidArgument("too many nested substitutions");
    while (at_ < text_.size() && text_[at_] != stop) {
      const char c = text_[at_];
      if (c == '\'') {
        BUOY_TRY(SingleQuoted());
      } else if (c == '"') {
        BUOY_TRY(DoubleQuoted());
      } else if (c == '$') {
        BUOY_ASSIGN(std::string value, Dollar());
        for (char part : value) Add(part);
      } else if (c == '\\') {
        if (++at_ < text_.size()) AddRaw(text_[at_++]);
      } else {
        Add(c);
        ++at_;
      }
    }
    return Ok();
  }

  size_t position() const { return at_; }
  const std::string& value() const { return value_; }
  std::vector<std::string> TakeWords() {
    if (in_word_) words_.push_back(word_);
    return std::move(words_);
  }

 private:
  void AddRaw(char c) {
    value_ += c;
    word_ += c;
    in_word_ = true;
  }
  void Add(char c) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) return AddRaw(c);
    value_ += c;
    if (in_word_) words_.push_back(word_);
    word_.clear();
    in_word_ = false;
  }

  Status SingleQuoted() {
    const size_t end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos) {
      return InvalidArgument("unexpected end of statement while looking for matching single-quote");
    }
    in_word_ = true;
    for (++at_; at_ < end; ++at_) AddRaw(text_[at_]);
    ++at_;
    return Ok();
  }

  Status DoubleQuoted() {
    in_word_ = true;
    for (++at_; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return Ok();
      }
      if (c == '$') {
        BUOY_ASSIGN(std::string value, Dollar());
        for (char part : value) AddRaw(part);
        continue;
      }
      if (c == '\\' && at_ + 1 < text_.size()) {
        const char next = text_[at_ + 1];
        if (next != '"' && next != '$' && next != '\\') AddRaw(c);
        AddRaw(next);
        at_ += 2;
        continue;
      }
      AddRaw(c);
      ++at_;
    }
    return InvalidArgument("unexpected end of statement while looking for matching double-quote");
  }

  std::string Name() {
    std::string name;
    auto is = [&](auto test) {
      return at_ < text_.size() && test(static_cast<unsigned char>(text_[at_]));
    };
    if (is([](unsigned char c) { return std::isdigit(c) != 0; })) {
      while (is([](unsigned char c) { return std::isdigit(c) != 0; })) name += text_[at_++];
      return name;
    }
    while (is([](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; })) {
      name += text_[at_++];
    }
    return name;
  }

  std::optional<std::string> Lookup(const std::string& name) const {
    for (auto item = env_.rbegin(); item != env_.rend(); ++item) {
      if (item->size() > name.size() && item->starts_with(name) && (*item)[name.size()] == '=') {
        return item->substr(name.size() + 1);
      }
    }
    return std::nullopt;
  }

  // At a '$'.
  Result<std::string> Dollar() {
    ++at_;
    if (at_ >= text_.size() || text_[at_] != '{') {
      const std::string name = Name();
      if (name.empty()) return std::string("$");
      return Lookup(name).value_or("");
    }
    ++at_;
    const std::string name = Name();
    if (name.empty()) return InvalidArgument("syntax error: bad substitution");
    if (at_ < text_.size() && text_[at_] == '}') {
      ++at_;
      return Lookup(name).value_or("");
    }
    const bool colon = at_ < text_.size() && text_[at_] == ':';
    if (colon) ++at_;
    if (at_ >= text_.size()) return InvalidArgument("missing ':' in substitution");
    return Modified(name, text_[at_++], colon);
  }

  // After "${NAME:-"; `colon`: an empty value is as good as none.
  Result<std::string> Modified(const std::string& name, char modifier, bool colon) {
    Expander word(text_.substr(at_), env_, depth_ + 1);
    BUOY_TRY(word.Run('}'));
    at_ += word.position();
    if (at_ >= text_.size()) return InvalidArgument("syntax error: missing '}'");
    ++at_;
    auto value = Lookup(name);
    if (value && value->empty() && colon) value.reset();
    switch (modifier) {
      case '-':
        return value.value_or(word.value());
      case '+':
        return value ? word.value() : "";
      case '?':
        if (value) return *value;
        return InvalidArgument(name + ": " +
                               (word.value().empty() ? "not allowed to be unset" : word.value()));
      default:
        return InvalidArgument(std::string("unsupported modifier (") + modifier +
                               ") in substitution");
    }
  }

  const std::string_view text_;
  const std::vector<std::string>& env_;
  const int depth_;
  size_t at_ = 0;
  std::string value_, word_;
  bool in_word_ = false;
  std::vector<std::string> words_;
};

Status RunAll(Expander& expander, const std::string& text) {
  BUOY_TRY_CONTEXT(expander.Run(0), "failed to process " + json::Dump(json::Json(text)));
  return Ok();
}

}  // namespace

Result<std::string> ExpandWord(const std::string& word, const std::vector<std::string>& env) {
  Expander expander(word, env);
  BUOY_TRY(RunAll(expander, word));
  return expander.value();
}

Result<std::vector<std::string>> ExpandWords(const std::string& text,
                                             const std::vector<std::string>& env) {
  Expander expander(text, env);
  BUOY_TRY(RunAll(expander, text));
  return expander.TakeWords();
}

}  // namespace buoy::image
