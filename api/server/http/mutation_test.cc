// Thousands of broken requests against the engine over real connections: each is
// answered or its connection closed in time, and the server serves on. Deterministic: a seed names
// a case.
#include <gtest/gtest.h>

#include <random>

#include "api/server/testing/api_fixture.h"

namespace buoy::api {
namespace {

const std::string kSeeds[] = {
    "GET /_ping HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /v1.41/containers/json?all=1&filters=%7B%22label%22%3A%5B%22a%22%5D%7D HTTP/1.1\r\n"
    "Host: docker\r\nUser-Agent: Docker-Client/28\r\n\r\n",
    "POST /v1.51/containers/create?name=x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    "Content-Length: 43\r\n\r\n{\"Image\":\"a\",\"HostConfig\":{\"Memory\":1048576}}",
    "PUT /containers/web/archive?path=/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\n",
    "POST /images/load HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nbad",
    "POST /containers/web/attach?stream=1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
    "Upgrade: tcp\r\n\r\nhello",
    "HEAD /containers/web/archive?path=%2Fetc HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /containers/web/stop HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n\r\nt=1",
    "GET /events?since=1.5&until=2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
};
const std::string kPieces[] = {
    "\r\n",
    "\n",
    "\r",
    std::string(1, '\0'),
    "\r\n\r\n",
    " ",
    "\t",
    ":",
    "%",
    "%00",
    "%2e%2e",
    "/",
    "//",
    "?",
    "&",
    ";",
    "=",
    "{",
    "}",
    "[",
    "\"",
    "HTTP/1.1",
    "HTTP/0.9",
    "/v1.51",
    "/v99",
    "Content-Length: 5\r\n",
    "Content-Length: -1\r\n",
    "Content-Length: 99999999999999999999\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip\r\n",
    "Connection: close\r\n",
    "Expect: 100-continue\r\n",
    "Upgrade: h2c\r\n",
    "Host: b\r\n",
    " folded\r\n",
    "0\r\n\r\n",
    "ffffffff\r\n",
    "\xff\xfe",
    "\x16\x03\x01",
    std::string(5000, 'A'),
    std::string(300, '/'),
};

std::string Mutated(std::mt19937& random) {
  auto below = [&random](size_t limit) { return limit == 0 ? 0 : random() % limit; };
  std::string text = kSeeds[below(std::size(kSeeds))];
  for (size_t rounds = 1 + below(4); rounds > 0; --rounds) {
    size_t at = below(text.size() + 1), length = below(12);
    switch (below(7)) {
      case 0:
        text.insert(at, kPieces[below(std::size(kPieces))]);
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(random());
        break;
      case 3:
        text.insert(at, text.substr(below(text.size() + 1), length * 4));
        break;
      case 4:
        if (at < text.size()) text[at] ^= static_cast<char>(1 << below(8));
        break;
      case 5:
        text += kSeeds[below(std::size(kSeeds))];
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

bool IsHttp(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") && answer.size() > 12;
}

class MutationTest : public ApiFixture {
 protected:
  void SetUp() override {
    ApiFixture::SetUp();
    daemon_.containers.released = true;
  }
};

TEST_F(MutationTest, EveryAnswerIsHttpAndNothingHangs) {
  int answered = 0, refused = 0;
  for (unsigned seed = 0; seed < 4000; ++seed) {
    std::mt19937 random(seed);
    RawClient client = Connect();
    client.Send(Mutated(random));
    client.EndInput();
    bool closed = false;
    std::string answer = client.ReadToEnd(&closed);
    ASSERT_TRUE(closed) << "seed " << seed;
    ASSERT_TRUE(answer.empty() || IsHttp(answer)) << "seed " << seed << ": " << answer;
    ASSERT_FALSE(answer.starts_with("HTTP/1.1 500")) << "seed " << seed << ": " << answer;
    answered += !answer.empty();
    refused += answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 501");
  }
  // The mutations are of use only if they reach both sides of the parsers.
  EXPECT_GT(answered, 2000);
  EXPECT_GT(refused, 1000);
  EXPECT_TRUE(Eventually([this] { return engine().connections() == 0; }));
  EXPECT_EQ(Get("/_ping").body, "OK");
}

TEST_F(MutationTest, BinaryNoiseIsRefused) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::string noise(1 + random() % 3000, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    RawClient client = Connect();
    client.Send(noise + "\r\n\r\n");
    client.EndInput();
    bool closed = false;
    std::string answer = client.ReadToEnd(&closed);
    ASSERT_TRUE(closed) << "seed " << seed;
    ASSERT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 400")) << "seed " << seed;
  }
  EXPECT_EQ(Get("/_ping").body, "OK");
}

}  // namespace
}  // namespace buoy::api
