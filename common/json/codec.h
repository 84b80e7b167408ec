#pragma once

// Encoder and decoder for plain structs. Include in .cc files only (it brings json.hpp).
//
//   template <class V>
//   void Fields(V& v, Port& p) {
//     v.Type("Port");
//     v("IP", p.ip, kOmitEmpty);
//     v("PrivatePort", p.private_port);
//   }
//   BUOY_JSON_TYPE(Port)
//
// Fields() is found by argument-dependent lookup and describes both directions.

#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/json/json.h"
#include "common/json/list.h"

namespace buoy::json {

using Json = nlohmann::ordered_json;

enum class Empty {
  kKeep,  // encoded as it is: "", 0, false, [] ({} for maps), null for an empty optional
  kOmit,  // left out when empty, as Go's omitempty
};
inline constexpr Empty kOmitEmpty = Empty::kOmit;

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<List<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};
template <class T>
struct IsNullableMap : std::false_type {};
template <class T>
struct IsNullableMap<Map<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <class T>
Json Encode(const T& value);

template <class T>
bool IsEmpty(const T& value) {
  if constexpr (IsOptional<T>::value) {
    return !value.has_value();
  } else if constexpr (std::is_same_v<T, Raw>) {
    return value.text.empty();
  } else if constexpr (requires { value.empty(); }) {
    return value.empty();
  } else if constexpr (std::is_arithmetic_v<T>) {
    return value == T{};
  } else {
    return false;  // Go never omits a struct value
  }
}

class StructEncoder {
 public:
  explicit StructEncoder(Json& out) : out_(out) {}
  void Type(const char*) {}
  template <class T>
  void operator()(const char* name, const T& value, Empty empty = Empty::kKeep) {
    if (empty == Empty::kOmit && IsEmpty(value)) return;
    out_[name] = Encode(value);
  }

 private:
  Json& out_;
};

template <class T>
Json Encode(const T& value) {
  if constexpr (std::is_same_v<T, Raw>) {
    return value.text.empty() ? Json(nullptr) : Json::parse(value.text, nullptr, false);
  } else if constexpr (std::is_same_v<T, std::string> || std::is_arithmetic_v<T>) {
    return Json(value);
  } else if constexpr (IsOptional<T>::value) {
    return value.has_value() ? Encode(*value) : Json(nullptr);
  } else if constexpr (IsVector<T>::value || IsList<T>::value) {
    if constexpr (IsList<T>::value) {
      if (value.empty() && value.is_null) return nullptr;
    }
    Json array = Json::array();
    for (const auto& item : value) {
      array.push_back(Encode(static_cast<const typename T::value_type&>(item)));
    }
    return array;
  } else if constexpr (IsMap<T>::value || IsNullableMap<T>::value) {
    if constexpr (IsNullableMap<T>::value) {
      if (value.empty() && value.is_null) return nullptr;
    }
    Json object = Json::object();
    for (const auto& [key, item] : value) object[key] = Encode(item);
    return object;
  } else if constexpr (std::is_same_v<T, StringSet>) {
    if (value.empty() && value.is_null) return nullptr;
    Json object = Json::object();
    for (const auto& key : value) object[key] = Json::object();
    return object;
  } else {
    Json object = Json::object();
    StructEncoder encoder(object);
    Fields(encoder, const_cast<T&>(value));  // the encoder only reads
    return object;
  }
}

// Where the decoder is and the first thing that went wrong.
struct DecodeState {
  std::string field;  // "HostConfig.Memory"
  std::optional<Error> error;

  void Mismatch(const Json& in, const char* go_type) {
    if (error) return;
    const char* kind = in.is_string()    ? "string"
                       : in.is_number()  ? "number"
                       : in.is_boolean() ? "bool"
                       : in.is_array()   ? "array"
                                         : "object";
    std::string value = in.is_number() && !in.is_number_float() ? "number " + in.dump() : kind;
    error = InvalidArgument("json: cannot unmarshal " + (in.is_number() ? value : kind) + " into " +
                            (field.empty() ? "Go value" : "Go struct field " + field) +
                            " of type " + go_type);
  }
};

template <class T>
void Decode(const Json& in, T& out, DecodeState& state);

class StructDecoder {
 public:
  StructDecoder(const Json& in, DecodeState& state) : in_(in), state_(state) {}
  void Type(const char* name) { type_ = name; }
  template <class T>
  void operator()(const char* name, T& value, Empty = Empty::kKeep) {
    if (state_.error) return;
    const Json* found = Find(name);
    if (found == nullptr) return;
    std::string outer = std::exchange(state_.field, std::string(type_) + "." + name);
    Decode(*found, value, state_);
    state_.field = std::move(outer);
  }

 private:
  const Json* Find(const char* name) const {
    if (auto exact = in_.find(name); exact != in_.end()) return &*exact;
    for (auto it = in_.begin(); it != in_.end(); ++it) {
      if (strcasecmp(it.key().c_str(), name) == 0) return &it.value();
    }
    return nullptr;
  }

  const Json& in_;
  DecodeState& state_;
  const char* type_ = "";
};

template <class T>
void DecodeNumber(const Json& in, T& out, DecodeState& state) {
  const char* type = std::is_floating_point_v<T> ? "float64"
                     : std::is_unsigned_v<T>     ? (sizeof(T) == 2 ? "uint16" : "uint64")
                     : sizeof(T) == 8            ? "int64"
                                                 : "int";
  if (!in.is_number()) return state.Mismatch(in, type);
  if constexpr (std::is_floating_point_v<T>) {
    out = in.get<T>();
  } else {
    if (in.is_number_float()) return state.Mismatch(in, type);
    if (in.is_number_unsigned()) {
      auto wide = in.get<uint64_t>();
      if (wide > static_cast<uint64_t>(std::numeric_limits<T>::max())) {
        return state.Mismatch(in, type);
      }
      out = static_cast<T>(wide);
    } else {
      auto wide = in.get<int64_t>();
      if (wide < static_cast<int64_t>(std::numeric_limits<T>::min())) {
        return state.Mismatch(in, type);
      }
      out = static_cast<T>(wide);
    }
  }
}

template <class T>
void Decode(const Json& in, T& out, DecodeState& state) {
  if (state.error) return;
  if constexpr (std::is_same_v<T, Raw>) {
    out.text = in.is_null() ? "" : in.dump();
  } else if (in.is_null()) {
    // null leaves Go values as they are: pointers, slices and maps become nil.
    if constexpr (IsOptional<T>::value) out.reset();
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!in.is_string()) return state.Mismatch(in, "string");
    out = in.get<std::string>();
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!in.is_boolean()) return state.Mismatch(in, "bool");
    out = in.get<bool>();
  } else if constexpr (std::is_arithmetic_v<T>) {
    DecodeNumber(in, out, state);
  } else if constexpr (IsOptional<T>::value) {
    out.emplace();
    Decode(in, *out, state);
  } else if constexpr (IsVector<T>::value || IsList<T>::value) {
    out.clear();
    if constexpr (IsList<T>::value) out.is_null = false;
    if (!in.is_array()) {
      if constexpr (std::is_same_v<typename T::value_type, std::string>) {
        return state.Mismatch(in, "[]string");
      } else {
        return state.Mismatch(in, "[]interface {}");
      }
    }
    for (const auto& item : in) {
      typename T::value_type value{};
      Decode(item, value, state);
      out.push_back(std::move(value));
    }
  } else if constexpr (IsMap<T>::value || IsNullableMap<T>::value) {
    out.clear();
    if constexpr (IsNullableMap<T>::value) out.is_null = false;
    if (!in.is_object()) return state.Mismatch(in, "map[string]string");
    for (auto it = in.begin(); it != in.end(); ++it) Decode(it.value(), out[it.key()], state);
  } else if constexpr (std::is_same_v<T, StringSet>) {
    out.clear();
    out.is_null = false;
    if (!in.is_object()) return state.Mismatch(in, "map[string]struct {}");
    for (auto it = in.begin(); it != in.end(); ++it) out.insert(it.key());
  } else {
    if (!in.is_object()) return state.Mismatch(in, "struct");
    StructDecoder decoder(in, state);
    Fields(decoder, out);
  }
}

// Parses with a depth limit, so that hostile nesting cannot exhaust the stack.
Result<Json> Parse(std::string_view text);
// Compact text; bytes that are no UTF-8 become U+FFFD, as in Go.
std::string Dump(const Json& value);

}  // namespace buoy::json

namespace buoy {

template <class T>
std::string ToJson(const T& value) {
  return json::Dump(json::Encode(value));
}

template <class T>
Result<T> FromJson(std::string_view text) {
  BUOY_ASSIGN(json::Json parsed, json::Parse(text));
  T value{};
  json::DecodeState state;
  json::Decode(parsed, value, state);
  if (state.error) return *std::move(state.error);
  return value;
}

}  // namespace buoy

#define BUOY_JSON_TYPE(T)                                             \
  template std::string ToJson<T>(const T&);                           \
  template Result<T> FromJson<T>(std::string_view);                   \
  template std::string ToJson<std::vector<T>>(const std::vector<T>&); \
  template Result<std::vector<T>> FromJson<std::vector<T>>(std::string_view);

// For a .cc file that uses a type whose Fields() live in another .cc file.
#define BUOY_JSON_EXTERN(T)                                                  \
  extern template std::string ToJson<std::vector<T>>(const std::vector<T>&); \
  extern template Result<std::vector<T>> FromJson<std::vector<T>>(std::string_view);
