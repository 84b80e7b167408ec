#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/result/result.h"

namespace buoy::cli {

class Value;
using ValueList = std::vector<Value>;
// Keys keep the order of the JSON text.
using ValueFields = std::vector<std::pair<std::string, Value>>;

// What Go would know about an object beyond its keys.
struct GoType {
  std::string name;  // "*formatter.ContainerContext", for error texts
  // Methods with arguments, called as {{.Label "x"}}.
  std::map<std::string, std::function<Result<Value>(const ValueList&)>> methods;
  // Fields that Go calls otherwise than the JSON: Go's name -> key.
  std::map<std::string, std::string> field_names = {};
};

// A JSON value: what the API answered and what templates work on. Cheap to copy (lists and objects
// are shared; they are written only while they are built).
class Value {
 public:
  enum class Kind { kNull, kBool, kInt, kFloat, kString, kList, kObject };
  // How Go prints a null of that type.
  // kOmit...: left out of JSON, as with Go's omitempty.
  enum class Nil : char { kAny, kPointer, kSlice, kMap, kOmitPointer, kOmitMap };

  Value() : data_(Nil::kAny) {}
  Value(Nil nil) : data_(nil) {}                        // NOLINT: implicit
  Value(bool b) : data_(b) {}                           // NOLINT: implicit
  Value(int i) : data_(static_cast<int64_t>(i)) {}      // NOLINT: implicit
  Value(int64_t i) : data_(i) {}                        // NOLINT: implicit
  Value(double d) : data_(d) {}                         // NOLINT: implicit
  Value(std::string s) : data_(std::move(s)) {}         // NOLINT: implicit
  Value(std::string_view s) : data_(std::string(s)) {}  // NOLINT: implicit
  Value(const char* s) : data_(std::string(s)) {}       // NOLINT: implicit
  Value(ValueList list) : data_(std::make_shared<ValueList>(std::move(list))) {}  // NOLINT
  static Value Object(ValueFields fields = {});
  static Value Strings(const std::vector<std::string>& list);

  // Errors are kInvalidArgument.
  static Result<Value> Parse(std::string_view json);

  Kind kind() const;
  bool IsNull() const { return kind() == Kind::kNull; }
  Nil nil() const { return std::get<Nil>(data_); }

  // Readers that never fail: another kind reads as the zero value.
  const std::string& Str() const;
  int64_t Int() const;
  double Number() const;
  bool Bool() const;
  const ValueList& List() const;
  const ValueFields& Fields() const;
  std::vector<std::string> StrList() const;

  // A key of an object; null when there is none. At("State", "Health") goes deeper.
  const Value& At(std::string_view key) const;
  template <class... Keys>
  const Value& At(std::string_view key, Keys... keys) const {
    return At(key).At(keys...);
  }
  const Value* Find(std::string_view key) const;
  const std::string& Str(std::string_view key) const { return At(key).Str(); }
  int64_t Int(std::string_view key) const { return At(key).Int(); }
  bool Bool(std::string_view key) const { return At(key).Bool(); }

  // Builders: make the value an object or a list first when it is null.
  Value& Set(std::string key, Value value);
  Value& Push(Value value);
  Value& WithType(std::shared_ptr<const GoType> type);
  const GoType* type() const;

  // Compact JSON as Go's encoder writes it.
  std::string Dump(bool escape_html = false) const;

 private:
  struct ObjectData {
    ValueFields fields;
    std::shared_ptr<const GoType> type;
  };
  std::variant<Nil, bool, int64_t, double, std::string, std::shared_ptr<ValueList>,
               std::shared_ptr<ObjectData>>
      data_;
};

// Go's json.Indent / json.Compact over text: tokens stay as they are.
std::string IndentJson(std::string_view json, std::string_view indent);
std::string CompactJson(std::string_view json);
// A JSON string literal, with Go's escapes.
std::string JsonString(std::string_view text, bool escape_html = false);
// Go's %v of a float64.
std::string FormatFloat(double value);

}  // namespace buoy::cli
