#include <gtest/gtest.h>

#include "common/stream/chunk.h"
#include "common/stream/detach_keys.h"
#include "common/stream/frame.h"

namespace buoy::stream {
namespace {

TEST(Frame, HeaderLayout) {
  std::string out;
  AppendFrame(StreamType::kStderr, "abc", &out);
  EXPECT_EQ(out, std::string("\x02\0\0\0\0\0\0\x03"
                             "abc",
                             11));
}

TEST(Frame, ReaderCopesWithEveryCut) {
  std::string wire;
  AppendFrame(StreamType::kStdout, "hello", &wire);
  AppendFrame(StreamType::kStderr, "", &wire);
  AppendFrame(StreamType::kStderr, std::string(70000, 'x'), &wire);
  for (size_t step : {1u, 3u, 8u, 9u, 4096u, 100000u}) {
    FrameReader reader;
    std::string out, err;
    for (size_t at = 0; at < wire.size(); at += step) {
      std::string_view input = std::string_view(wire).substr(at, step);
      StreamType type;
      std::string_view piece;
      while (reader.Next(&input, &type, &piece)) {
        (type == StreamType::kStdout ? out : err).append(piece);
      }
    }
    EXPECT_EQ(out, "hello");
    EXPECT_EQ(err.size(), 70000u);
    EXPECT_TRUE(reader.at_border());
  }
}

TEST(Frame, UnknownTypeBreaksTheStream) {
  FrameReader reader;
  std::string_view input("HTTP/1.1 400 Bad", 16);
  StreamType type;
  std::string_view piece;
  EXPECT_FALSE(reader.Next(&input, &type, &piece));
  EXPECT_TRUE(reader.broken());
}

TEST(Chunk, HexLength) {
  std::string out;
  AppendChunk(std::string(26, 'z'), &out);
  EXPECT_EQ(out, "1a\r\n" + std::string(26, 'z') + "\r\n");
  out.clear();
  AppendChunk("", &out);
  EXPECT_EQ(out, "");
}

TEST(DetachKeys, Specs) {
  std::string keys, error;
  ASSERT_TRUE(ParseDetachKeys("ctrl-p,ctrl-q", &keys, &error));
  EXPECT_EQ(keys, kDefaultDetachKeys);
  ASSERT_TRUE(ParseDetachKeys("a,DEL,ctrl-@,ctrl-_,ctrl-\\", &keys, &error));
  EXPECT_EQ(keys, std::string("a\x7f\0\x1f\x1c", 5));
  EXPECT_FALSE(ParseDetachKeys("ctrl-!", &keys, &error));
  EXPECT_EQ(error, "Unknown character: 'ctrl-!'");
  EXPECT_FALSE(ParseDetachKeys("a,", &keys, &error));
  EXPECT_EQ(error, "Unknown character: ''");
}

TEST(DetachKeys, FoundAcrossReads) {
  DetachKeyFilter filter{std::string(kDefaultDetachKeys)};
  std::string out;
  EXPECT_FALSE(filter.Feed("ab\x10", &out));
  EXPECT_EQ(out, "ab");
  EXPECT_FALSE(filter.Feed("c", &out));
  EXPECT_EQ(out,
            "ab\x10"
            "c");
  EXPECT_FALSE(filter.Feed("\x10", &out));
  EXPECT_TRUE(filter.Feed("\x11never", &out));
  EXPECT_EQ(out,
            "ab\x10"
            "c");
}

TEST(DetachKeys, NoKeysMeansNoDetach) {
  DetachKeyFilter filter{""};
  std::string out;
  EXPECT_FALSE(filter.Feed("\x10\x11", &out));
  EXPECT_EQ(out, "\x10\x11");
}

}  // namespace
}  // namespace buoy::stream
