#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstdlib>
#include <thread>

#include "common/unix/socket.h"
#include "daemon/events/event_log.h"
#include "daemon/events/stream.h"

namespace buoy::events {
namespace {

types::Event Make(const std::string& type, const std::string& action, const std::string& id,
                  std::map<std::string, std::string> attributes = {}, int64_t time = 0) {
  types::Event event;
  event.type = type;
  event.action = action;
  event.actor.id = id;
  event.actor.attributes = json::Map<std::string>(std::move(attributes));
  event.time_nano = time;
  return event;
}

struct FilterCase {
  api::Filters filters;
  types::Event event;
  bool matches;
};

class FilterTest : public testing::TestWithParam<FilterCase> {};

TEST_P(FilterTest, MatchesAsMobyDoes) {
  EXPECT_EQ(Filter(GetParam().filters).Matches(GetParam().event), GetParam().matches);
}

const auto kStart = Make("container", "start", "abc123",
                         {{"image", "busybox:1.36"}, {"name", "web"}, {"tier", "front"}});
const auto kPull = Make("image", "pull", "busybox:1.36", {{"name", "busybox"}});

INSTANTIATE_TEST_SUITE_P(
    Cases, FilterTest,
    testing::Values(
        FilterCase{{}, kStart, true}, FilterCase{{{"container", {"abc"}}}, kStart, true},
        FilterCase{{{"container", {"web"}}}, kStart, true},
        FilterCase{{{"container", {"bc"}}}, kStart, false},
        FilterCase{{{"container", {"x", "we"}}}, kStart, true},
        FilterCase{{{"event", {"start"}}}, kStart, true},
        FilterCase{{{"event", {"star"}}}, kStart, false},
        FilterCase{{{"event", {"exec_start"}}}, Make("container", "exec_start: sh", "a"), true},
        FilterCase{{{"event", {"health_status: healthy"}}},
                   Make("container", "health_status: healthy", "a"),
                   true},
        FilterCase{{{"type", {"image"}}}, kStart, false},
        FilterCase{{{"type", {"image", "container"}}}, kStart, true},
        FilterCase{{{"image", {"busybox"}}}, kStart, true},
        FilterCase{{{"image", {"busybox:1.36"}}}, kStart, true},
        FilterCase{{{"image", {"busybox:1.35"}}}, kStart, false},
        FilterCase{{{"image", {"busybox"}}}, kPull, true},
        FilterCase{{{"label", {"tier=front"}}}, kStart, true},
        FilterCase{{{"label", {"tier"}}}, kStart, true},
        FilterCase{{{"label", {"tier=back"}}}, kStart, false},
        FilterCase{{{"label", {"tier", "other"}}}, kStart, false},
        FilterCase{{{"scope", {"local"}}}, kStart, true},
        FilterCase{{{"scope", {"swarm"}}}, kStart, false},
        FilterCase{{{"network", {"abc"}}}, Make("network", "create", "abcdef"), true},
        FilterCase{{{"volume", {"data"}}}, Make("volume", "mount", "data"), true},
        FilterCase{
            {{"daemon", {"host1"}}}, Make("daemon", "reload", "id", {{"name", "host1"}}), true},
        FilterCase{{{"plugin", {"p"}}}, kStart, false},
        FilterCase{{{"node", {"n"}}}, kStart, false}));

std::unique_ptr<state::Db> OpenDb(const std::string& name, bool fresh = true) {
  std::string path = std::string(::getenv("TEST_TMPDIR")) + "/" + name;
  if (fresh) {
    for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path + suffix).c_str());
  }
  return *state::Db::Open(path);
}

std::vector<std::string> ReplayAll(EventLog::Subscription& subscription) {
  std::vector<std::string> ids;
  while (true) {
    auto page = subscription.Replay();
    EXPECT_TRUE(page.ok());
    if (!page.ok() || page->empty()) return ids;
    for (const auto& event : *page) ids.push_back(event.actor.id);
  }
}

TEST(EventLog, ReplaysWhatIsWrittenAndWhatIsNotInOrder) {
  auto db = OpenDb("replay.db");
  auto log = *EventLog::Open(*db, {.commit_delay_ms = 5});
  for (int i = 0; i < 600; ++i) {
    log->Publish(Make("container", "start", std::to_string(i), {}, 1000 + i));
    if (i == 300) {
      ASSERT_TRUE(log->Flush().ok());
    }
  }
  auto all = log->Subscribe(Filter({}), 1, 0);
  auto ids = ReplayAll(*all);
  ASSERT_EQ(ids.size(), 600u);
  for (int i = 0; i < 600; ++i) EXPECT_EQ(ids[static_cast<size_t>(i)], std::to_string(i));
  EXPECT_EQ(ReplayAll(*log->Subscribe(Filter({}), 1100, 1109)).size(), 9u + 1u);
  EXPECT_TRUE(ReplayAll(*log->Subscribe(Filter({}), 0, 0)).empty());
}

TEST(EventLog, SurvivesARestartAndIsBounded) {
  {
    auto db = OpenDb("bounded.db");
    auto log = *EventLog::Open(*db, {.max_rows = 100, .commit_delay_ms = 0});
    for (int i = 1; i <= 3000; ++i) log->Publish(Make("volume", "create", std::to_string(i)));
  }
  auto db = OpenDb("bounded.db", false);
  auto log = *EventLog::Open(*db);
  auto ids = ReplayAll(*log->Subscribe(Filter({}), 1, 0));
  ASSERT_FALSE(ids.empty());
  EXPECT_EQ(ids.back(), "3000");
  EXPECT_LE(ids.size(), 100u + 1024u);
}

TEST(EventLog, LiveReadersGetEachEventOnce) {
  auto db = OpenDb("live.db");
  auto log = *EventLog::Open(*db);
  auto reader = log->Subscribe(Filter(api::Filters{{"type", {"container"}}}), 0, 0);
  EXPECT_EQ(log->subscribers(), 1);
  log->Publish(Make("container", "start", "a"));
  log->Publish(Make("image", "pull", "b"));
  log->Publish(Make("container", "die", "c"));
  auto events = reader->Take();
  ASSERT_TRUE(events.has_value());
  ASSERT_EQ(events->size(), 2u);
  EXPECT_GT((*events)[0].time_nano, 0);
  log->CloseSubscriptions();
  EXPECT_FALSE(reader->Take().has_value());
}

TEST(EventLog, ASlowReaderLosesTheOldest) {
  auto db = OpenDb("slow.db");
  auto log = *EventLog::Open(*db, {.max_queue = 10});
  auto reader = log->Subscribe(Filter({}), 0, 0);
  for (int i = 0; i < 25; ++i) log->Publish(Make("container", "start", std::to_string(i)));
  auto events = reader->Take();
  ASSERT_EQ(events->size(), 10u);
  EXPECT_EQ(events->front().actor.id, "15");
}

class FakeClient : public api::Handover {
 public:
  explicit FakeClient(int fd) : fd_(fd) {}
  Result<api::TakenStream> Take(api::StreamKind) override { return Internal("not taken"); }
  Result<ByteSink*> Answer(api::StreamKind) override { return static_cast<ByteSink*>(&sink); }
  int client_fd() const override { return fd_; }
  StringSink sink;

 private:
  int fd_;
};

TEST(Stream, EndsWithTheClient) {
  auto db = OpenDb("stream.db");
  auto log = *EventLog::Open(*db);
  auto pair = *SocketPair(SOCK_STREAM);
  FakeClient client(pair.first.get());
  std::thread server([&] { EXPECT_TRUE(Stream(*log, {}, client).ok()); });
  while (log->subscribers() == 0) std::this_thread::yield();
  pair.second.reset();
  server.join();
}

TEST(Stream, PastUntilOnlyReplays) {
  auto db = OpenDb("past.db");
  auto log = *EventLog::Open(*db);
  log->Publish(Make("network", "create", "n1", {}, 5000));
  auto pair = *SocketPair(SOCK_STREAM);
  FakeClient client(pair.first.get());
  ASSERT_TRUE(Stream(*log, {.since_ns = 1, .until_ns = 6000, .filters = {}}, client).ok());
  EXPECT_NE(client.sink.data().find("\"ID\":\"n1\""), std::string::npos);
  EXPECT_EQ(client.sink.data().back(), '\n');
  EXPECT_EQ(Stream(*log, {.since_ns = 9'000'000'000, .until_ns = 1, .filters = {}}, client)
                .error()
                .kind(),
            ErrorKind::kInvalidArgument);
}

}  // namespace
}  // namespace buoy::events
