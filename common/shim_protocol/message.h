#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace buoy::shim {

// The wire format between buoyd and buoy-shim: one SEQPACKET message = a header, then fields of
// {u16 tag, u32 length, bytes}, all little endian. A reader skips the tags it does not know, so a
// newer minor version may add fields; another major version means "do not touch this container".
inline constexpr uint32_t kMagic = 0x594f5542;  // "BUOY"
// Weak, as the release's version is: see integration/upgrade.
extern const uint16_t kMajorVersion;
extern const uint16_t kMinorVersion;
inline constexpr size_t kHeaderSize = 20;
// No message is longer; larger things (process.json, logs) travel as files or client sockets.
inline constexpr size_t kMaxMessage = 1u << 20;

struct Header {
  uint32_t magic = kMagic;
  uint16_t major = kMajorVersion;
  uint16_t minor = kMinorVersion;
  uint16_t type = 0;
  uint16_t reserved = 0;
  uint64_t seq = 0;  // a reply carries its request's; 0 = pushed by the shim
};

void AppendHeader(const Header& header, std::string* out);
// False when `data` is too short or the magic is not ours. The major version is not judged here.
bool ParseHeader(std::string_view data, Header* header);

void AppendField(uint16_t tag, std::string_view value, std::string* out);
void AppendInteger(uint16_t tag, uint64_t value, std::string* out);
// Minimal length: 0, 1, 2, 4 or 8 bytes; any of them is accepted.
bool ParseInteger(std::string_view value, uint64_t* out);

// Walks over the fields of a body. Stops at the end and at the first malformed field.
class FieldReader {
 public:
  explicit FieldReader(std::string_view body) : rest_(body) {}
  bool Next(uint16_t* tag, std::string_view* value);
  bool malformed() const { return malformed_; }

 private:
  std::string_view rest_;
  bool malformed_ = false;
};

}  // namespace buoy::shim
