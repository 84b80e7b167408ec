#include "common/loglines/json_line.h"

#include <gtest/gtest.h>

#include "common/loglines/json_scan.h"
#include "common/loglines/rfc3339.h"

namespace buoy::loglines {
namespace {

std::string Quoted(std::string_view data) {
  std::string out;
  AppendJsonString(data, &out);
  return out;
}

std::string Unquoted(std::string_view raw) {
  std::string out;
  EXPECT_TRUE(AppendUnescaped(raw, &out));
  return out;
}

TEST(Rfc3339, TrimsTheFraction) {
  int64_t time = 0;
  ASSERT_TRUE(ParseRfc3339("2026-11-24T19:13:43.123456789Z", &time));
  std::string out;
  AppendRfc3339(time, &out);
  EXPECT_EQ(out, "2026-11-24T19:13:43.123456789Z");
  for (const char* text : {"1970-01-01T00:00:00Z", "2000-02-29T23:59:59.1Z",
                           "2038-01-19T03:14:08.00000001Z", "2100-03-01T00:00:00.5Z"}) {
    ASSERT_TRUE(ParseRfc3339(text, &time)) << text;
    out.clear();
    AppendRfc3339(time, &out);
    EXPECT_EQ(out, text);
  }
  out.clear();
  AppendRfc3339Fixed(kSecond / 10, &out);
  EXPECT_EQ(out, "1970-01-01T00:00:00.100000000Z");
}

TEST(Rfc3339, OffsetsAndNonsense) {
  int64_t zulu = 0, offset = 0;
  ASSERT_TRUE(ParseRfc3339("2026-11-24T19:13:43Z", &zulu));
  ASSERT_TRUE(ParseRfc3339("2026-11-24T21:13:43+02:00", &offset));
  EXPECT_EQ(zulu, offset);
  for (const char* text : {"", "2026", "2026-13-24T19:13:43Z", "2026-11-24 19:13:43Z",
                           "2026-11-24T19:13:43", "2026-11-24T19:13:43Zx"}) {
    EXPECT_FALSE(ParseRfc3339(text, &zulu)) << text;
  }
}

TEST(JsonString, EscapesLikeDocker) {
  EXPECT_EQ(Quoted("a\"b\\c\n\r\t\x01"), "\"a\\\"b\\\\c\\n\\r\\u0009\\u0001\"");
  EXPECT_EQ(Quoted("<a>&\x7f"), "\"\\u003ca\\u003e\\u0026\x7f\"");
  EXPECT_EQ(Quoted("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
            "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
  EXPECT_EQ(Quoted("\xff\xc3"), "\"\\ufffd\\ufffd\"");
  EXPECT_EQ(Quoted("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"");  // a surrogate is no UTF-8
  EXPECT_EQ(Quoted("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa"), "\"\\u2028\\u2029\xe2\x80\xaa\"");
}

TEST(JsonString, RoundTrip) {
  std::string all;
  for (int i = 0; i < 128; i++) all.push_back(static_cast<char>(i));
  EXPECT_EQ(Unquoted(Quoted(all)), all);
  EXPECT_EQ(Unquoted("\"\\ud83d\\ude00\\u00e9\\ud83d\""), "\xf0\x9f\x98\x80\xc3\xa9\xef\xbf\xbd");
  EXPECT_EQ(Unquoted("\"\\b\\f\\/\""), "\b\f/");
}

TEST(LogLine, BytesOfDocker) {
  std::string out;
  AppendLogLine("hi\n", false, "", kSecond, &out);
  AppendLogLine("x", true, EncodeAttrs({"tag", "t", "A", "<"}), 0, &out);
  EXPECT_EQ(out,
            "{\"log\":\"hi\\n\",\"stream\":\"stdout\",\"time\":\"1970-01-01T00:00:01Z\"}\n"
            "{\"log\":\"x\",\"stream\":\"stderr\",\"attrs\":{\"A\":\"\\u003c\",\"tag\":\"t\"},"
            "\"time\":\"1970-01-01T00:00:00Z\"}\n");
}

TEST(LogLine, ParseAndRender) {
  LogEntry entry;
  ASSERT_TRUE(ParseLogLine(
      "{\"log\":\"a \\u003cb\\n\",\"stream\":\"stderr\",\"attrs\":{\"k\":\"v w\",\"a\":\"1/2\"},"
      "\"other\":[1,{\"x\":\"]\"}],\"time\":\"2026-01-02T03:04:05.6Z\"}",
      &entry));
  EXPECT_TRUE(entry.is_stderr);
  EXPECT_EQ(entry.log, "a <b\n");
  std::string out;
  AppendRendered(entry, {.timestamps = true, .details = true}, &out);
  EXPECT_EQ(out, "2026-01-02T03:04:05.600000000Z a=1%2F2,k=v+w a <b\n");
}

TEST(LogLine, MalformedIsRefused) {
  LogEntry entry;
  for (const char* line :
       {"", "{", "{}", "null", "{\"log\":\"x\"", "{\"log\":\"x\",\"stream\":\"stdout\"}",
        "{\"log\":\"x\",\"time\":\"never\"}", "{\"log\":12,\"time\":\"2026-01-02T03:04:05Z\"}",
        "\"log\"", "{\"log\" \"x\"}", "{\"log\":\"\\"}) {
    EXPECT_FALSE(ParseLogLine(line, &entry)) << line;
  }
}

}  // namespace
}  // namespace buoy::loglines
