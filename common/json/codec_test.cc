#include "common/json/codec.h"

#include <gtest/gtest.h>

namespace buoy {

struct Inner {
  int64_t memory = 0;
  std::optional<bool> init;
};
struct Outer {
  std::string name;
  json::List<std::string> binds;
  json::Map<std::string> labels;
  json::StringSet ports;
  Inner inner;
  std::optional<Inner> maybe;
};

template <class V>
void Fields(V& v, Inner& s) {
  v.Type("Inner");
  v("Memory", s.memory);
  v("Init", s.init, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, Outer& s) {
  v.Type("Outer");
  v("Name", s.name);
  v("Binds", s.binds);
  v("Labels", s.labels);
  v("ExposedPorts", s.ports, json::kOmitEmpty);
  v("Inner", s.inner);
  v("Maybe", s.maybe, json::kOmitEmpty);
}

namespace {

TEST(Codec, KeepsOrderAndNil) {
  Outer value;
  value.name = "x<y";
  EXPECT_EQ(ToJson(value), R"({"Name":"x<y","Binds":null,"Labels":null,"Inner":{"Memory":0}})");
  auto back =
      FromJson<Outer>(R"({"name":"n","Binds":[],"Labels":{},"ExposedPorts":{"80/tcp":{}}})");
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_EQ(
      ToJson(*back),
      R"({"Name":"n","Binds":[],"Labels":{},"ExposedPorts":{"80/tcp":{}},"Inner":{"Memory":0}})");
}

TEST(Codec, TellsTypeErrorsAsGoDoes) {
  auto wrong = FromJson<Outer>(R"({"Inner":{"Memory":"1g"}})");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().kind(), ErrorKind::kInvalidArgument);
  EXPECT_EQ(wrong.error().message(),
            "json: cannot unmarshal string into Go struct field Inner.Memory of type int64");
  EXPECT_FALSE(FromJson<Outer>(R"({"Binds":"x"})").ok());
  EXPECT_FALSE(FromJson<Outer>(R"({"Inner":{"Memory":1e300}})").ok());
  EXPECT_FALSE(FromJson<Outer>(R"({"Inner":{"Memory":18446744073709551615}})").ok());
}

TEST(Codec, SurvivesHostileText) {
  EXPECT_EQ(FromJson<Outer>(std::string(1 << 20, '[')).error().message(), "exceeded max depth");
  EXPECT_EQ(FromJson<Outer>("{\"Name\":").error().message(), "unexpected end of JSON input");
  EXPECT_EQ(FromJson<Outer>("").error().message(), "EOF");
  Outer bad;
  bad.name = "\xff";
  EXPECT_NE(ToJson(bad).find("\xef\xbf\xbd"), std::string::npos);
}

TEST(CodecTest, AnObjectWithVeryManyKeysIsRefusedBeforeItIsParsed) {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) text += "\"" + std::to_string(i) + "\":1,";
  auto parsed = json::Parse(text + "\"z\":1}");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().message(), "too many keys in an object");
  EXPECT_TRUE(json::Parse(R"({"a":{"b":1,"c":":::"},"d":[{"e":1},{"e":2}]})").ok());
}

}  // namespace
}  // namespace buoy
