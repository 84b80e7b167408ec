#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace buoy::api {

bool EqualNoCase(std::string_view a, std::string_view b);

// The fields of a message head, in order, values untouched but for the white space around them.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  void Add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  void Set(std::string_view name, std::string value);
  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  // The first value, or "".
  std::string_view Get(std::string_view name) const {
    const std::string* value = Find(name);
    return value == nullptr ? std::string_view() : *value;
  }
  // Whether a comma-separated header (all its lines) holds `token`, in any case.
  bool HasToken(std::string_view name, std::string_view token) const;
  size_t Count(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  const std::string* Find(std::string_view name) const;

  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace buoy::api
