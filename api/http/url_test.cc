#include "api/http/url.h"

#include <gtest/gtest.h>

namespace buoy::api {
namespace {

std::string Parsed(const std::string& text) {
  auto url = Url::Parse(text);
  return url.ok() ? url->String() + " port " + url->port : "ERROR";
}

TEST(UrlTest, Parses) {
  EXPECT_EQ(Parsed("https://Registry.Example/v2/?a=b#c"),
            "https://registry.example/v2/?a=b port 443");
  EXPECT_EQ(Parsed("http://127.0.0.1:5000"), "http://127.0.0.1:5000/ port 5000");
  EXPECT_EQ(Parsed("https://x:443/"), "https://x/ port 443");
  EXPECT_EQ(Parsed("http://[::1]:5000/a"), "http://[::1]:5000/a port 5000");
}

TEST(UrlTest, RefusesWhatIsNoWebAddress) {
  for (const char* text :
       {"", "host/path", "ftp://x/", "file:///etc/passwd", "http://", "http:///x",
        "http://user:pw@x/", "http://x:99999/", "http://x:1a/", "http://x y/", "http://x/\r\nA: b",
        "http://[::1/", "http://[::1]x/", "http://a:b:c/", "http://x\x01/"}) {
    EXPECT_EQ(Parsed(text), "ERROR") << text;
  }
}

TEST(UrlTest, ResolvesLocations) {
  const Url base = *Url::Parse("https://r.example/v2/a/blobs/uploads/?x=1");
  auto resolved = [&](const char* location) {
    auto url = base.Resolve(location);
    return url.ok() ? url->String() : "ERROR";
  };
  EXPECT_EQ(resolved("https://cdn.example/b?s=1"), "https://cdn.example/b?s=1");
  EXPECT_EQ(resolved("//cdn.example/b"), "https://cdn.example/b");
  EXPECT_EQ(resolved("/v2/b"), "https://r.example/v2/b");
  EXPECT_EQ(resolved("uuid?_state=2"), "https://r.example/v2/a/blobs/uploads/uuid?_state=2");
  EXPECT_EQ(resolved("?n=2"), "https://r.example/v2/a/blobs/uploads/?n=2");
  EXPECT_EQ(resolved("/a?to=http://y/"), "https://r.example/a?to=http://y/");
  EXPECT_EQ(resolved("gopher://x/"), "ERROR");
  EXPECT_EQ(resolved("/a\r\nSet-Cookie: x"), "ERROR");
}

TEST(UrlTest, OriginIsSchemeHostAndPort) {
  const Url base = *Url::Parse("https://r.example/");
  EXPECT_TRUE(base.SameOrigin(*Url::Parse("https://R.example:443/x")));
  for (const char* other :
       {"http://r.example/", "https://r.example:444/", "https://r.example.evil"}) {
    EXPECT_FALSE(base.SameOrigin(*Url::Parse(other))) << other;
  }
}

}  // namespace
}  // namespace buoy::api
