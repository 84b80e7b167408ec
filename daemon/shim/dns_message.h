#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace buoy::shim {

// DNS messages (RFC 1035, EDNS of RFC 6891), parsed by the C library's resolver.

constexpr uint16_t kDnsTypeA = 1, kDnsTypePtr = 12, kDnsTypeMx = 15, kDnsTypeAaaa = 28;
enum class DnsCode : uint8_t {
  kNoError = 0,
  kFormatError = 1,
  kServerFailure = 2,
  kNotImplemented = 4,
  kRefused = 5
};

struct DnsQuery {
  uint16_t id = 0;
  uint16_t flags = 0;  // as they came
  std::string name;    // lower case, no dot at the end; special characters escaped as in files
  uint16_t type = 0;
  std::string question;  // the section as it came
  bool edns = false;
  uint16_t udp_size = 512;  // the longest answer by UDP
};

enum class DnsVerdict { kFine, kIgnore, kFormatError, kNotImplemented };
// `out` is filled in as far as the message could be read, enough for an answer with an error.
DnsVerdict ParseDnsQuery(std::string_view message, DnsQuery* out);

struct DnsRecord {
  uint16_t type = 0;
  std::string data;  // as on the wire
};
// "10.0.0.1" or "fd00::1"; an empty `data` when it is no address.
DnsRecord AddressRecord(const std::string& address);
DnsRecord PtrRecord(const std::string& name);

// An answer of ours: recursion is available, TTL 600 s (Docker's). What does not fit into `limit`
// bytes is left out and said so.
std::string BuildDnsAnswer(const DnsQuery& query, DnsCode code,
                           const std::vector<DnsRecord>& records, size_t limit);
// The code of somebody's answer; kServerFailure for what is none.
DnsCode CodeOfDnsAnswer(std::string_view message);

// "10.0.0.1" of "1.0.0.10.in-addr.arpa", "fd00::1" of an ip6.arpa name; "" = another name.
std::string AddressOfPtrName(const std::string& name);

}  // namespace buoy::shim
