// libFuzzer target of everything that reads a client's bytes before a handler does.
// The first byte chooses the parser; invariants abort.
#include <sys/socket.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/http/body.h"
#include "api/http/head.h"
#include "api/http/query.h"
#include "common/unix/file.h"
#include "common/unix/socket.h"

namespace {

using buoy::api::BodyFraming;

void Check(bool holds) {
  if (!holds) abort();
}

void Heads(std::string_view data) {
  size_t size = buoy::api::HeadSize(data, 0);
  Check(size <= data.size());
  auto head = buoy::api::ParseRequestHead(data.substr(0, size));
  if (head.ok()) (void)buoy::api::RequestFraming(head->headers);
  auto response = buoy::api::ParseResponseHead(data.substr(0, size));
  if (!response.ok()) return;
  Check(response->status >= 100 && response->status <= 999);
  (void)buoy::api::ResponseFraming(*response, "GET");
}

void Queries(std::string_view data) {
  auto query = buoy::api::Query::Parse(data);
  Check(buoy::api::Query::Parse(query.Encode()).pairs() == query.pairs());
}

void Bodies(std::string_view data) {
  data = data.substr(0, 32 * 1024);  // what fits into the socket without a reader
  auto pair = buoy::SocketPair(SOCK_STREAM);
  Check(pair.ok() && buoy::WriteAll(pair->first.get(), data).ok());
  pair->first.reset();
  buoy::api::Connection connection(std::move(pair->second));
  buoy::api::BodyReader reader(connection, BodyFraming{.chunked = true, .length = -1});
  auto body = buoy::ReadAll(reader);
  Check(body.ok() == reader.done());
  Check(!body.ok() || body->size() < data.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  std::string_view data(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  switch (bytes[0] % 3) {
    case 0:
      Heads(data);
      break;
    case 1:
      Queries(data);
      break;
    default:
      Bodies(data);
  }
  return 0;
}
