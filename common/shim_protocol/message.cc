#include "common/shim_protocol/message.h"

#include <cstring>

namespace buoy::shim {

namespace {

void AppendLittle(uint64_t value, int bytes, std::string* out) {
  for (int i = 0; i < bytes; i++) out->push_back(static_cast<char>(value >> (8 * i)));
}

uint64_t ReadLittle(const char* data, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; i++) {
    value |= static_cast<uint64_t>(static_cast<unsigned char>(data[i])) << (8 * i);
  }
  return value;
}

constexpr size_t kFieldHead = 6;

}  // namespace

void AppendHeader(const Header& header, std::string* out) {
  AppendLittle(header.magic, 4, out);
  AppendLittle(header.major, 2, out);
  AppendLittle(header.minor, 2, out);
  AppendLittle(header.type, 2, out);
  AppendLittle(header.reserved, 2, out);
  AppendLittle(header.seq, 8, out);
}

bool ParseHeader(std::string_view data, Header* header) {
  if (data.size() < kHeaderSize) return false;
  header->magic = static_cast<uint32_t>(ReadLittle(data.data(), 4));
  header->major = static_cast<uint16_t>(ReadLittle(data.data() + 4, 2));
  header->minor = static_cast<uint16_t>(ReadLittle(data.data() + 6, 2));
  header->type = static_cast<uint16_t>(ReadLittle(data.data() + 8, 2));
  header->reserved = static_cast<uint16_t>(ReadLittle(data.data() + 10, 2));
  header->seq = ReadLittle(data.data() + 12, 8);
  return header->magic == kMagic;
}

void AppendField(uint16_t tag, std::string_view value, std::string* out) {
  AppendLittle(tag, 2, out);
  AppendLittle(value.size(), 4, out);
  out->append(value.data(), value.size());
}

void AppendInteger(uint16_t tag, uint64_t value, std::string* out) {
  const int bytes = value == 0 ? 0 : value < 0x100 ? 1 : value < 0x10000 ? 2 : value >> 32 ? 8 : 4;
  AppendLittle(tag, 2, out);
  AppendLittle(static_cast<uint64_t>(bytes), 4, out);
  AppendLittle(value, bytes, out);
}

bool ParseInteger(std::string_view value, uint64_t* out) {
  if (value.size() > 8) return false;
  *out = ReadLittle(value.data(), value.size());
  return true;
}

bool FieldReader::Next(uint16_t* tag, std::string_view* value) {
  if (rest_.empty()) return false;
  if (rest_.size() < kFieldHead) {
    malformed_ = true;
    return false;
  }
  *tag = static_cast<uint16_t>(ReadLittle(rest_.data(), 2));
  const size_t length = ReadLittle(rest_.data() + 2, 4);
  if (length > rest_.size() - kFieldHead) {
    malformed_ = true;
    return false;
  }
  *value = std::string_view(rest_.data() + kFieldHead, length);
  rest_.remove_prefix(kFieldHead + length);
  return true;
}

}  // namespace buoy::shim
