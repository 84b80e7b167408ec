#include "api/http/head.h"

#include <gtest/gtest.h>

namespace buoy::api {
namespace {

std::string ErrorOf(const std::string& head) {
  auto parsed = ParseRequestHead(head);
  return parsed.ok() ? "" : parsed.error().message();
}

Result<BodyFraming> FramingOf(std::initializer_list<std::pair<std::string, std::string>> fields) {
  return RequestFraming(Headers(fields));
}

TEST(HeadSizeTest, FindsTheEmptyLineInEitherNotation) {
  EXPECT_EQ(HeadSize("", 0), 0u);
  EXPECT_EQ(HeadSize("GET / HTTP/1.1\r\nHost: a\r\n", 0), 0u);
  EXPECT_EQ(HeadSize("GET / HTTP/1.1\r\nHost: a\r\n\r", 0), 0u);
  EXPECT_EQ(HeadSize("GET / HTTP/1.1\r\nHost: a\r\n\r\nbody", 0), 27u);
  EXPECT_EQ(HeadSize("GET / HTTP/1.1\nHost: a\n\nbody", 0), 24u);
}

TEST(HeadSizeTest, FindsTheEndWhereverTheReadsWereCut) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string data = head + "next";
  for (size_t cut = 0; cut < head.size(); ++cut) {
    ASSERT_EQ(HeadSize(std::string_view(data).substr(0, cut), 0), 0u) << cut;
    EXPECT_EQ(HeadSize(data, cut), head.size()) << cut;
  }
}

TEST(RequestHeadTest, SplitsLineTargetAndFields) {
  auto head = ParseRequestHead(
      "POST /v1.41/containers/a%20b/start?x=%31&y HTTP/1.1\r\nHost: docker\r\n"
      "X-Registry-Auth:\t a,b \r\nEmpty:\r\n\r\n");
  ASSERT_TRUE(head.ok()) << head.error().message();
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->path, "/v1.41/containers/a b/start");
  EXPECT_EQ(head->query, "x=%31&y");
  EXPECT_EQ(head->minor, 1);
  EXPECT_EQ(head->headers.Get("x-registry-auth"), "a,b");
  EXPECT_TRUE(head->headers.Has("empty"));
  EXPECT_EQ(head->headers.Get("empty"), "");
}

TEST(RequestHeadTest, TakesAbsoluteAndAsteriskTargets) {
  auto absolute = ParseRequestHead("GET http://host:1/info?a HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(absolute.ok());
  EXPECT_EQ(absolute->path, "/info");
  EXPECT_EQ(absolute->query, "a");
  auto bare = ParseRequestHead("GET http://host HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(bare.ok());
  EXPECT_EQ(bare->path, "/");
  auto bare_query = ParseRequestHead("GET http://host?to=/x HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(bare_query.ok());
  EXPECT_EQ(bare_query->path, "/");
  EXPECT_EQ(bare_query->query, "to=/x");
  EXPECT_EQ(ErrorOf("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"), "");
}

TEST(RequestHeadTest, OldVersionNeedsNoHost) {
  auto head = ParseRequestHead("GET / HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->minor, 0);
}

struct BadHead {
  const char* name;
  std::string text;
  const char* error;
};

class BadHeadTest : public testing::TestWithParam<BadHead> {};

TEST_P(BadHeadTest, IsRefused) {
  auto parsed = ParseRequestHead(GetParam().text);
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().message(), GetParam().error);
  EXPECT_EQ(parsed.error().kind(), ErrorKind::kInvalidArgument);
}

std::string WithField(const std::string& line) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n";
}

const BadHead kBadHeads[] = {
    {"OneWord", "GET\r\n\r\n", "malformed HTTP request"},
    {"TwoWords", "GET /\r\n\r\n", "malformed HTTP request"},
    {"EmptyMethod", " / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed HTTP request"},
    {"MethodIsNoToken", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed HTTP request"},
    {"SpaceInTarget", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "malformed HTTP request"},
    {"TwoSpaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed HTTP request"},
    {"NulInTarget", std::string("GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n", 31),
     "malformed HTTP request"},
    {"ControlInTarget", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", "malformed HTTP request"},
    {"Version", "GET / HTTPS/1.1\r\nHost: a\r\n\r\n", "malformed HTTP version"},
    {"VersionWithTail", "GET / HTTP/1.1x\r\nHost: a\r\n\r\n", "malformed HTTP version"},
    {"RelativeTarget", "GET info HTTP/1.1\r\nHost: a\r\n\r\n", "invalid URI for request"},
    {"Authority", "CONNECT host:1 HTTP/1.1\r\nHost: a\r\n\r\n", "invalid URI for request"},
    {"BadEscape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "invalid URL escape"},
    {"CutEscape", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", "invalid URL escape"},
    {"NoHost", "GET / HTTP/1.1\r\n\r\n", "missing required Host header"},
    {"TwoHosts", WithField("host: b"), "too many Host headers"},
    {"NoColon", WithField("Nothing"), "malformed MIME header line: Nothing"},
    {"EmptyName", WithField(": x"), "malformed MIME header line: : x"},
    {"SpaceBeforeColon", WithField("Content-Length : 5"),
     "malformed MIME header line: Content-Length : 5"},
    {"Fold", WithField("X: a\r\n folded"), "malformed MIME header line:  folded"},
    {"FoldedField", WithField("X: a\r\n\tTransfer-Encoding: chunked"),
     "malformed MIME header line: \tTransfer-Encoding: chunked"},
    {"NulInValue", WithField(std::string("X: a\0b", 6)), "invalid header value"},
    {"BareCarriageReturn", WithField("X: a\rTransfer-Encoding: chunked"), "invalid header value"},
    {"DoubledCarriageReturn", WithField("X: a\r"), "invalid header value"},
};
INSTANTIATE_TEST_SUITE_P(All, BadHeadTest, testing::ValuesIn(kBadHeads),
                         [](const auto& info) { return info.param.name; });

TEST(RequestHeadTest, NulIsNoPartOfAName) {
  EXPECT_TRUE(
      ErrorOf(WithField(std::string("X\0: a", 5))).starts_with("malformed MIME header line"));
}

TEST(RequestHeadTest, OtherMajorVersionsHaveTheirOwnError) {
  auto parsed = ParseRequestHead("GET / HTTP/2.0\r\nHost: a\r\n\r\n");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().message(), "unsupported protocol version");
}

TEST(RequestHeadTest, LongFieldsAndTargetsAreNoProblem) {
  std::string value(900'000, 'x'), target(100'000, 'y');
  auto head =
      ParseRequestHead("GET /" + target + " HTTP/1.1\r\nHost: a\r\nX: " + value + "\r\n\r\n");
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->headers.Get("X").size(), value.size());
  EXPECT_EQ(head->path.size(), target.size() + 1);
}

TEST(FramingTest, NothingSaidMeansNoBody) {
  auto framing = FramingOf({});
  ASSERT_TRUE(framing.ok());
  EXPECT_EQ(framing->length, 0);
  EXPECT_FALSE(framing->chunked);
}

TEST(FramingTest, LengthOrChunks) {
  EXPECT_EQ(FramingOf({{"Content-Length", "12"}})->length, 12);
  auto chunked = FramingOf({{"transfer-encoding", "Chunked"}});
  ASSERT_TRUE(chunked.ok());
  EXPECT_TRUE(chunked->chunked);
  EXPECT_FALSE(chunked->suspicious);
}

TEST(FramingTest, ChunksWinOverALengthAndEndTheConnection) {
  auto framing = FramingOf({{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}});
  ASSERT_TRUE(framing.ok());
  EXPECT_TRUE(framing->chunked);
  EXPECT_TRUE(framing->suspicious);
  EXPECT_EQ(framing->length, -1);
}

TEST(FramingTest, RepeatedLengthsMustAgree) {
  EXPECT_EQ(FramingOf({{"Content-Length", "5"}, {"content-length", "5"}})->length, 5);
  auto differing = FramingOf({{"Content-Length", "5"}, {"content-length", "6"}});
  ASSERT_FALSE(differing.ok());
  EXPECT_EQ(differing.error().message(),
            "http: message cannot contain multiple Content-Length headers");
}

class BadLengthTest : public testing::TestWithParam<const char*> {};
TEST_P(BadLengthTest, IsRefused) {
  auto framing = FramingOf({{"Content-Length", GetParam()}});
  ASSERT_FALSE(framing.ok());
  EXPECT_EQ(framing.error().message(), "bad Content-Length \"" + std::string(GetParam()) + "\"");
}
INSTANTIATE_TEST_SUITE_P(All, BadLengthTest,
                         testing::Values("", "-1", "+1", "1 2", "5, 5", "0x10", "1e3", "five",
                                         "9223372036854775808", "99999999999999999999"));

class OtherCodingTest : public testing::TestWithParam<const char*> {};
TEST_P(OtherCodingTest, IsNotImplemented) {
  auto framing = FramingOf({{"Transfer-Encoding", GetParam()}});
  ASSERT_FALSE(framing.ok());
  EXPECT_EQ(framing.error().kind(), ErrorKind::kNotImplemented);
}
INSTANTIATE_TEST_SUITE_P(All, OtherCodingTest,
                         testing::Values("", "gzip", "identity", "gzip, chunked", "chunked, gzip",
                                         "xchunked", "chunked;q=1"));

TEST(FramingTest, TwoCodingsAreNotImplemented) {
  auto framing = FramingOf({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}});
  ASSERT_FALSE(framing.ok());
  EXPECT_EQ(framing.error().kind(), ErrorKind::kNotImplemented);
}

TEST(ResponseHeadTest, ReadsStatusReasonAndFields) {
  auto head = ParseResponseHead("HTTP/1.1 404 Not Found\r\nA: b\r\n\r\n");
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->status, 404);
  EXPECT_EQ(head->reason, "Not Found");
  EXPECT_EQ(head->headers.Get("a"), "b");
  EXPECT_EQ(ParseResponseHead("HTTP/1.0 200\r\n\r\n")->status, 200);
}

TEST(ResponseHeadTest, RefusesWhatIsNoHttp) {
  for (const char* text :
       {"", "HTTP/1.1\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "SSH-2.0-OpenSSH_9\r\n",
        "HTTP/1.1 -20 x\r\n\r\n", "HTTP/1.1 2x0 x\r\n\r\n", "HTTP/1.1 2000 x\r\n\r\n"}) {
    EXPECT_FALSE(ParseResponseHead(text).ok()) << text;
  }
}

TEST(ResponseHeadTest, FramingDependsOnMethodAndStatus) {
  ResponseHead head;
  head.headers = {{"Content-Length", "7"}};
  head.status = 200;
  EXPECT_EQ(ResponseFraming(head, "GET")->length, 7);
  EXPECT_EQ(ResponseFraming(head, "HEAD")->length, 0);
  head.status = 304;
  EXPECT_EQ(ResponseFraming(head, "GET")->length, 0);
  ResponseHead open_end;
  open_end.status = 200;
  EXPECT_EQ(ResponseFraming(open_end, "GET")->length, -1);
}

TEST(HeadersTest, NamesAndTokensIgnoreCase) {
  Headers headers{{"Connection", "keep-alive, Upgrade"}, {"connection", "close"}};
  EXPECT_EQ(headers.Count("CONNECTION"), 2u);
  EXPECT_TRUE(headers.HasToken("Connection", "upgrade"));
  EXPECT_TRUE(headers.HasToken("Connection", "Close"));
  EXPECT_FALSE(headers.HasToken("Connection", "keep"));
  headers.Set("CONNECTION", "x");
  EXPECT_EQ(headers.Get("Connection"), "x");
}

}  // namespace
}  // namespace buoy::api
