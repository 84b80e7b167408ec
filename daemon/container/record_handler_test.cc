#include "daemon/container/record_handler.h"

#include <gtest/gtest.h>

namespace buoy::container {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

struct Journal {
  ContainerData data;
  types::Health health;
  std::map<std::string, ExecRecord> execs;
  uint64_t seq = 0;

  RecordOutcome Apply(shim::Record record) {
    record.seq = ++seq;
    return ApplyRecord(record, data, health, execs);
  }
  RecordOutcome Start(int64_t time) {
    shim::Record record;
    record.kind = shim::RecordKind::kStarted;
    record.time = time;
    record.pid = 42;
    record.pid_start_time = 7;
    return Apply(record);
  }
  RecordOutcome Exit(int64_t time, int code, bool restart) {
    shim::Record record;
    record.kind = shim::RecordKind::kExited;
    record.time = time;
    record.exit_code = code;
    record.will_restart = restart;
    return Apply(record);
  }
};

TEST(ApplyRecord, StartAndExit) {
  Journal journal;
  auto started = journal.Start(10 * kSecond);
  EXPECT_EQ(started.events[0].action, "start");
  EXPECT_EQ(journal.data.state, State::kRunning);
  EXPECT_EQ(journal.data.pid, 42);
  EXPECT_EQ(journal.data.started_ns, 10 * kSecond);
  auto exited = journal.Exit(13 * kSecond, 3, false);
  EXPECT_TRUE(exited.ended);
  EXPECT_EQ(journal.data.state, State::kExited);
  EXPECT_EQ(journal.data.exit_code, 3);
  EXPECT_EQ(journal.data.pid, 0);
  ASSERT_EQ(exited.events.size(), 1u);
  EXPECT_EQ(exited.events[0].action, "die");
  EXPECT_EQ(exited.events[0].attributes["exitCode"], "3");
  EXPECT_EQ(exited.events[0].attributes["execDuration"], "3");
}

TEST(ApplyRecord, EachOnlyOnce) {
  Journal journal;
  journal.Start(kSecond);
  shim::Record again;
  again.seq = 1;
  again.kind = shim::RecordKind::kExited;
  EXPECT_TRUE(ApplyRecord(again, journal.data, journal.health, journal.execs).events.empty());
  EXPECT_EQ(journal.data.state, State::kRunning);
}

TEST(ApplyRecord, RestartByPolicy) {
  Journal journal;
  journal.Start(kSecond);
  auto exited = journal.Exit(2 * kSecond, 1, true);
  EXPECT_FALSE(exited.ended);
  EXPECT_EQ(journal.data.state, State::kRestarting);
  journal.Start(3 * kSecond);
  EXPECT_EQ(journal.data.state, State::kRunning);
  EXPECT_EQ(journal.data.exit_code, 0);
  journal.Exit(4 * kSecond, 1, true);
  shim::Record cancelled;
  cancelled.kind = shim::RecordKind::kRestartCancelled;
  EXPECT_TRUE(journal.Apply(cancelled).ended);
  EXPECT_EQ(journal.data.state, State::kExited);
  EXPECT_EQ(journal.data.exit_code, 1);
}

TEST(ApplyRecord, HealthFollowsTheRun) {
  Journal journal;
  journal.data.config.healthcheck = types::HealthConfig{};
  journal.data.config.healthcheck->test = json::List<std::string>{"CMD", "true"};
  journal.Start(kSecond);
  EXPECT_EQ(journal.health.status, "starting");
  shim::Record begins;
  begins.kind = shim::RecordKind::kHealth;
  begins.health = shim::HealthStatus::kStarting;
  EXPECT_TRUE(journal.Apply(begins).events.empty());  // as in Docker
  shim::Record healthy;
  healthy.kind = shim::RecordKind::kHealth;
  healthy.health = shim::HealthStatus::kHealthy;
  EXPECT_EQ(journal.Apply(healthy).events[0].action, "health_status: healthy");
  EXPECT_EQ(journal.health.status, "healthy");
  journal.Exit(2 * kSecond, 0, false);
  EXPECT_EQ(journal.health.status, "unhealthy");
}

TEST(ApplyRecord, Execs) {
  Journal journal;
  journal.Start(kSecond);
  journal.execs["e1"].id = "e1";
  shim::Record started;
  started.kind = shim::RecordKind::kExecStarted;
  started.exec_id = "e1";
  started.pid = 77;
  journal.Apply(started);
  EXPECT_TRUE(journal.execs["e1"].running);
  shim::Record ended;
  ended.kind = shim::RecordKind::kExecExited;
  ended.exec_id = "e1";
  ended.exit_code = 5;
  auto outcome = journal.Apply(ended);
  EXPECT_EQ(outcome.events[0].action, "exec_die");
  EXPECT_EQ(journal.execs["e1"].exit_code, 5);
  EXPECT_FALSE(journal.execs["e1"].running);
  ended.exec_id = "health-probe";
  EXPECT_TRUE(journal.Apply(ended).events.empty());
}

TEST(ApplyRecord, PauseOomDetach) {
  Journal journal;
  journal.Start(kSecond);
  shim::Record record;
  record.kind = shim::RecordKind::kPaused;
  EXPECT_EQ(journal.Apply(record).events[0].action, "pause");
  EXPECT_EQ(journal.data.state, State::kPaused);
  record.kind = shim::RecordKind::kResumed;
  EXPECT_EQ(journal.Apply(record).events[0].action, "unpause");
  record.kind = shim::RecordKind::kOom;
  EXPECT_EQ(journal.Apply(record).events[0].action, "oom");
  EXPECT_TRUE(journal.data.oom_killed);
  record.kind = shim::RecordKind::kDetached;
  EXPECT_EQ(journal.Apply(record).events[0].action, "detach");
}

}  // namespace
}  // namespace buoy::container
