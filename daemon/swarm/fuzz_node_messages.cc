#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/swarm/node_messages.h"

// One message of port 2377, however broken, as a request and as an answer. Aborts when an error
// comes without a text, or when what was understood is not stable.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace buoy::swarm;
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto request = DecodeRequest(text);
  if (request.ok()) {
    const std::string once = EncodeRequest(*request);
    auto again = DecodeRequest(once);
    if (!again.ok() || EncodeRequest(*again) != once) __builtin_trap();
  } else if (request.error().message().empty()) {
    __builtin_trap();
  }
  auto answer = DecodeAnswer(text);
  if (answer.ok()) {
    const std::string once = EncodeAnswer(*answer);
    auto again = DecodeAnswer(once);
    if (!again.ok() || EncodeAnswer(*again) != once) __builtin_trap();
  } else if (answer.error().message().empty()) {
    __builtin_trap();
  }
  return 0;
}
