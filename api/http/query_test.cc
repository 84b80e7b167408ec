#include "api/http/query.h"

#include <gtest/gtest.h>

namespace buoy::api {
namespace {

TEST(QueryTest, KeepsOrderAndRepetition) {
  Query query = Query::Parse("a=1&b=2&a=3&flag&=x&&c=");
  EXPECT_EQ(query.Get("a"), "1");
  EXPECT_EQ(query.All("a"), (std::vector<std::string>{"1", "3"}));
  EXPECT_TRUE(query.Has("flag"));
  EXPECT_TRUE(query.Has("c"));
  EXPECT_FALSE(query.Has("d"));
  EXPECT_EQ(query.Get(""), "x");
  EXPECT_EQ(query.pairs().size(), 6u);
}

TEST(QueryTest, DecodesEscapesAndPlus) {
  Query query = Query::Parse("filters=%7B%22a%22%3A%5B%22b+c%2B%22%5D%7D&%6e=a=b");
  EXPECT_EQ(query.Get("filters"), "{\"a\":[\"b c+\"]}");
  EXPECT_EQ(query.Get("n"), "a=b");
}

TEST(QueryTest, TellsTheFirstMalformedPairAndKeepsTheRest) {
  for (const char* bad : {"a=%", "a=%4", "a=%zz", "%g1=1"}) {
    std::string malformed;
    Query query = Query::Parse(std::string("x=1&") + bad + "&y=%&z=2", &malformed);
    EXPECT_EQ(malformed, bad);
    EXPECT_EQ(query.Get("x"), "1");
    EXPECT_EQ(query.Get("z"), "2");
    EXPECT_EQ(query.pairs().size(), 2u);
  }
}

TEST(QueryTest, SemicolonsDoNotSeparate) {
  std::string malformed;
  Query query = Query::Parse("a=1;b=2&c=3", &malformed);
  EXPECT_EQ(malformed, "a=1;b=2");
  EXPECT_EQ(query.Get("c"), "3");
  EXPECT_FALSE(query.Has("a"));
  malformed.clear();
  EXPECT_EQ(Query::Parse("a=1%3Bb", &malformed).Get("a"), "1;b");
  EXPECT_EQ(malformed, "");
}

TEST(QueryTest, EncodeIsUndoneByParse) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  Query query;
  query.Add("k&=", all).AddFlag("on", true).AddFlag("off", false).AddIf("none", "");
  Query back = Query::Parse(query.Encode());
  EXPECT_EQ(back.pairs(), query.pairs());
  EXPECT_EQ(back.Get("k&="), all);
}

TEST(QueryTest, EscapesAsGoDoes) {
  EXPECT_EQ(EscapeQuery("a b/c&d=é~"), "a+b%2Fc%26d%3D%C3%A9~");
  EXPECT_EQ(EscapePath("a b/c&d=e:f@g,h?"), "a%20b%2Fc&d=e:f@g%2Ch%3F");
  EXPECT_EQ(*Unescape("a+b%2b", false), "a+b+");
  EXPECT_EQ(*Unescape("a+b%2b", true), "a b+");
  EXPECT_EQ(Unescape("%", false), std::nullopt);
}

}  // namespace
}  // namespace buoy::api
