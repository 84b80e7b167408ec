#include "daemon/shim/dns_message.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>

namespace buoy::shim {
namespace {

constexpr size_t kHeader = 12;
constexpr uint16_t kResponse = 0x8000, kTruncated = 0x0200, kRecursionDesired = 0x0100,
                   kRecursionAvailable = 0x0080, kOpcode = 0x7800;
constexpr uint32_t kTtl = 600;
constexpr uint16_t kNamePointer = 0xc000 | kHeader;  // the question's name
constexpr uint16_t kTypeOpt = 41, kClassInternet = 1;
constexpr uint16_t kOwnUdpSize = 1232, kLeastUdpSize = 512;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

uint16_t Read16(std::string_view message, size_t at) {
  return static_cast<uint16_t>(Bytes(message)[at] << 8 | Bytes(message)[at + 1]);
}

void Put16(uint16_t value, std::string* out) {
  out->push_back(static_cast<char>(value >> 8));
  out->push_back(static_cast<char>(value & 255));
}

void Put32(uint32_t value, std::string* out) {
  Put16(static_cast<uint16_t>(value >> 16), out);
  Put16(static_cast<uint16_t>(value & 0xffff), out);
}

std::string Lower(const char* text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  while (!out.empty() && out.back() == '.') out.pop_back();
  return out;
}

// EDNS is in the additional section, wherever.
void ReadEdns(ns_msg* message, DnsQuery* out) {
  const int count = ns_msg_count(*message, ns_s_ar);
  for (int i = 0; i < count; i++) {
    ns_rr record;
    if (ns_parserr(message, ns_s_ar, i, &record) != 0) return;
    if (ns_rr_type(record) != kTypeOpt) continue;
    out->edns = true;
    const auto size = static_cast<uint16_t>(ns_rr_class(record));
    out->udp_size = size > kLeastUdpSize ? size : kLeastUdpSize;
  }
}

// "1.0.0.10" -> "10.0.0.1"
std::string ReverseV4(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t dot = text.rfind('.');
    const size_t begin = dot == std::string_view::npos ? 0 : dot + 1;
    if (!out.empty()) out += '.';
    out.append(text.substr(begin));
    text = dot == std::string_view::npos ? std::string_view() : text.substr(0, dot);
  }
  return out;
}

std::string ReverseV6(std::string_view text) {
  std::string out;
  if (text.size() != 63) return "";
  for (size_t i = 0; i < 32; i++) {
    out += text[62 - 2 * i];
    if (i % 4 == 3 && i != 31) out += ':';
  }
  return out;
}

}  // namespace

DnsVerdict ParseDnsQuery(std::string_view message, DnsQuery* out) {
  if (message.size() < kHeader) return DnsVerdict::kIgnore;
  out->id = Read16(message, 0);
  out->flags = Read16(message, 2);
  if ((out->flags & kResponse) != 0) return DnsVerdict::kIgnore;
  if ((out->flags & kOpcode) != 0) return DnsVerdict::kNotImplemented;
  ns_msg parsed;
  ns_rr question;
  if (ns_initparse(Bytes(message), static_cast<int>(message.size()), &parsed) != 0 ||
      ns_msg_count(parsed, ns_s_qd) != 1 || ns_parserr(&parsed, ns_s_qd, 0, &question) != 0) {
    return DnsVerdict::kFormatError;
  }
  const int name = dn_skipname(Bytes(message) + kHeader, Bytes(message) + message.size());
  if (name < 0) return DnsVerdict::kFormatError;
  out->question = message.substr(kHeader, static_cast<size_t>(name) + 4);
  out->name = Lower(ns_rr_name(question));
  out->type = static_cast<uint16_t>(ns_rr_type(question));
  ReadEdns(&parsed, out);
  return DnsVerdict::kFine;
}

DnsRecord AddressRecord(const std::string& address) {
  unsigned char bytes[16];
  if (inet_pton(AF_INET, address.c_str(), bytes) == 1) {
    return {kDnsTypeA, std::string(reinterpret_cast<char*>(bytes), 4)};
  }
  if (inet_pton(AF_INET6, address.c_str(), bytes) == 1) {
    return {kDnsTypeAaaa, std::string(reinterpret_cast<char*>(bytes), 16)};
  }
  return {};
}

DnsRecord PtrRecord(const std::string& name) {
  unsigned char wire[NS_MAXCDNAME];
  if (ns_name_pton(name.c_str(), wire, sizeof wire) < 0) return {};
  const int size = dn_skipname(wire, wire + sizeof wire);
  if (size < 0) return {};
  return {kDnsTypePtr, std::string(reinterpret_cast<char*>(wire), static_cast<size_t>(size))};
}

std::string BuildDnsAnswer(const DnsQuery& query, DnsCode code,
                           const std::vector<DnsRecord>& records, size_t limit) {
  std::string body;
  const size_t option = query.edns ? 11 : 0;
  uint16_t count = 0;
  for (const DnsRecord& record : records) {
    const size_t size = 12 + record.data.size();
    if (kHeader + query.question.size() + body.size() + size + option > limit) break;
    Put16(kNamePointer, &body);
    Put16(record.type, &body);
    Put16(kClassInternet, &body);
    Put32(kTtl, &body);
    Put16(static_cast<uint16_t>(record.data.size()), &body);
    body += record.data;
    count++;
  }
  auto flags = static_cast<uint16_t>(kResponse | (query.flags & (kOpcode | kRecursionDesired)) |
                                     kRecursionAvailable | static_cast<uint16_t>(code));
  if (count < records.size()) flags |= kTruncated;
  std::string out;
  Put16(query.id, &out);
  Put16(flags, &out);
  Put16(query.question.empty() ? 0 : 1, &out);
  Put16(count, &out);
  Put16(0, &out);
  Put16(query.edns ? 1 : 0, &out);
  out += query.question + body;
  if (query.edns) {
    out.push_back('\0');
    Put16(kTypeOpt, &out);
    Put16(kOwnUdpSize, &out);
    Put32(0, &out);
    Put16(0, &out);
  }
  return out;
}

DnsCode CodeOfDnsAnswer(std::string_view message) {
  if (message.size() < kHeader) return DnsCode::kServerFailure;
  return static_cast<DnsCode>(Read16(message, 2) & 15);
}

std::string AddressOfPtrName(const std::string& name) {
  constexpr std::string_view kV4 = ".in-addr.arpa", kV6 = ".ip6.arpa";
  const std::string_view text(name);
  std::string address;
  for (const std::string_view suffix : {kV4, kV6}) {
    if (text.size() <= suffix.size() || text.substr(text.size() - suffix.size()) != suffix)
      continue;
    const std::string_view number = text.substr(0, text.size() - suffix.size());
    address = suffix == kV4 ? ReverseV4(number) : ReverseV6(number);
  }
  // In the one form in which the table has it.
  unsigned char bytes[16];
  char canonical[INET6_ADDRSTRLEN];
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, address.c_str(), bytes) != 1) continue;
    return inet_ntop(family, bytes, canonical, sizeof canonical) == nullptr ? "" : canonical;
  }
  return "";
}

}  // namespace buoy::shim
