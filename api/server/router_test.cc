#include "api/server/router.h"

#include <gtest/gtest.h>

#include "api/server/status.h"
#include "api/server/testing/api_fixture.h"

namespace buoy::api {
namespace {

using RouterTest = ApiFixture;

std::string Message(const std::string& text) { return "{\"message\":" + JsonQuote(text) + "}\n"; }

TEST(StatusTest, EveryKindHasItsStatus) {
  const std::pair<ErrorKind, int> kStatuses[] = {
      {ErrorKind::kNotFound, 404},     {ErrorKind::kInvalidArgument, 400},
      {ErrorKind::kConflict, 409},     {ErrorKind::kNotModified, 304},
      {ErrorKind::kUnauthorized, 401}, {ErrorKind::kForbidden, 403},
      {ErrorKind::kUnavailable, 503},  {ErrorKind::kNotImplemented, 501},
      {ErrorKind::kCancelled, 500},    {ErrorKind::kInternal, 500},
  };
  for (auto [kind, status] : kStatuses) EXPECT_EQ(StatusOf(kind), status);
  EXPECT_EQ(ErrorBody(NotFound("a \"b\"\n\xff")), "{\"message\":\"a \\\"b\\\"\\n\xef\xbf\xbd\"}\n");
}

TEST(SplitVersionTest, TakesOnlyWholePrefixes) {
  auto split = [](std::string_view path) {
    auto parts = SplitVersion(path);
    return std::string(parts.version) + "|" + std::string(parts.path);
  };
  EXPECT_EQ(split("/v1.41/info"), "1.41|/info");
  EXPECT_EQ(split("/info"), "|/info");
  EXPECT_EQ(split("/version"), "|/version");
  EXPECT_EQ(split("/volumes/v1"), "|/volumes/v1");
  EXPECT_EQ(split("/v1.41"), "|/v1.41");
  EXPECT_EQ(split("/v/info"), "|/v/info");
  EXPECT_EQ(split("/v1x/info"), "|/v1x/info");
}

TEST(CleanPathTest, AsGosPathClean) {
  EXPECT_EQ(CleanPath("/a/b"), "/a/b");
  EXPECT_EQ(CleanPath("//a/./b/../c/"), "/a/c/");
  EXPECT_EQ(CleanPath("/../../x"), "/x");
  EXPECT_EQ(CleanPath(""), "/");
  EXPECT_EQ(CleanPath("/"), "/");
}

TEST(AddTest, ARouteIsThereOnce) {
  Router router({});
  auto handler = [](ApiRequest&) { return Ok(); };
  EXPECT_TRUE(router.Add({{"GET", "/a/{x}/b", {1, 24}, handler}}).ok());
  EXPECT_TRUE(router.Add({{"POST", "/a/{x}/b", {1, 24}, handler}}).ok());
  Status twice = router.Add({{"GET", "/a/{other}/b", {1, 30}, handler}});
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().message(), "two routes for GET /a/{other}/b");
}

TEST_F(RouterTest, AnswersCarryDockersHeaders) {
  RawReply reply = Get("/v1.30/version");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.Get("Api-Version"), "1.51");
  EXPECT_EQ(reply.headers.Get("Docker-Experimental"), "false");
  EXPECT_EQ(reply.headers.Get("Ostype"), "linux");
  EXPECT_EQ(reply.headers.Get("Server"), "Buoy/0.1 (linux)");
  EXPECT_EQ(reply.headers.Get("Content-Type"), "application/json");
  EXPECT_EQ(reply.headers.Get("Content-Length"), std::to_string(reply.body.size()));
  EXPECT_EQ(reply.headers.Count("Date"), 1u);
  EXPECT_EQ(reply.headers.Count("Content-Type"), 1u);
}

TEST_F(RouterTest, PingIsForAnybody) {
  for (const char* path : {"/_ping", "/v1.24/_ping", "/v1.51/_ping"}) {
    RawReply reply = Get(path);
    EXPECT_EQ(reply.body, "OK");
    EXPECT_EQ(reply.headers.Get("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(reply.headers.Get("Cache-Control"), "no-cache, no-store, must-revalidate");
    EXPECT_EQ(reply.headers.Get("Pragma"), "no-cache");
    EXPECT_EQ(reply.headers.Get("Builder-Version"), "1");
    EXPECT_EQ(reply.headers.Get("Swarm"), "inactive");
  }
  RawClient client = Connect();
  RawReply head = client.Request("HEAD", "/_ping");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.headers.Get("Content-Length"), "0");
  EXPECT_EQ(head.headers.Get("Api-Version"), "1.51");
  EXPECT_EQ(client.Get("/_ping").body, "OK");
}

TEST_F(RouterTest, TooOldClientsGetPlainText) {
  RawReply reply = Get("/v1.10/info");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body,
            "client version 1.10 is too old. Minimum supported API version is 1.24, please upgrade "
            "your client to a newer version\n");
  EXPECT_EQ(reply.headers.Get("Api-Version"), "1.51");
  EXPECT_EQ(Get("/v1.23/_ping").status, 400);
}

TEST_F(RouterTest, TooNewClientsAreTold) {
  RawReply reply = Get("/v9.99/info");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body,
            Message("client version 9.99 is too new. Maximum supported API version is 1.51"));
  EXPECT_EQ(Get("/v1.52/info").status, 400);
}

TEST_F(RouterTest, EveryVersionBetweenIsServed) {
  for (int minor = 24; minor <= 51; ++minor) {
    EXPECT_EQ(Get("/v1." + std::to_string(minor) + "/info").status, 200) << minor;
  }
}

TEST_F(RouterTest, LaterRoutesNeedTheirVersion) {
  EXPECT_EQ(Request("POST", "/v1.25/containers/prune").status, 200);
  RawReply reply = Request("POST", "/v1.24/containers/prune");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, Message("POST /containers/prune requires minimum API version 1.25"));
}

TEST_F(RouterTest, UnknownPathsAndMethodsAreNotFound) {
  for (auto [method, path] : {std::pair{"GET", "/nothing"},
                              {"GET", "/"},
                              {"DELETE", "/info"},
                              {"GET", "/v1.51/"},
                              {"PATCH", "/info"},
                              {"BREW", "/_ping"},
                              {"PROPFIND", "/v1.41/info"}}) {
    RawClient client = Connect();
    RawReply reply = client.Request(method, path);
    EXPECT_EQ(reply.status, 404) << method << path;
    EXPECT_EQ(reply.body, Message("page not found"));
    EXPECT_EQ(reply.headers.Get("Content-Type"), "application/json");
    EXPECT_EQ(client.Get("/_ping").status, 200);
  }
  RawReply head = Request("HEAD", "/info");
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.headers.Get("Content-Length"), "29");
}

TEST_F(RouterTest, UncleanPathsAreRedirected) {
  RawReply reply = Get("//v1.41/./containers//json?all=1");
  EXPECT_EQ(reply.status, 301);
  EXPECT_EQ(reply.headers.Get("Location"), "/v1.41/containers/json?all=1");
  RawReply split = Get("/a%0d%0aX:y/../b%0d%0aSet-Cookie:z");
  EXPECT_EQ(split.headers.Get("Location"), "/b%0D%0ASet-Cookie:z");
  EXPECT_FALSE(split.headers.Has("Set-Cookie"));
}

TEST_F(RouterTest, NamesMayHoldSlashesAndEscapes) {
  EXPECT_EQ(Get("/images/reg.io:5000/a/b:c/json").status, 200);
  EXPECT_EQ(daemon_.images.inspected, "reg.io:5000/a/b:c");
  EXPECT_EQ(Get("/images/a%2Fb%40sha256:x/json").status, 200);
  EXPECT_EQ(daemon_.images.inspected, "a/b@sha256:x");
}

TEST_F(RouterTest, MalformedQueriesAreTold) {
  EXPECT_EQ(Get("/containers/json?all=%zz").body, Message("invalid URL escape \"%zz\""));
  EXPECT_EQ(Get("/containers/json?a=%4").body, Message("invalid URL escape \"%4\""));
  EXPECT_EQ(Get("/containers/json?a=1;b=2").body, Message("invalid semicolon separator in query"));
  EXPECT_EQ(Get("/containers/json?filters=%7B").body, Message("invalid filter"));
}

TEST_F(RouterTest, FormsInBodiesAreParametersToo) {
  const std::string form = "t=7&signal=HUP";
  std::string head = "POST /containers/web/stop?t=9 HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                     std::to_string(form.size()) + "\r\nContent-Type: ";
  RawClient client = Connect();
  EXPECT_EQ(
      client.Ask(head + "application/x-www-form-urlencoded; charset=utf-8\r\n\r\n" + form).status,
      204);
  EXPECT_EQ(daemon_.containers.stop_timeout, 7);
  EXPECT_EQ(daemon_.containers.stop_signal, "HUP");
  EXPECT_EQ(client.Ask(head + "text/plain\r\n\r\n" + form).status, 204);
  EXPECT_EQ(daemon_.containers.stop_timeout, 9);
}

TEST_F(RouterTest, TarsAreNoForms) {
  RawReply reply = Connect().Ask(
      "PUT /containers/web/archive?path=/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
      "Content-Type: application/x-www-form-urlencoded\r\n\r\na=%zz");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(daemon_.containers.uploaded, 5u);
}

TEST_F(RouterTest, JsonBodiesMustBeSaidToBeJson) {
  auto post = [this](const std::string& type, const std::string& body) {
    return Connect().Ask("POST /networks/create HTTP/1.1\r\nHost: a\r\n" + type +
                         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  };
  EXPECT_EQ(post("Content-Type: application/json; charset=utf-8\r\n", "{\"Name\":\"n\"}").status,
            201);
  EXPECT_EQ(post("Content-Type: text/plain\r\n", "{}").body,
            Message("unsupported Content-Type header (text/plain): must be 'application/json'"));
  EXPECT_EQ(post("", "{}").body, Message("malformed Content-Type header (): mime: no media type"));
  EXPECT_EQ(post("Content-Type: application/json\r\n", " ").body,
            Message("invalid JSON: got EOF while reading request body"));
  EXPECT_EQ(post("Content-Type: application/json\r\n", "{").status, 400);
  EXPECT_EQ(post("Content-Type: application/json\r\n", std::string(1 << 20, '[')).status, 400);
}

TEST_F(RouterTest, OptionsAreAnsweredEmpty) {
  EXPECT_EQ(Request("OPTIONS", "/containers/json").status, 200);
  EXPECT_EQ(Request("OPTIONS", "*").status, 200);
}

TEST_F(RouterTest, NotModifiedHasNoBody) {
  RawClient client = Connect();
  RawReply reply = client.Request("POST", "/containers/stopped/start");
  EXPECT_EQ(reply.status, 304);
  EXPECT_EQ(client.Get("/_ping").body, "OK");
}

}  // namespace
}  // namespace buoy::api
