#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/shim_protocol/message.h"

namespace buoy::shim {

// Turns a struct with `template <class V> void Fields(V& v)` (one v(tag, member) per field) into
// fields and back. Integers, enums, bools, strings, nested structs and vectors of those. An empty
// string is not sent; a vector is a repeated tag.
class FieldEncoder {
 public:
  explicit FieldEncoder(std::string* out) : out_(out) {}

  void operator()(uint16_t tag, const std::string& value) {
    if (!value.empty()) AppendField(tag, value, out_);
  }
  template <class T>
  void operator()(uint16_t tag, const T& value) {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      AppendInteger(tag, ToWire(value), out_);
    } else {
      Nested(tag, value);
    }
  }
  template <class T>
  void operator()(uint16_t tag, const std::vector<T>& list) {
    for (const T& value : list) Element(tag, value);
  }

 private:
  template <class T>
  static uint64_t ToWire(T value) {
    return static_cast<uint64_t>(static_cast<int64_t>(value));
  }
  void Element(uint16_t tag, const std::string& value) { AppendField(tag, value, out_); }
  template <class T>
  void Element(uint16_t tag, const T& value) {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      AppendInteger(tag, ToWire(value), out_);
    } else {
      Nested(tag, value);
    }
  }
  template <class T>
  void Nested(uint16_t tag, const T& value) {
    std::string body;
    FieldEncoder nested(&body);
    const_cast<T&>(value).Fields(nested);
    AppendField(tag, body, out_);
  }

  std::string* out_;
};

// Applies one (tag, bytes) field of the wire to the member with that tag, if there is one.
class FieldDecoder {
 public:
  FieldDecoder(uint16_t tag, std::string_view value) : tag_(tag), value_(value) {}

  void operator()(uint16_t tag, std::string& member) {
    if (tag == tag_) member.assign(value_.data(), value_.size());
  }
  template <class T>
  void operator()(uint16_t tag, T& member) {
    if (tag == tag_) One(member);
  }
  template <class T>
  void operator()(uint16_t tag, std::vector<T>& list) {
    if (tag != tag_) return;
    T element{};
    One(element);
    list.push_back(std::move(element));
  }
  bool ok() const { return ok_; }

 private:
  void One(std::string& member) { member.assign(value_.data(), value_.size()); }
  template <class T>
  void One(T& member);

  uint16_t tag_;
  std::string_view value_;
  bool ok_ = true;
};

// False when the body is malformed; the struct then holds what was read before that.
template <class T>
bool DecodeFields(std::string_view body, T* out) {
  FieldReader reader(body);
  uint16_t tag = 0;
  std::string_view value;
  while (reader.Next(&tag, &value)) {
    FieldDecoder decoder(tag, value);
    out->Fields(decoder);
    if (!decoder.ok()) return false;
  }
  return !reader.malformed();
}

template <class T>
void FieldDecoder::One(T& member) {
  if constexpr (std::is_same_v<T, bool>) {
    uint64_t wire = 0;
    ok_ = ParseInteger(value_, &wire);
    member = wire != 0;
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    uint64_t wire = 0;
    ok_ = ParseInteger(value_, &wire);
    member = static_cast<T>(wire);
  } else {
    ok_ = DecodeFields(value_, &member);
  }
}

template <class T>
void EncodeFields(const T& value, std::string* out) {
  FieldEncoder encoder(out);
  const_cast<T&>(value).Fields(encoder);
}

// A whole message of T's type.
template <class T>
std::string EncodeMessage(const T& value, uint64_t seq) {
  std::string out;
  Header header;
  header.type = static_cast<uint16_t>(T::kType);
  header.seq = seq;
  AppendHeader(header, &out);
  EncodeFields(value, &out);
  return out;
}

}  // namespace buoy::shim
