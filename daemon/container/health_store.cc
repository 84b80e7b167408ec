#include "daemon/container/health_store.h"

#include "common/gotime/time.h"
#include "common/json/codec.h"
#include "common/unix/file.h"
#include "daemon/logging/log.h"

namespace buoy::container {
namespace {

struct ProbeJson {
  std::string start, end, output;
  int exit_code = 0;
};
template <class V>
void Fields(V& v, ProbeJson& s) {
  v("start", s.start);
  v("end", s.end);
  v("exitCode", s.exit_code);
  v("output", s.output);
}

struct HealthJson {
  std::string status;
  int failing_streak = 0;
  json::List<ProbeJson> log;
};
template <class V>
void Fields(V& v, HealthJson& s) {
  v("status", s.status);
  v("failingStreak", s.failing_streak);
  v("log", s.log);
}

std::string Stamp(int64_t ns) {
  return gotime::FormatRfc3339Nano({ns / 1'000'000'000, static_cast<int32_t>(ns % 1'000'000'000)});
}

std::string PathOf(const Engine& engine, const std::string& id) {
  return engine.Root(id) + "/health.json";
}

}  // namespace

json::List<types::HealthcheckResult> DescribeProbes(const shim::Health& health) {
  auto log = json::List<types::HealthcheckResult>::Empty();
  for (const auto& probe : health.log) {
    log.push_back({Stamp(probe.start), Stamp(probe.end), probe.exit_code, probe.output});
  }
  return log;
}

void KeepHealth(Engine& engine, Container& container) {
  auto client = container.ShimOrNull();
  HealthJson kept;
  {
    std::lock_guard lock(container.mutex);
    if (container.health.status.empty()) return;
  }
  if (client == nullptr) return;
  auto report = client->GetHealth();
  if (!report.ok()) return;
  {
    std::lock_guard lock(container.mutex);
    container.health.log = DescribeProbes(*report);
    container.health.failing_streak = report->failing_streak;
    kept.status = container.health.status;
    kept.failing_streak = container.health.failing_streak;
    kept.log = json::List<ProbeJson>::Empty();
    for (const auto& probe : container.health.log) {
      kept.log.push_back({probe.start, probe.end, probe.output, probe.exit_code});
    }
  }
  auto saved = WriteFileAtomic(PathOf(engine, container.id), json::Dump(json::Encode(kept)));
  if (!saved.ok()) {
    log::Warn("cannot keep a container's health",
              {{"container", container.id}, {"error", saved.error().message()}});
  }
}

void LoadHealth(Engine& engine, Container& container) {
  auto text = ReadFile(PathOf(engine, container.id));
  if (!text.ok()) return;
  auto kept = FromJson<HealthJson>(*text);
  if (!kept.ok()) return;
  std::lock_guard lock(container.mutex);
  if (IsRunning(container.data.state)) return;
  container.health.status = kept->status;
  container.health.failing_streak = kept->failing_streak;
  container.health.log = json::List<types::HealthcheckResult>::Empty();
  for (const auto& probe : kept->log) {
    container.health.log.push_back({probe.start, probe.end, probe.exit_code, probe.output});
  }
}

}  // namespace buoy::container
