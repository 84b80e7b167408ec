#include <gtest/gtest.h>

#include <random>

#include "api/distribution/authorizer.h"
#include "api/distribution/challenge.h"
#include "api/distribution/errors.h"
#include "api/distribution/proxy.h"

namespace buoy::distribution {
namespace {

api::Url At(const std::string& text) { return *api::Url::Parse(text); }

std::string Parsed(const std::string& field) {
  api::Headers headers;
  headers.Add("www-authenticate", field);
  std::string out;
  for (const auto& challenge : ParseChallenges(headers)) {
    out += challenge.scheme;
    for (const auto& [name, value] : challenge.parameters) out += "|" + name + "=" + value;
    out += ";";
  }
  return out;
}

TEST(ChallengeTest, Parses) {
  EXPECT_EQ(Parsed(R"(Bearer realm="https://a/t",service="s, \"x\"",scope=pull)"),
            "bearer|realm=https://a/t|scope=pull|service=s, \"x\";");
  EXPECT_EQ(Parsed(R"(Negotiate, Basic realm="r" , Bearer realm=x)"),
            "negotiate;basic|realm=r;bearer|realm=x;");
  EXPECT_EQ(Parsed(""), "");
  EXPECT_EQ(Parsed("realm=x"), "");
  EXPECT_EQ(Parsed(R"(Basic realm="unfinished)"), "basic;");
  EXPECT_EQ(Parsed("Basic ="), "");
}

TEST(ChallengeTest, RandomFieldsDoNotHurt) {
  std::mt19937 dice(1);
  const std::string letters = "aB=\"\\, \t\x01realm";
  for (int round = 0; round < 20'000; ++round) {
    std::string field;
    for (unsigned i = 0; i < dice() % 40; ++i) field += letters[dice() % letters.size()];
    (void)Parsed(field);
  }
}

TEST(AuthorizerTest, WhoMaySeeCredentials) {
  auto may = [](const char* registry, const char* realm) {
    return MaySeeCredentials(At(registry), At(realm));
  };
  EXPECT_TRUE(may("https://registry-1.docker.io", "https://auth.docker.io/token"));
  EXPECT_TRUE(may("https://registry.gitlab.com", "https://gitlab.com/jwt/auth"));
  EXPECT_TRUE(may("https://ghcr.io", "https://ghcr.io/token"));
  EXPECT_TRUE(may("https://x.example.org:5000", "https://x.example.org/token"));
  EXPECT_TRUE(may("http://127.0.0.1:5000", "http://127.0.0.1:5001/token"));
  EXPECT_FALSE(may("https://ghcr.io", "http://ghcr.io/token"));
  EXPECT_FALSE(may("https://ghcr.io", "https://evil.io/token"));
  EXPECT_FALSE(may("https://a.example.org", "https://example.org.evil.com/"));
  EXPECT_FALSE(may("https://a.example.org", "https://notexample.org/"));
  EXPECT_FALSE(may("https://shop.co.uk", "https://evil.co.uk/"));
  EXPECT_FALSE(may("http://127.0.0.1:5000", "http://127.0.0.2/token"));
  EXPECT_FALSE(may("http://10.0.0.1", "http://0.0.1/token"));
}

TEST(ErrorsTest, TextsAreDockers) {
  auto parse = [](int status, const char* type, const char* body) {
    return ParseErrors(status, type, body).message();
  };
  EXPECT_EQ(parse(404, "application/json; charset=utf-8",
                  R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]})"),
            "manifest unknown: manifest unknown");
  EXPECT_EQ(parse(401, "application/json", R"({"errors":[{"code":"UNAUTHORIZED"}]})"),
            "unauthorized: authentication required");
  EXPECT_EQ(parse(401, "application/json", R"({"details":"incorrect username or password"})"),
            "unauthorized: incorrect username or password");
  EXPECT_EQ(parse(403, "text/html", "go away"), "denied: go away");
  EXPECT_EQ(parse(401, "application/json", "<html>"), "unauthorized: authentication required");
  EXPECT_EQ(parse(404, "application/json", "<"),
            "error parsing HTTP 404 response body: invalid character '<' looking for beginning of "
            "value: \"<\"");
  EXPECT_EQ(parse(404, "application/json", "{}"),
            "error parsing HTTP 404 response body: no error details found in HTTP response body: "
            "\"{}\"");
  EXPECT_EQ(ParseErrors(404, "application/json", R"({"errors":[{"code":"NAME_UNKNOWN"}]})").kind(),
            ErrorKind::kNotFound);
}

TEST(ProxyTest, WhoGoesThroughAProxy) {
  const ProxySettings settings{"http://p:1", "q.example:2",
                               "direct.example, .sub.example,10.0.0.0/8,192.168.1.1,[fd00::1]:443,"
                               "ported.example:5000"};
  auto proxy = [&](const char* url) {
    auto found = ProxyFor(settings, At(url));
    return !found.ok() ? "ERROR" : *found ? (*found)->url.String() : "direct";
  };
  EXPECT_EQ(proxy("http://x.example"), "http://p:1/");
  EXPECT_EQ(proxy("https://x.example"), "http://q.example:2/");
  for (const char* direct :
       {"http://localhost:5000", "http://127.1.2.3", "https://[::1]", "http://direct.example",
        "https://a.direct.example", "http://x.sub.example", "http://10.1.2.3:99",
        "http://192.168.1.1", "https://[fd00::1]", "http://ported.example:5000"}) {
    EXPECT_EQ(proxy(direct), "direct") << direct;
  }
  for (const char* through : {"http://notdirect.example", "http://sub.example", "http://11.1.1.1",
                              "http://ported.example:5001", "http://[fd00::1]"}) {
    EXPECT_EQ(proxy(through), "http://p:1/") << through;
  }
}

TEST(ProxyTest, UsersAndWhatCannotBeUsed) {
  auto with_user = ProxyFor({"http://us%65r:p%40ss@p:3128", "", ""}, At("http://x.example"));
  ASSERT_TRUE(with_user.ok() && *with_user);
  EXPECT_EQ((*with_user)->authorization, "Basic dXNlcjpwQHNz");
  EXPECT_EQ((*with_user)->url.String(), "http://p:3128/");
  for (const char* bad : {"https://p:1", "socks5://p:1", "http://", "http://a%zz@p"}) {
    EXPECT_FALSE(ProxyFor({bad, "", ""}, At("http://x.example")).ok()) << bad;
  }
  EXPECT_FALSE(*ProxyFor({"http://p", "", "*"}, At("http://x.example")));
}

TEST(CancelTest, RunsTheActionsOfThoseWhoAreThere) {
  CancelSource source;
  int first = 0, second = 0, late = 0;
  auto a = source.OnCancel([&] { ++first; });
  {
    auto b = source.OnCancel([&] { ++second; });
  }
  source.Cancel();
  auto c = source.OnCancel([&] { ++late; });
  EXPECT_TRUE(CancelSource(source).cancelled());
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 0);
  EXPECT_EQ(late, 1);
}

}  // namespace
}  // namespace buoy::distribution
