// What libFuzzer calls: a message that a container sends to its DNS server.
#include <cstddef>
#include <cstdint>

#include "daemon/shim/dns_message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace buoy::shim;
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  DnsQuery query;
  if (ParseDnsQuery(message, &query) == DnsVerdict::kIgnore) return 0;
  const std::vector<DnsRecord> records = {AddressRecord("10.0.0.1"), PtrRecord(query.name)};
  const std::string answer = BuildDnsAnswer(query, DnsCode::kNoError, records, query.udp_size);
  if (answer.size() > query.udp_size && query.question.size() < 300) __builtin_trap();
  (void)AddressOfPtrName(query.name);
  (void)CodeOfDnsAnswer(message);
  return 0;
}
