#include "common/random_id/random_id.h"

#include <sys/random.h>

namespace buoy {

std::string RandomId() {
  constexpr char kHex[] = "0123456789abcdef";
  unsigned char bytes[32];
  while (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) {
  }
  std::string id;
  for (unsigned char byte : bytes) {
    id += kHex[byte >> 4];
    id += kHex[byte & 15];
  }
  return id;
}

}  // namespace buoy
