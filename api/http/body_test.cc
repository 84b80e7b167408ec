#include "api/http/body.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "common/unix/file.h"
#include "common/unix/socket.h"

namespace buoy::api {
namespace {

constexpr BodyFraming kChunked{.chunked = true, .length = -1};

// A connection whose peer has sent something.
class BodyTest : public testing::Test {
 protected:
  BodyTest() {
    FdPair pair = *SocketPair(SOCK_STREAM);
    peer_ = std::move(pair.first);
    connection_ = std::make_unique<Connection>(std::move(pair.second));
  }
  void Send(std::string_view data) { ASSERT_TRUE(WriteAll(peer_.get(), data).ok()); }
  void SendEnd() { shutdown(peer_.get(), SHUT_WR); }
  Result<std::string> ReadBody(BodyFraming framing) {
    BodyReader reader(*connection_, framing);
    return ReadAll(reader);
  }
  std::string Rest() {
    SendEnd();
    StringSink rest;
    while (true) {
      char buffer[4096];
      Result<size_t> got = connection_->Read(buffer);
      if (!got.ok() || *got == 0) return rest.data();
      (void)rest.Write({buffer, *got});
    }
  }
  std::string ChunkError(std::string_view data) {
    Send(data);
    SendEnd();
    auto body = ReadBody(kChunked);
    return body.ok() ? "ok: " + *body : body.error().message();
  }

  Fd peer_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(BodyTest, LengthStopsBeforeTheNextRequest) {
  Send("helloGET / HTTP/1.1");
  EXPECT_EQ(*ReadBody({.length = 5}), "hello");
  EXPECT_EQ(Rest(), "GET / HTTP/1.1");
}

TEST_F(BodyTest, EarlyEndOfALengthIsAnErrorThatStays) {
  Send("hel");
  SendEnd();
  BodyReader reader(*connection_, {.length = 5});
  char buffer[16];
  EXPECT_EQ(*reader.Read(buffer), 3u);
  for (int i = 0; i < 2; ++i) {
    auto got = reader.Read(buffer);
    ASSERT_FALSE(got.ok());
    EXPECT_EQ(got.error().message(), "unexpected EOF");
  }
  EXPECT_TRUE(reader.failed());
  EXPECT_FALSE(reader.done());
}

TEST_F(BodyTest, UntilCloseTakesAll) {
  Send("all of it");
  SendEnd();
  EXPECT_EQ(*ReadBody({.length = -1}), "all of it");
}

TEST_F(BodyTest, ChunksJoinAndStopBeforeTheNextRequest) {
  Send(
      "5\r\nhello\r\nA ;name=\"v\"\r\n 0123456789"
      "\r\n0\r\nTrailer: x\r\nMore: y\r\n\r\nNEXT");
  // 'A' is ten: " 012345678", then "9" is where the chunk's end should be.
  auto body = ReadBody(kChunked);
  ASSERT_FALSE(body.ok());
  EXPECT_EQ(body.error().message(), "malformed chunked encoding");
}

TEST_F(BodyTest, ExtensionsAndTrailersAreSkipped) {
  Send(
      "5\r\nhello\r\n000b;name=\"v\"\r\n, you there"
      "\r\n0;last\r\nTrailer: x\r\nMore: y\r\n\r\nNEXT");
  EXPECT_EQ(*ReadBody(kChunked), "hello, you there");
  EXPECT_EQ(Rest(), "NEXT");
}

TEST_F(BodyTest, ChunksArriveInAnyPieces) {
  const std::string text = "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  BodyReader reader(*connection_, kChunked);
  std::string body;
  char buffer[64];
  for (char c : text) {
    Send({&c, 1});
    if (!reader.done() && c >= 'a') {
      Result<size_t> got = reader.Read(buffer);
      ASSERT_TRUE(got.ok());
      body.append(buffer, *got);
    }
  }
  EXPECT_EQ(body, "abcde");
  EXPECT_EQ(*reader.Read(buffer), 0u);
  EXPECT_TRUE(reader.done());
}

TEST_F(BodyTest, EmptyChunkedBody) {
  Send("0\r\n\r\n");
  EXPECT_EQ(*ReadBody(kChunked), "");
}

struct BadChunk {
  const char* name;
  std::string text;
  const char* error;
};
class BadChunkTest : public BodyTest, public testing::WithParamInterface<BadChunk> {};
TEST_P(BadChunkTest, IsRefused) { EXPECT_EQ(ChunkError(GetParam().text), GetParam().error); }
const BadChunk kBadChunks[] = {
    {"NoNumber", "\r\nabc\r\n", "empty hex number for chunk length"},
    {"OnlyExtension", ";x\r\nabc\r\n", "empty hex number for chunk length"},
    {"NoHex", "xyz\r\nabc\r\n", "invalid byte in chunk length"},
    {"Negative", "-5\r\nhello\r\n", "invalid byte in chunk length"},
    {"Plus", "+5\r\nhello\r\n", "invalid byte in chunk length"},
    {"Prefix", "0x5\r\nhello\r\n", "invalid byte in chunk length"},
    {"SpaceBefore", " 5\r\nhello\r\n", "invalid byte in chunk length"},
    {"Nul", std::string("5\0\r\nhello\r\n", 11), "invalid byte in chunk length"},
    {"TooLarge", "1000000000000000\r\n", "http chunk length too large"},
    {"Overflow", "ffffffffffffffffffff\r\n", "http chunk length too large"},
    {"MissingEnd", "5\r\nhelloworld\r\n", "malformed chunked encoding"},
    {"BareLineFeed", "5\nhello\r\n0\r\n\r\n", "malformed chunked encoding"},
    {"BareLineFeedAfterData", "5\r\nhello\n0\r\n\r\n", "malformed chunked encoding"},
    {"EndInSize", "5", "unexpected EOF"},
    {"EndInData", "5\r\nhel", "unexpected EOF"},
    {"EndAfterData", "5\r\nhello", "unexpected EOF"},
    {"EndBeforeLast", "5\r\nhello\r\n", "unexpected EOF"},
    {"EndInTrailers", "0\r\nA: b\r\n", "unexpected EOF"},
    {"EndlessSizeLine", std::string(5000, '0'), "header line too long"},
    {"EndlessExtension", "5;" + std::string(5000, 'x'), "header line too long"},
};
INSTANTIATE_TEST_SUITE_P(All, BadChunkTest, testing::ValuesIn(kBadChunks),
                         [](const auto& info) { return info.param.name; });

TEST_F(BodyTest, EndlessTrailersAreRefused) {
  std::string trailers = "0\r\n";
  for (int i = 0; i < 40; ++i) trailers += "A: " + std::string(2000, 'x') + "\r\n";
  EXPECT_EQ(ChunkError(trailers + "\r\n"), "http: suspiciously long trailer");
}

TEST_F(BodyTest, HugeChunkSizeReadsOnlyWhatThereIs) {
  EXPECT_EQ(ChunkError("fffffffffffffff\r\nabc"), "unexpected EOF");
}

TEST_F(BodyTest, ContinueIsSentOnceAtTheFirstRead) {
  int asked = 0;
  BodyReader reader(*connection_, {.length = 4}, [&asked]() -> Status {
    ++asked;
    return Ok();
  });
  EXPECT_TRUE(reader.waiting_for_continue());
  Send("data");
  EXPECT_EQ(*ReadAll(reader), "data");
  EXPECT_EQ(asked, 1);
  EXPECT_FALSE(reader.waiting_for_continue());
}

TEST_F(BodyTest, DrainGivesUpAtItsLimit) {
  Send(std::string(100'000, 'x'));
  BodyReader reader(*connection_, {.length = 100'000});
  EXPECT_FALSE(reader.Drain(10'000, 1000));
  BodyReader rest(*connection_, {.length = reader.left()});
  EXPECT_TRUE(rest.Drain(1'000'000, 1000));
}

TEST_F(BodyTest, DrainGivesUpAfterItsTime) {
  Send("5\r\nhel");
  BodyReader reader(*connection_, kChunked);
  EXPECT_FALSE(reader.Drain(1000, 20));
}

TEST_F(BodyTest, WrittenChunksAreReadBack) {
  Connection writer(std::move(peer_));
  ChunkWriter chunks(writer, true);
  EXPECT_TRUE(chunks.Write("one").ok());
  EXPECT_TRUE(chunks.Write("").ok());  // would be the end
  EXPECT_TRUE(chunks.Write(std::string(20, 'x')).ok());
  EXPECT_TRUE(chunks.Finish().ok());
  EXPECT_EQ(*ReadBody(kChunked), "one" + std::string(20, 'x'));
}

}  // namespace
}  // namespace buoy::api
