#include "cli/formatter/value.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace buoy::cli {
namespace {

const Value& NullValue() {
  static const Value* null = new Value();
  return *null;
}

// Builds Values straight from nlohmann's SAX events.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return Put({}); }
  bool boolean(bool value) override { return Put(value); }
  bool number_integer(int64_t value) override { return Put(value); }
  bool number_unsigned(uint64_t value) override {
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return Put(static_cast<double>(value));
    }
    return Put(static_cast<int64_t>(value));
  }
  bool number_float(double value, const std::string&) override { return Put(value); }
  bool string(std::string& value) override { return Put(std::move(value)); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(size_t) override { return Open(Value::Object()); }
  bool end_object() override { return Close(); }
  bool start_array(size_t) override { return Open(Value(ValueList{})); }
  bool end_array() override { return Close(); }
  bool key(std::string& name) override {
    open_.back().key = std::move(name);
    return true;
  }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception& e) override {
    error_ = e.what();
    return false;
  }
  Value Take() { return std::move(root_); }
  const std::string& error() const { return error_; }

 private:
  struct Level {
    Value value;
    std::string key;
  };
  bool Put(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().value.kind() == Value::Kind::kList) {
      open_.back().value.Push(std::move(value));
    } else {
      open_.back().value.Set(std::move(open_.back().key), std::move(value));
    }
    return true;
  }
  bool Open(Value value) {
    open_.push_back({std::move(value), ""});
    return true;
  }
  bool Close() {
    Value done = std::move(open_.back().value);
    open_.pop_back();
    return Put(std::move(done));
  }

  Value root_;
  std::vector<Level> open_;
  std::string error_;
};

void DumpTo(const Value& value, bool escape_html, std::string& out) {
  switch (value.kind()) {
    case Value::Kind::kNull:
      out += "null";
      return;
    case Value::Kind::kBool:
      out += value.Bool() ? "true" : "false";
      return;
    case Value::Kind::kInt:
      out += std::to_string(value.Int());
      return;
    case Value::Kind::kFloat:
      out += FormatFloat(value.Number());
      return;
    case Value::Kind::kString:
      out += JsonString(value.Str(), escape_html);
      return;
    case Value::Kind::kList: {
      out += '[';
      bool first = true;
      for (const Value& item : value.List()) {
        if (!std::exchange(first, false)) out += ',';
        DumpTo(item, escape_html, out);
      }
      out += ']';
      return;
    }
    case Value::Kind::kObject: {
      out += '{';
      bool first = true;
      for (const auto& [key, item] : value.Fields()) {
        if (item.IsNull() && item.nil() >= Value::Nil::kOmitPointer) continue;
        if (!std::exchange(first, false)) out += ',';
        // Rows encode themselves in Go, and that escapes HTML whatever the caller asks for.
        bool escape = escape_html || value.type() != nullptr;
        out += JsonString(key, escape) + ":";
        DumpTo(item, escape, out);
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

Value Value::Object(ValueFields fields) {
  Value value;
  auto data = std::make_shared<ObjectData>();
  data->fields = std::move(fields);
  value.data_ = std::move(data);
  return value;
}

Value Value::Strings(const std::vector<std::string>& list) {
  return Value(ValueList(list.begin(), list.end()));
}

Result<Value> Value::Parse(std::string_view json) {
  Builder builder;
  if (!nlohmann::json::sax_parse(json, &builder)) return InvalidArgument(builder.error());
  return builder.Take();
}

Value::Kind Value::kind() const { return static_cast<Kind>(data_.index()); }

const std::string& Value::Str() const {
  static const auto* empty = new std::string();
  const auto* text = std::get_if<std::string>(&data_);
  return text == nullptr ? *empty : *text;
}

int64_t Value::Int() const {
  if (const auto* i = std::get_if<int64_t>(&data_)) return *i;
  if (const auto* d = std::get_if<double>(&data_)) return static_cast<int64_t>(*d);
  return 0;
}

double Value::Number() const {
  if (const auto* d = std::get_if<double>(&data_)) return *d;
  return static_cast<double>(Int());
}

bool Value::Bool() const {
  const auto* b = std::get_if<bool>(&data_);
  return b != nullptr && *b;
}

const ValueList& Value::List() const {
  static const auto* empty = new ValueList();
  const auto* list = std::get_if<std::shared_ptr<ValueList>>(&data_);
  return list == nullptr ? *empty : **list;
}

const ValueFields& Value::Fields() const {
  static const auto* empty = new ValueFields();
  const auto* object = std::get_if<std::shared_ptr<ObjectData>>(&data_);
  return object == nullptr ? *empty : (*object)->fields;
}

std::vector<std::string> Value::StrList() const {
  std::vector<std::string> out;
  for (const Value& item : List()) out.push_back(item.Str());
  return out;
}

const Value* Value::Find(std::string_view key) const {
  for (const auto& [name, value] : Fields()) {
    if (name == key) return &value;
  }
  return nullptr;
}

const Value& Value::At(std::string_view key) const {
  const Value* found = Find(key);
  return found == nullptr ? NullValue() : *found;
}

Value& Value::Set(std::string key, Value value) {
  if (kind() != Kind::kObject) *this = Object();
  auto& fields = std::get<std::shared_ptr<ObjectData>>(data_)->fields;
  for (auto& [name, old] : fields) {
    if (name == key) {
      old = std::move(value);
      return *this;
    }
  }
  fields.emplace_back(std::move(key), std::move(value));
  return *this;
}

Value& Value::Push(Value value) {
  if (kind() != Kind::kList) *this = Value(ValueList{});
  std::get<std::shared_ptr<ValueList>>(data_)->push_back(std::move(value));
  return *this;
}

Value& Value::WithType(std::shared_ptr<const GoType> type) {
  if (kind() != Kind::kObject) *this = Object();
  std::get<std::shared_ptr<ObjectData>>(data_)->type = std::move(type);
  return *this;
}

const GoType* Value::type() const {
  const auto* object = std::get_if<std::shared_ptr<ObjectData>>(&data_);
  return object == nullptr ? nullptr : (*object)->type.get();
}

std::string Value::Dump(bool escape_html) const {
  std::string out;
  DumpTo(*this, escape_html, out);
  return out;
}

}  // namespace buoy::cli
