#include "daemon/container/probe.h"

#include <vector>

#include "common/unix/file.h"
#include "common/unix/pidfd.h"
#include "daemon/shim_client/shim_client.h"

namespace buoy::container {
namespace {

// One that hangs is no reason to wait for long: its container counts as running.
constexpr std::chrono::milliseconds kPatience{2'000};

struct Row {
  std::string id, boot_id;
  int pid = 0;
  uint64_t pid_start = 0;
};

Result<std::vector<Row>> Candidates(state::Db& db) {
  std::vector<Row> rows;
  auto stmt = db.Prepare(
      "SELECT id, boot_id, pid, pid_start FROM containers "
      "WHERE state IN ('running', 'paused', 'restarting')");
  for (;;) {
    BUOY_ASSIGN(const bool more, stmt.Step());
    if (!more) return rows;
    rows.push_back({stmt.Text(0), stmt.Text(1), static_cast<int>(stmt.Int(2)),
                    static_cast<uint64_t>(stmt.Int(3))});
  }
}

bool InitLives(const Row& row) {
  if (row.pid <= 0) return false;
  auto init = Pidfd::Open(row.pid, row.pid_start);
  return init.ok() && init->Alive();
}

// Its policy may have started it again since the database was written.
bool ShimRunsIt(const Row& row, shim::ShimHub& hub, const std::string& exec_root) {
  const std::string socket = exec_root + "/containers/" + row.id + "/shim.sock";
  if (!PathExists(socket)) return false;
  auto client = shim::ShimClient::Connect(hub, socket, kPatience);
  if (!client.ok()) return client.error().kind() != ErrorKind::kNotFound;
  const shim::Phase phase = (*client)->initial_state().phase;
  return phase != shim::Phase::kEmpty && phase != shim::Phase::kExited;
}

}  // namespace

Result<bool> AnyContainerRuns(state::Db& db, shim::ShimHub& hub, const std::string& exec_root) {
  std::string boot_id = ReadFile("/proc/sys/kernel/random/boot_id").value_or("");
  while (!boot_id.empty() && boot_id.back() == '\n') boot_id.pop_back();
  BUOY_ASSIGN(const auto rows, Candidates(db));
  for (const Row& row : rows) {
    if (row.boot_id != boot_id) continue;
    if (InitLives(row) || ShimRunsIt(row, hub, exec_root)) return true;
  }
  return false;
}

}  // namespace buoy::container
