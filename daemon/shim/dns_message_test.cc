#include "daemon/shim/dns_message.h"

#include <gtest/gtest.h>

#include <random>

namespace buoy::shim {
namespace {

std::string Query(std::string_view labels, uint16_t type, bool edns = false) {
  std::string out = {'\x12', '\x34', '\x01', '\0', '\0', '\1', '\0', '\0', '\0', '\0', '\0', '\0'};
  if (edns) out[11] = 1;
  out.append(labels).push_back('\0');
  out += {static_cast<char>(type >> 8), static_cast<char>(type), '\0', '\1'};
  if (edns) out += {'\0', '\0', '\x29', '\x10', '\0', '\0', '\0', '\0', '\0', '\0', '\0'};
  return out;
}

TEST(DnsMessage, AQuery) {
  DnsQuery query;
  ASSERT_EQ(ParseDnsQuery(Query("\3Web\5Front", kDnsTypeA, true), &query), DnsVerdict::kFine);
  EXPECT_EQ(query.id, 0x1234);
  EXPECT_EQ(query.name, "web.front");
  EXPECT_EQ(query.type, kDnsTypeA);
  EXPECT_TRUE(query.edns);
  EXPECT_EQ(query.udp_size, 4096);
  EXPECT_EQ(query.question.size(), 15u);
  ASSERT_EQ(ParseDnsQuery(Query("\1x", kDnsTypeAaaa), &query), DnsVerdict::kFine);
}

TEST(DnsMessage, WhatIsNone) {
  DnsQuery query;
  EXPECT_EQ(ParseDnsQuery("short", &query), DnsVerdict::kIgnore);
  std::string answer = Query("\1x", kDnsTypeA);
  answer[2] = '\x80';
  EXPECT_EQ(ParseDnsQuery(answer, &query), DnsVerdict::kIgnore) << "answers are not answered";
  std::string status = Query("\1x", kDnsTypeA);
  status[2] = '\x10';
  EXPECT_EQ(ParseDnsQuery(status, &query), DnsVerdict::kNotImplemented);
  const std::string whole = Query("\3web\5front", kDnsTypeA, true);
  for (size_t size = 12; size < whole.size(); size++) {
    EXPECT_EQ(ParseDnsQuery(whole.substr(0, size), &query), DnsVerdict::kFormatError) << size;
  }
}

TEST(DnsMessage, AnAnswer) {
  DnsQuery query;
  ASSERT_EQ(ParseDnsQuery(Query("\3web", kDnsTypeA), &query), DnsVerdict::kFine);
  const std::vector<DnsRecord> records = {AddressRecord("10.0.0.1"), AddressRecord("10.0.0.2")};
  const std::string answer = BuildDnsAnswer(query, DnsCode::kNoError, records, 512);
  const std::string expected = std::string("\x12\x34\x81\x80\0\1\0\2\0\0\0\0", 12) +
                               std::string("\3web\0\0\1\0\1", 9) +
                               std::string("\xc0\x0c\0\1\0\1\0\0\x02\x58\0\4\x0a\0\0\1", 16) +
                               std::string("\xc0\x0c\0\1\0\1\0\0\x02\x58\0\4\x0a\0\0\2", 16);
  EXPECT_EQ(answer, expected);
  const std::string cut = BuildDnsAnswer(query, DnsCode::kNoError, records, 40);
  EXPECT_EQ(cut[2] & 2, 2) << "said to be cut";
  EXPECT_EQ(cut.size(), 12u + 9 + 16);
  EXPECT_EQ(CodeOfDnsAnswer(BuildDnsAnswer(query, DnsCode::kRefused, {}, 512)), DnsCode::kRefused);
  EXPECT_EQ(CodeOfDnsAnswer("x"), DnsCode::kServerFailure);
}

TEST(DnsMessage, NamesOfAddresses) {
  EXPECT_EQ(AddressOfPtrName("3.0.18.172.in-addr.arpa"), "172.18.0.3");
  EXPECT_EQ(
      AddressOfPtrName("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa"),
      "fd00::1");
  for (const char* none :
       {"", "web", "in-addr.arpa", "x.in-addr.arpa", "1.2.3.in-addr.arpa", "1.d.f.ip6.arpa"}) {
    EXPECT_EQ(AddressOfPtrName(none), "") << none;
  }
  EXPECT_EQ(PtrRecord("web.front").data, std::string("\3web\5front\0", 11));
  EXPECT_EQ(AddressRecord("nonsense").data, "");
  EXPECT_EQ(AddressRecord("fd00::1").type, kDnsTypeAaaa);
}

TEST(DnsMessage, SurvivesNoise) {
  std::mt19937 generator(1);
  const std::string valid = Query("\3web\5front", kDnsTypeA, true);
  for (int i = 0; i < 20000; i++) {
    std::string message = valid.substr(0, generator() % (valid.size() + 1));
    for (int flips = 0; flips < 4 && !message.empty(); flips++) {
      message[generator() % message.size()] = static_cast<char>(generator());
    }
    DnsQuery query;
    if (ParseDnsQuery(message, &query) == DnsVerdict::kIgnore) continue;
    EXPECT_LE(BuildDnsAnswer(query, DnsCode::kNoError, {AddressRecord("10.0.0.1")}, 512).size(),
              512u);
  }
}

}  // namespace
}  // namespace buoy::shim
