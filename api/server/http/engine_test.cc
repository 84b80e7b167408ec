#include "api/server/http/engine.h"

#include <gtest/gtest.h>

#include "api/server/testing/api_fixture.h"

namespace buoy::api {
namespace {

using EngineTest = ApiFixture;

constexpr char kPing[] = "GET /_ping HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(EngineTest, KeepsConnectionsWithoutThreads) {
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(Connect());
    ASSERT_EQ(clients.back().Ask(kPing).body, "OK") << i;
  }
  EXPECT_EQ(engine().connections(), 200u);
  EXPECT_LE(engine().workers(), 8);
  for (auto& client : clients) ASSERT_EQ(client.Ask(kPing).status, 200);
  clients.clear();
  EXPECT_TRUE(Eventually([this] { return engine().connections() == 0; }));
}

TEST_F(EngineTest, PipelinedRequestsAreAnsweredInOrder) {
  RawClient client = Connect();
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += i % 2 == 0 ? kPing : "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  client.Send(requests);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(client.Read().status, i % 2 == 0 ? 200 : 404) << i;
}

TEST_F(EngineTest, HeadMayComeByteByByte) {
  RawClient client = Connect();
  for (char c : std::string_view(kPing)) ASSERT_TRUE(client.Send({&c, 1}));
  EXPECT_EQ(client.Read().body, "OK");
}

TEST_F(EngineTest, EmptyLinesBeforeARequestAreSkipped) {
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(std::string("\r\n\r\n") + kPing).body, "OK");
}

TEST_F(EngineTest, HalfClosedClientStillGetsItsAnswer) {
  RawClient client = Connect();
  client.Send(kPing);
  client.EndInput();
  EXPECT_EQ(client.Read().body, "OK");
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(EngineTest, ClosesWhenAsked) {
  RawClient client = Connect();
  RawReply reply = client.Ask("GET /_ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(reply.body, "OK");
  EXPECT_EQ(reply.headers.Get("Connection"), "close");
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(EngineTest, OldHttpIsAnsweredAndClosed) {
  RawClient client = Connect();
  EXPECT_EQ(client.Ask("GET /_ping HTTP/1.0\r\n\r\n").body, "OK");
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(EngineTest, OldHttpStreamEndsWithTheConnection) {
  RawClient client = Connect();
  client.Send("GET /events HTTP/1.0\r\n\r\n");
  std::string all = client.ReadToEnd();
  EXPECT_EQ(all.find("Transfer-Encoding"), std::string::npos);
  EXPECT_TRUE(all.ends_with("\r\n\r\n{\"Type\":\"container\",\"Action\":\"start\"}\n")) << all;
}

struct Refusal {
  const char* name;
  std::string request;
  int status;
};
class RefusalTest : public ApiFixture, public testing::WithParamInterface<Refusal> {};
TEST_P(RefusalTest, AnswersAndCloses) {
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(GetParam().request).status, GetParam().status);
  EXPECT_TRUE(client.AtEnd());
}
const Refusal kRefusals[] = {
    {"Garbage", "hello\r\n\r\n", 400},
    {"TlsHello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n", 13), 400},
    {"NoHost", "GET /_ping HTTP/1.1\r\n\r\n", 400},
    {"Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"Fold", "GET /_ping HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400},
    {"TwoLengths",
     "POST /auth HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400},
    {"BadLength", "POST /auth HTTP/1.1\r\nHost: a\r\nContent-Length: 2x\r\n\r\n{}", 400},
    {"Coding", "POST /auth HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
    {"Expectation", "GET /_ping HTTP/1.1\r\nHost: a\r\nExpect: a miracle\r\n\r\n", 417},
};
INSTANTIATE_TEST_SUITE_P(All, RefusalTest, testing::ValuesIn(kRefusals),
                         [](const auto& info) { return info.param.name; });

TEST_F(EngineTest, ASmuggledRequestIsNotRun) {
  // To a proxy that believes the length the second request is the first one's body.
  RawClient client = Connect();
  std::string inner = "DELETE /containers/web HTTP/1.1\r\nHost: a\r\n\r\n";
  RawReply reply = client.Ask(
      "POST /containers/web/start HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
      "Content-Length: " +
      std::to_string(inner.size() + 5) + "\r\n\r\n0\r\n\r\n" + inner);
  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(EngineTest, HeadsUpToTheLimitAreServed) {
  RawClient client = Connect();
  std::string head = "GET /_ping HTTP/1.1\r\nHost: a\r\nX: ";
  std::string fits(kMaxHeadSize - head.size() - 4, 'x');
  EXPECT_EQ(client.Ask(head + fits + "\r\n\r\n").status, 200);
  std::string long_target = "/_ping?x=" + std::string(500'000, 'y');
  EXPECT_EQ(client.Get(long_target).status, 200);
}

TEST_F(EngineTest, LongerHeadsAreRefused) {
  for (const char* start : {"GET /_ping HTTP/1.1\r\nHost: a\r\nX: ", "GET /"}) {
    RawClient client = Connect();
    client.Send(start + std::string(kMaxHeadSize + 20'000, 'x'));
    EXPECT_EQ(client.Read().status, 431);
  }
}

TEST_F(EngineTest, ManyFieldsAreRefusedOnlyByTheirSize) {
  std::string head = "GET /_ping HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 20'000; ++i) head += "X-" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(Connect().Ask(head + "\r\n").status, 200);
}

TEST_F(EngineTest, ContinueIsSentWhenTheBodyIsWanted) {
  RawClient client = Connect();
  client.Send(
      "PUT /containers/web/archive?path=/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Length: 5\r\n\r\n");
  EXPECT_EQ(client.Read().status, 100);
  client.Send("hello");
  EXPECT_EQ(client.Read("PUT").status, 200);
  EXPECT_EQ(daemon_.containers.uploaded, 5u);
  EXPECT_EQ(client.Ask(kPing).status, 200);
}

TEST_F(EngineTest, RefusalComesInsteadOfContinue) {
  RawClient client = Connect();
  RawReply reply = client.Ask(
      "PUT /containers/web/archive?path=/refuse HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Length: 5\r\n\r\n");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.headers.Get("Connection"), "close");
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(EngineTest, UnwantedSmallBodiesAreReadAway) {
  RawClient client = Connect();
  std::string body(100'000, 'x');
  RawReply reply = client.Ask(
      "PUT /containers/web/archive?path=/refuse HTTP/1.1\r\nHost: a\r\n"
      "Content-Length: 100000\r\n\r\n" +
      body);
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(client.Ask(kPing).status, 200);
}

TEST_F(EngineTest, RefusalOfALargeUploadReachesTheClient) {
  RawClient client = Connect();
  client.Send(
      "PUT /containers/web/archive?path=/refuse HTTP/1.1\r\nHost: a\r\n"
      "Content-Length: 100000000\r\n\r\n");
  client.Send(std::string(1 << 20, 'x'));
  RawReply reply = client.Read("PUT");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.headers.Get("Connection"), "close");
}

TEST_F(EngineTest, ChunkedUploadIsReadWhole) {
  RawClient client = Connect();
  std::string request =
      "PUT /containers/web/archive?path=/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n";
  for (int i = 0; i < 1000; ++i) request += "400\r\n" + std::string(1024, 'x') + "\r\n";
  EXPECT_EQ(client.Ask(request + "0\r\n\r\n", "PUT").status, 200);
  EXPECT_EQ(daemon_.containers.uploaded, 1024u * 1000);
}

TEST_F(EngineTest, EarlyEndOfAnUploadIsAnError) {
  RawClient client = Connect();
  client.Send(
      "PUT /containers/web/archive?path=/ HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhello");
  client.EndInput();
  RawReply reply = client.Read("PUT");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, "{\"message\":\"unexpected EOF\"}\n");
}

TEST_F(EngineTest, PostWithoutALengthDoesNotWait) {
  RawClient client = Connect();
  EXPECT_EQ(client.Ask("POST /containers/web/start HTTP/1.1\r\nHost: a\r\n\r\n").status, 204);
  EXPECT_EQ(client.Ask(kPing).status, 200);
}

TEST_F(EngineTest, StreamIsChunkedAndItsHeadIsSentAtOnce) {
  RawClient client = Connect();
  client.Send("POST /containers/web/wait HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_FALSE(client.SilentFor(5000));
  EXPECT_FALSE(daemon_.containers.released);
  daemon_.containers.released = true;
  RawReply reply = client.Read("POST");
  EXPECT_EQ(reply.headers.Get("Transfer-Encoding"), "chunked");
  EXPECT_EQ(reply.body, "{\"StatusCode\":0}\n");
  EXPECT_TRUE(reply.complete);
}

TEST_F(EngineTest, StreamedAnswerKeepsTheConnection) {
  RawClient client = Connect();
  RawReply logs = client.Get("/containers/web/logs?stdout=1");
  EXPECT_EQ(logs.body, "onetwo");
  EXPECT_TRUE(logs.complete);
  EXPECT_EQ(client.Ask(kPing).status, 200);
}

TEST_F(EngineTest, BrokenStreamHasNoEnd) {
  RawClient client = Connect();
  RawReply reply = client.Get("/containers/web/export");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "half a tar");
  EXPECT_FALSE(reply.complete);
}

TEST_F(EngineTest, HandlerSeesThatTheClientHasGone) {
  {
    RawClient client = Connect();
    client.Send("POST /containers/web/wait HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(Eventually([this] { return daemon_.containers.waiting == 1; }));
  }
  EXPECT_TRUE(Eventually([this] { return daemon_.containers.gone == 1; }));
  EXPECT_TRUE(Eventually([this] { return engine().connections() == 0; }));
}

TEST_F(EngineTest, BlockedHandlersDoNotStarveOthers) {
  std::vector<RawClient> waiting;
  for (int i = 0; i < 64; ++i) {
    waiting.push_back(Connect());
    waiting.back().Send("POST /containers/web/wait HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  EXPECT_TRUE(Eventually([this] { return daemon_.containers.waiting == 64; }));
  EXPECT_EQ(Get("/_ping").status, 200);
  daemon_.containers.released = true;
  for (auto& client : waiting) EXPECT_EQ(client.Read().body, "{\"StatusCode\":0}\n");
}

TEST_F(EngineTest, ListensOnTcpToo) {
  RawClient client = RawClient::ConnectTcp(ListenTcp());
  EXPECT_EQ(client.Ask(kPing).body, "OK");
}

// Hijack -----------------------------------------------------------------------------------------

std::string AttachRequest(bool upgrade) {
  return std::string("POST /v1.51/containers/web/attach?stream=1&stdin=1 HTTP/1.1\r\nHost: a\r\n") +
         (upgrade ? "Connection: Upgrade\r\nUpgrade: tcp\r\n" : "") + "\r\n";
}

TEST_F(EngineTest, UpgradedConnectionIsHandedOverWithWhatWasReadAhead) {
  RawClient client = Connect();
  client.Send(AttachRequest(true) + "early ");
  RawReply reply = client.Read();
  EXPECT_EQ(reply.status, 101);
  EXPECT_EQ(reply.headers.Get("Connection"), "Upgrade");
  EXPECT_EQ(reply.headers.Get("Upgrade"), "tcp");
  EXPECT_EQ(reply.headers.Get("Content-Type"), "application/vnd.docker.multiplexed-stream");
  client.Send("late");
  EXPECT_EQ(client.ReadBytes(10), "early late");
  client.EndInput();
  EXPECT_EQ(client.ReadToEnd(), "end of input");
}

TEST_F(EngineTest, WithoutUpgradeTheStreamFollowsABare200) {
  RawClient client = Connect();
  client.Send(AttachRequest(false));
  RawReply reply = client.Read();
  EXPECT_EQ(reply.status, 200);
  EXPECT_FALSE(reply.headers.Has("Transfer-Encoding"));
  EXPECT_EQ(reply.headers.Get("Content-Type"), "application/vnd.docker.raw-stream");
  client.Send("x");
  client.EndInput();
  EXPECT_EQ(client.ReadToEnd(), "xend of input");
}

TEST_F(EngineTest, AFailedHijackIsAnOrdinaryError) {
  RawClient client = Connect();
  RawReply reply = client.Ask(
      "POST /containers/none/attach HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
      "Upgrade: tcp\r\n\r\n");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body, "{\"message\":\"No such container: none\"}\n");
  EXPECT_EQ(client.Ask(kPing).status, 200);
}

TEST_F(EngineTest, HandedOverStreamOutlivesTheServer) {
  RawClient client = Connect();
  client.Send(AttachRequest(true));
  EXPECT_EQ(client.Read().status, 101);
  EXPECT_TRUE(engine().Drain(std::chrono::seconds(5)));
  client.Send("still there");
  EXPECT_EQ(client.ReadBytes(11), "still there");
}

TEST_F(EngineTest, FollowedLogsAreHandedOverChunked) {
  RawClient client = Connect();
  RawReply reply = client.Get("/containers/web/logs?stdout=1&follow=1");
  EXPECT_EQ(reply.headers.Get("Connection"), "close");
  EXPECT_EQ(reply.body, "hello");
  EXPECT_TRUE(reply.complete);
}

// The end ----------------------------------------------------------------------------------------

TEST_F(EngineTest, DrainLetsRequestsFinishAndDropsIdleConnections) {
  RawClient idle = Connect(), busy = Connect();
  EXPECT_EQ(idle.Ask(kPing).status, 200);
  busy.Send("POST /containers/web/wait HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(Eventually([this] { return daemon_.containers.waiting == 1; }));
  std::thread releasing([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    daemon_.containers.released = true;
  });
  EXPECT_TRUE(engine().Drain(std::chrono::seconds(10)));
  releasing.join();
  EXPECT_TRUE(idle.AtEnd());
  EXPECT_EQ(busy.Read().body, "{\"StatusCode\":0}\n");
  EXPECT_EQ(engine().connections(), 0u);
}

TEST_F(EngineTest, DrainCutsOffWhatTakesTooLong) {
  RawClient busy = Connect();
  busy.Send("POST /containers/web/wait HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(Eventually([this] { return daemon_.containers.waiting == 1; }));
  EXPECT_FALSE(engine().Drain(std::chrono::milliseconds(20)));
  EXPECT_FALSE(busy.Read().complete);
}

TEST_F(EngineTest, StopAcceptingLeavesConnectionsAlone) {
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(kPing).status, 200);
  engine().StopAccepting();
  EXPECT_TRUE(engine().listener_fds().empty());
  EXPECT_EQ(client.Ask(kPing).status, 200);
}

class ImpatientTest : public ApiFixture {
 protected:
  ImpatientTest() : ApiFixture(EngineOptions{.head_timeout = std::chrono::milliseconds(300)}) {}
};

TEST_F(ImpatientTest, AHeadMustComeInTimeHoweverItDrips) {
  RawClient client = Connect();
  auto start = std::chrono::steady_clock::now();
  client.Send("GET /_ping HTTP/1.1\r\nX: ");
  bool open = true;
  while (open && std::chrono::steady_clock::now() - start < std::chrono::seconds(8)) {
    open = client.Send("x") && client.SilentFor(50);
  }
  EXPECT_FALSE(open);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(ImpatientTest, IdleConnectionsMayWait) {
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(kPing).status, 200);
  EXPECT_TRUE(client.SilentFor(2500));
  EXPECT_EQ(client.Ask(kPing).status, 200);
}

TEST_F(EngineTest, WhoComesWhileItIsPausedWaits) {
  RawClient kept = Connect();
  ASSERT_EQ(kept.Ask(kPing).body, "OK");
  ASSERT_TRUE(engine().Pause(std::chrono::seconds(5)).ok());
  RawClient fresh = Connect();
  kept.Send(kPing);
  fresh.Send(kPing);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  engine().Resume();
  EXPECT_EQ(kept.Read().body, "OK");
  EXPECT_EQ(fresh.Read().body, "OK");
}

TEST_F(EngineTest, ConnectionsAreGivenToASuccessor) {
  FakeDaemon next;
  ASSERT_TRUE(next.Start(folder_ + "/next", {}).ok());
  RawClient kept = Connect();
  ASSERT_EQ(kept.Ask(kPing).body, "OK");
  RawClient midway = Connect();
  midway.Send("GET /_ping HT");
  ASSERT_TRUE(Eventually([this] { return engine().connections() == 2; }));
  ASSERT_TRUE(engine().Pause(std::chrono::seconds(5)).ok());
  engine().Retire(
      [&next](Engine::Handed handed) { next.server->engine().Adopt(std::move(handed)); });
  EXPECT_TRUE(engine().WaitRetired(std::chrono::seconds(5)));
  EXPECT_EQ(engine().connections(), 0u);
  EXPECT_EQ(kept.Ask(kPing).body, "OK");
  midway.Send("TP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(midway.Read().body, "OK");
  EXPECT_EQ(next.server->engine().connections(), 2u);
}

}  // namespace
}  // namespace buoy::api
