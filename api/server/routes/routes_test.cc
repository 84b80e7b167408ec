// Every route of every table over fake backends: reachable, and with the status that Docker gives.
#include "api/server/routes/routes.h"

#include <gtest/gtest.h>

#include <map>

#include "api/server/testing/api_fixture.h"

namespace buoy::api {
namespace {

struct Case {
  const char* route;  // "METHOD pattern"
  const char* target;
  int status;
  const char* body = "";
};

const Case kCases[] = {
    {"GET /_ping", "/_ping", 200},
    {"HEAD /_ping", "/_ping", 200},
    {"GET /info", "/info", 200},
    {"GET /version", "/version", 200},
    {"GET /events", "/events?since=0&until=1", 200},
    {"GET /system/df", "/system/df?type=image&type=build-cache", 200},
    {"POST /build/prune", "/build/prune?all=1", 200},
    {"GET /config", "/config", 200},
    {"POST /config/reload", "/config/reload?dry-run=1", 200},
    {"GET /system/check", "/system/check", 200},
    {"POST /system/check", "/system/check", 200},
    {"GET /containers/json", "/containers/json?all=1&limit=3", 200},
    {"POST /containers/create", "/containers/create?name=x", 201, R"({"Image":"busybox"})"},
    {"POST /containers/prune", "/containers/prune", 200},
    {"GET /containers/{name}/json", "/containers/web/json?size=1", 200},
    {"GET /containers/{name}/top", "/containers/web/top", 200},
    {"POST /containers/{name}/start", "/containers/web/start", 204},
    {"POST /containers/{name}/stop", "/containers/web/stop?t=3", 204},
    {"POST /containers/{name}/restart", "/containers/web/restart", 204},
    {"POST /containers/{name}/kill", "/containers/web/kill", 204},
    {"POST /containers/{name}/pause", "/containers/web/pause", 204},
    {"POST /containers/{name}/unpause", "/containers/web/unpause", 204},
    {"POST /containers/{name}/rename", "/containers/web/rename?name=y", 204},
    {"POST /containers/{name}/resize", "/containers/web/resize?h=1&w=2", 200},
    {"POST /containers/{name}/update", "/containers/web/update", 200, "{}"},
    {"DELETE /containers/{name}", "/containers/web?force=1", 204},
    {"POST /containers/{name}/attach", "/containers/web/attach", 200},
    {"GET /containers/{name}/logs", "/containers/web/logs?stdout=1", 200},
    {"POST /containers/{name}/wait", "/containers/web/wait?condition=removed", 200},
    {"GET /containers/{name}/stats", "/containers/web/stats?stream=0", 200},
    {"HEAD /containers/{name}/archive", "/containers/web/archive?path=/etc", 200},
    {"GET /containers/{name}/archive", "/containers/web/archive?path=/etc", 200},
    {"PUT /containers/{name}/archive", "/containers/web/archive?path=/etc", 200},
    {"GET /containers/{name}/changes", "/containers/web/changes", 200},
    {"GET /containers/{name}/export", "/containers/web/export", 200},
    {"POST /containers/{name}/exec", "/containers/web/exec", 201, R"({"Cmd":["ls"]})"},
    {"POST /exec/{id}/start", "/exec/e/start", 200, R"({"Detach":true})"},
    {"POST /exec/{id}/resize", "/exec/e/resize?h=1&w=2", 200},
    {"GET /exec/{id}/json", "/exec/e/json", 200},
    {"GET /images/json", "/images/json?shared-size=1&manifests=1", 200},
    {"GET /images/search", "/images/search?term=x&limit=3", 200},
    {"GET /images/{name}/json", "/images/a/b:c/json", 200},
    {"GET /images/{name}/history", "/images/a/b:c/history", 200},
    {"POST /images/{name}/tag", "/images/a/tag?repo=b&tag=c", 201},
    {"POST /images/{name}/push", "/images/a/push?tag=b", 200},
    {"POST /images/prune", "/images/prune", 200},
    {"DELETE /images/{name}", "/images/a/b", 200},
    {"POST /commit", "/commit?container=web", 201},
    {"POST /images/create", "/images/create?fromImage=busybox&tag=latest", 200},
    {"POST /images/load", "/images/load?quiet=1", 200},
    {"GET /images/get", "/images/get?names=a&names=b", 200},
    {"GET /images/{name}/get", "/images/a/get", 200},
    {"POST /auth", "/auth", 200, "{}"},
    {"GET /distribution/{name}/json", "/distribution/x/json", 200},
    {"GET /networks", "/networks", 200},
    {"GET /networks/", "/networks/", 200},
    {"GET /networks/{id}", "/networks/n?verbose=true", 200},
    {"POST /networks/create", "/networks/create", 201, R"({"Name":"n"})"},
    {"POST /networks/prune", "/networks/prune", 200},
    {"POST /networks/{id}/connect", "/networks/n/connect", 200, R"({"Container":"web"})"},
    {"POST /networks/{id}/disconnect", "/networks/n/disconnect", 200, R"({"Container":"web"})"},
    {"DELETE /networks/{id}", "/networks/n", 204},
    {"GET /volumes", "/volumes", 200},
    {"GET /volumes/{name}", "/volumes/v", 404},
    {"POST /volumes/create", "/volumes/create", 201, "{}"},
    {"POST /volumes/prune", "/volumes/prune", 200},
    {"DELETE /volumes/{name}", "/volumes/v", 204},
    {"GET /debug/vars", "/debug/vars", 200},
    {"GET /debug/pprof/", "/debug/pprof/", 200},
    {"GET /debug/pprof/{name}", "/debug/pprof/trace", 501},
    {"POST /swarm/init", "/swarm/init", 200, R"({"ListenAddr":"127.0.0.1"})"},
    {"POST /swarm/join", "/swarm/join", 200, R"({"RemoteAddrs":["127.0.0.1"]})"},
    {"POST /swarm/leave", "/swarm/leave?force=1", 200},
    {"GET /swarm", "/swarm", 200},
    {"GET /swarm/unlockkey", "/swarm/unlockkey", 200},
    {"POST /swarm/update", "/swarm/update?version=3&rotateWorkerToken=1", 200, "{}"},
    {"POST /swarm/unlock", "/swarm/unlock", 409, R"({"UnlockKey":"k"})"},
    {"GET /services", "/services", 200},
    {"GET /services/{id}", "/services/s", 404},
    {"POST /services/create", "/services/create", 501, "{}"},
    {"GET /tasks", "/tasks", 200},
    {"GET /tasks/{id}", "/tasks/t", 404},
    {"GET /nodes", "/nodes", 200},
    {"GET /nodes/{id}", "/nodes/n", 404},
    {"DELETE /nodes/{id}", "/nodes/n", 200},
    {"POST /nodes/{id}/update", "/nodes/n/update?version=3", 200, "{}"},
    {"POST /upgrade", "/upgrade?path=/new/buoyd&timeout=5", 200},
};

class RouteTest : public ApiFixture {
 protected:
  void SetUp() override {
    ApiFixture::SetUp();
    daemon_.containers.released = true;
  }
  std::string MessageOf(const RawReply& reply) {
    const std::string prefix = "{\"message\":\"";
    if (!reply.body.starts_with(prefix)) return reply.body;
    return reply.body.substr(prefix.size(), reply.body.size() - prefix.size() - 3);
  }
};

TEST_F(RouteTest, EveryRouteIsReachedAndAnswers) {
  std::map<std::string, Case> cases;
  for (const Case& one : kCases) cases.emplace(one.route, one);
  for (const Route& route : daemon_.server->router()->routes()) {
    std::string name = route.method + " " + route.pattern;
    auto found = cases.find(name);
    if (found == cases.end()) {
      ADD_FAILURE() << name << " has no case here";
      continue;
    }
    for (const char* version : {"", "/v1.51"}) {
      RawReply reply =
          Request(route.method, version + std::string(found->second.target), found->second.body);
      EXPECT_EQ(reply.status, found->second.status) << name << " " << reply.body;
      EXPECT_EQ(reply.headers.Has("Api-Version"), true) << name;
    }
    cases.erase(found);
  }
  for (const auto& [name, one] : cases) ADD_FAILURE() << name << " is in no table";
}

struct Wrong {
  const char* method;
  const char* target;
  int status;
  const char* message;
  const char* body = "";
};
const Wrong kWrongs[] = {
    {"POST", "/upgrade?path=buoyd", 400, "the new daemon's path must be absolute: buoyd"},
    {"POST", "/upgrade?timeout=-1", 400, "invalid timeout: -1"},
    {"POST", "/upgrade?path=/bad", 500, "upgrade failed: bad"},
    {"POST", "/containers/none/start", 404, "No such container: none"},
    {"POST", "/containers/none/kill", 404, "cannot kill container: none: No such container: none"},
    {"POST", "/containers/web/stop?t=x", 400, "strconv.Atoi: parsing \\\"x\\\": invalid syntax"},
    {"POST", "/containers/web/resize?h=x&w=1", 400,
     "invalid resize height \\\"x\\\": invalid syntax"},
    {"POST", "/exec/e/resize?h=1&w=-1", 400, "invalid resize width \\\"-1\\\": value out of range"},
    {"GET", "/containers/json?limit=x", 400, "strconv.Atoi: parsing \\\"x\\\": invalid syntax"},
    {"GET", "/containers/web/logs", 400, "must specify at least one of 'stdout' or 'stderr'"},
    {"GET", "/containers/web/stats?one-shot=1", 400, "cannot have stream=true and one-shot=true"},
    {"POST", "/containers/web/wait?condition=never", 400, "invalid condition: \\\"never\\\""},
    {"GET", "/containers/web/archive", 400, "bad parameter: path cannot be empty"},
    {"POST", "/containers/create", 400, "invalid JSON: got EOF while reading request body"},
    {"POST", "/containers/create", 400, "config cannot be empty in order to create a container",
     "{}"},
    {"POST", "/containers/web/exec", 400, "No exec command specified", "{}"},
    {"GET", "/system/df?type=x", 400, "unknown object type: x"},
    {"GET", "/events?since=20&until=10", 400,
     "`since` time (20) cannot be after `until` time (10)"},
    {"DELETE", "/images/%20", 400, "image name cannot be blank"},
    {"POST", "/images/create?fromImage=scratch", 403, "'scratch' is a reserved name"},
    {"GET", "/images/get?names=missing", 404, "No such image: missing"},
    {"GET", "/images/a/json?platform=%7B%22os%22:%22linux%22,%22architecture%22:%22arm64%22%7D",
     404,
     "image with reference a was found but its platform (linux/amd64) does not match the specified "
     "platform (linux/arm64)"},
    {"GET", "/images/a/history?platform=%7B%7D", 400, "both OS and Architecture must be provided"},
    {"GET", "/networks/n?verbose=maybe", 400,
     "invalid value for verbose: maybe: strconv.ParseBool: parsing \\\"maybe\\\": invalid syntax"},
    {"GET", "/volumes/v", 404, "get v: no such volume"},
    {"POST", "/build/prune?keep-storage=x", 400,
     "keep-storage is in bytes and expects an integer, got x: strconv.ParseInt: parsing \\\"x\\\": "
     "invalid syntax"},
};
TEST_F(RouteTest, WrongRequestsAreToldInDockersWords) {
  for (const Wrong& wrong : kWrongs) {
    RawReply reply = Request(wrong.method, wrong.target, wrong.body);
    EXPECT_EQ(reply.status, wrong.status) << wrong.target;
    EXPECT_EQ(MessageOf(reply), wrong.message) << wrong.target;
  }
}

TEST_F(RouteTest, ParametersOfLaterVersionsAreNotSeenBefore) {
  Request("POST", "/v1.41/containers/web/stop?signal=HUP&t=-1");
  EXPECT_EQ(daemon_.containers.stop_signal, "");
  EXPECT_EQ(daemon_.containers.stop_timeout, -1);
  Request("POST", "/v1.42/containers/web/stop?signal=HUP");
  EXPECT_EQ(daemon_.containers.stop_signal, "HUP");
  EXPECT_EQ(daemon_.containers.stop_timeout, std::nullopt);
  Request("POST", "/v1.40/containers/create?platform=linux/arm64", R"({"Image":"a"})");
  EXPECT_EQ(daemon_.containers.create_options.platform, "");
  Request("POST", "/v1.41/containers/create?platform=linux/arm64&name=/x", R"({"Image":"a"})");
  EXPECT_EQ(daemon_.containers.create_options.platform, "linux/arm64");
  EXPECT_EQ(daemon_.containers.create_options.name, "x");
}

TEST_F(RouteTest, CreateGivesOldClientsTheirDefaults) {
  auto create = [this](const std::string& version, const std::string& body) {
    EXPECT_EQ(Request("POST", "/v" + version + "/containers/create", body).status, 201);
    return daemon_.containers.created;
  };
  const std::string body =
      R"({"Image":"a","Healthcheck":{"StartInterval":5},"HostConfig":{"Annotations":{"a":"b"},)"
      R"("ConsoleSize":[1,2],"NetworkMode":"default"}})";
  auto now = create("1.51", body);
  EXPECT_EQ(now.host_config.network_mode, "bridge");
  EXPECT_EQ(now.host_config.ipc_mode, "");
  EXPECT_EQ(now.config.healthcheck->start_interval, 5);
  EXPECT_FALSE(now.host_config.annotations.empty());
  EXPECT_EQ(create("1.39", body).host_config.ipc_mode, "shareable");
  EXPECT_EQ(create("1.43", body).config.healthcheck->start_interval, 0);
  EXPECT_TRUE(create("1.42", body).host_config.annotations.empty());
}

TEST_F(RouteTest, PullErrorsBeforeAndAfterTheFirstLine) {
  RawReply early = Request("POST", "/images/create?fromImage=early");
  EXPECT_EQ(early.status, 404);
  EXPECT_EQ(MessageOf(early), "pull access denied for early");
  RawReply late = Request("POST", "/images/create?fromImage=late");
  EXPECT_EQ(late.status, 200);
  EXPECT_EQ(late.body,
            "{\"status\":\"Pulling from library/busybox\",\"id\":\"latest\"}\r\n"
            "{\"errorDetail\":{\"message\":\"manifest unknown\"},\"error\":\"manifest "
            "unknown\"}\r\n");
  EXPECT_TRUE(late.complete);
}

TEST_F(RouteTest, LoadErrorsAreInTheStream) {
  RawReply reply = Connect().Ask(
      "POST /images/load HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-tar\r\n"
      "Content-Length: 3\r\n\r\nbad");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.Get("Content-Type"), "application/json");
  EXPECT_NE(reply.body.find("\"error\":\"archive/tar: invalid tar header\""), std::string::npos);
}

TEST_F(RouteTest, BuildPruneReportsAnEmptyCache) {
  RawReply reply = Request("POST", "/build/prune");
  EXPECT_EQ(reply.body, "{\"CachesDeleted\":null,\"SpaceReclaimed\":0}\n");
  EXPECT_EQ(Request("POST", "/v1.30/build/prune").status, 400);
}

TEST_F(RouteTest, StatOfAPathIsInAHeader) {
  RawReply reply = Request("HEAD", "/containers/web/archive?path=/etc");
  EXPECT_TRUE(reply.headers.Get("X-Docker-Container-Path-Stat").starts_with("eyJuYW1lIjoiZXRjIi"));
}

}  // namespace
}  // namespace buoy::api
