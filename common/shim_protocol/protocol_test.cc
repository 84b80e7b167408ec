#include <gtest/gtest.h>

#include "common/shim_protocol/types.h"

namespace buoy::shim {
namespace {

template <class T>
T RoundTrip(const T& value) {
  std::string body;
  EncodeFields(value, &body);
  T back;
  EXPECT_TRUE(DecodeFields(body, &back));
  return back;
}

TEST(Header, RoundTripAndMagic) {
  const std::string wire = EncodeMessage(AckRequest{.seq = 9}, 77);
  Header header;
  ASSERT_TRUE(ParseHeader(wire, &header));
  EXPECT_EQ(header.type, static_cast<uint16_t>(MessageType::kAck));
  EXPECT_EQ(header.seq, 77u);
  EXPECT_EQ(header.major, kMajorVersion);
  std::string other = wire;
  other[0] = 'X';
  EXPECT_FALSE(ParseHeader(other, &header));
  EXPECT_FALSE(ParseHeader(wire.substr(0, kHeaderSize - 1), &header));
}

TEST(Fields, StartRequestRoundTrip) {
  StartRequest start;
  start.runtime = {"/usr/sbin/runc", "--root", "/run/x", ""};
  start.tty = true;
  start.console_size = {80, 24};
  start.log.attrs = {"label", "", "env", "x"};
  start.health.interval = 30'000'000'000;
  start.ports = {{.fd_index = 2, .udp = true, .address = "10.0.0.2", .port = 53}, {}};
  const StartRequest back = RoundTrip(start);
  EXPECT_EQ(back.runtime, start.runtime);
  EXPECT_TRUE(back.tty);
  EXPECT_FALSE(back.open_stdin);
  EXPECT_EQ(back.console_size.width, 80u);
  EXPECT_EQ(back.log.attrs, start.log.attrs);
  EXPECT_EQ(back.health.interval, 30'000'000'000);
  ASSERT_EQ(back.ports.size(), 2u);
  EXPECT_EQ(back.ports[0].address, "10.0.0.2");
  EXPECT_EQ(back.ports[1].port, 0u);
}

TEST(Fields, NegativeNumbersAndTail) {
  Record record{.exit_code = -1};
  EXPECT_EQ(RoundTrip(record).exit_code, -1);
  EXPECT_EQ(RoundTrip(LogsRequest{}).tail, -1);
  EXPECT_EQ(RoundTrip(LogsRequest{.tail = 0}).tail, 0);
  EXPECT_EQ(RoundTrip(LogsRequest{.tail = 12}).tail, 12);
  EXPECT_FALSE(RoundTrip(MarkStoppedRequest{.stopped = false}).stopped);
}

TEST(Fields, ReplyAndPayloadShareAMessage) {
  std::string body;
  EncodeFields(ReplyStatus{.error = 2, .text = "no"}, &body);
  EncodeFields(StartReply{.pid = 5}, &body);
  ReplyStatus status;
  StartReply reply;
  ASSERT_TRUE(DecodeFields(body, &status));
  ASSERT_TRUE(DecodeFields(body, &reply));
  EXPECT_EQ(status.text, "no");
  EXPECT_EQ(reply.pid, 5);
}

TEST(Fields, UnknownTagsAreSkipped) {
  std::string body;
  AppendField(900, "from the future", &body);
  EncodeFields(AckRequest{.seq = 3}, &body);
  AppendInteger(901, 1, &body);
  AckRequest ack;
  ASSERT_TRUE(DecodeFields(body, &ack));
  EXPECT_EQ(ack.seq, 3u);
}

TEST(Fields, MalformedBodiesAreRefused) {
  std::string body;
  EncodeFields(SignalRequest{.signal = 9, .exec_id = "abc"}, &body);
  for (size_t cut = 1; cut < body.size(); cut++) {
    SignalRequest request;
    // A cut at a field border is a shorter message; anywhere else it is malformed. Never a crash.
    DecodeFields(std::string_view(body).substr(0, cut), &request);
  }
  std::string huge;
  AppendField(1, "123456789", &huge);  // nine bytes are no integer
  SignalRequest request;
  EXPECT_FALSE(DecodeFields(huge, &request));
  EXPECT_FALSE(DecodeFields(std::string("\x01\x00\xff\xff\xff\xff", 6), &request));
}

}  // namespace
}  // namespace buoy::shim
