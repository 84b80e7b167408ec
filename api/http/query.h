#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace buoy::api {

// %-encoding as Go's url.QueryEscape / url.PathEscape do it.
std::string EscapeQuery(std::string_view text);
std::string EscapePath(std::string_view segment);
// Decodes %XX (and '+' as a space when `plus`); nullopt on a malformed escape.
std::optional<std::string> Unescape(std::string_view text, bool plus);

// The parameters of a query string, in order; names may repeat.
class Query {
 public:
  Query() = default;
  Query(std::initializer_list<std::pair<std::string, std::string>> pairs) : pairs_(pairs) {}
  // Pairs with malformed escapes or with a ';' are dropped, as Go's ParseForm does before it
  // reports them; `malformed` (if given) tells the first of them.
  static Query Parse(std::string_view text, std::string* malformed = nullptr);

  Query& Add(std::string name, std::string value) {
    pairs_.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  // Adds unless `value` is empty.
  Query& AddIf(std::string name, std::string value) {
    if (!value.empty()) Add(std::move(name), std::move(value));
    return *this;
  }
  // "1" when set, nothing otherwise: how Docker's client sends its booleans.
  Query& AddFlag(std::string name, bool set) {
    if (set) Add(std::move(name), "1");
    return *this;
  }

  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  // The first value, or "".
  std::string Get(std::string_view name) const {
    const std::string* value = Find(name);
    return value == nullptr ? std::string() : *value;
  }
  std::vector<std::string> All(std::string_view name) const;
  bool empty() const { return pairs_.empty(); }
  const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }
  // "a=b&c=d", in the order of Add.
  std::string Encode() const;

 private:
  const std::string* Find(std::string_view name) const;

  std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace buoy::api
