#include "daemon/swarm/base36.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdlib>

namespace buoy::swarm {
namespace {

constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr int kBase = 36;
constexpr size_t kIdBytes = 16, kIdDigits = 25;

// number = number / kBase; the remainder.
int DivideOnce(std::string& number) {
  int rest = 0;
  for (char& byte : number) {
    const int value = rest * 256 + static_cast<unsigned char>(byte);
    byte = static_cast<char>(value / kBase);
    rest = value % kBase;
  }
  return rest;
}

}  // namespace

std::string ToBase36(std::string_view bytes, size_t width) {
  std::string number(bytes), text;
  while (std::any_of(number.begin(), number.end(), [](char byte) { return byte != 0; })) {
    text += kDigits[DivideOnce(number)];
  }
  while (text.size() < width) text += '0';
  std::reverse(text.begin(), text.end());
  return text;
}

std::optional<std::string> FromBase36(std::string_view text, size_t size) {
  std::string number(size, '\0');
  for (char digit : text) {
    const size_t value = std::string_view(kDigits).find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    int carry = static_cast<int>(value);
    for (size_t i = size; i-- > 0;) {
      const int sum = static_cast<unsigned char>(number[i]) * kBase + carry;
      number[i] = static_cast<char>(sum & 0xff);
      carry = sum >> 8;
    }
    if (carry != 0) return std::nullopt;
  }
  return number;
}

std::string RandomBytes(size_t size) {
  std::string bytes(size, '\0');
  size_t done = 0;
  while (done < size) {
    const ssize_t got = getrandom(bytes.data() + done, size - done, 0);
    if (got < 0 && errno != EINTR) abort();  // no kernel without it is supported
    if (got > 0) done += static_cast<size_t>(got);
  }
  return bytes;
}

std::string NewSwarmId() { return ToBase36(RandomBytes(kIdBytes), kIdDigits); }

}  // namespace buoy::swarm
