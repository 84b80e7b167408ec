#include "daemon/container/container_store.h"

#include "common/json/json.h"
#include "daemon/container/persisted_json.h"

namespace buoy::container {
namespace {

constexpr char kColumns[] =
    "id, name, created_ns, image_id, config, host_config, networking, mounts, details, state, pid, "
    "pid_start, exit_code, error, oom_killed, started_ns, finished_ns, restart_count, "
    "has_been_started, manually_stopped, boot_id, journal_seq";

void BindConfig(state::Stmt& stmt, const ContainerData& data) {
  stmt.Bind(data.image_id)
      .Bind(ToJson(data.config))
      .Bind(ToJson(data.host_config))
      .Bind(ToJson(data.network))
      .Bind(oci::EncodeMounts(data.mounts))
      .Bind(EncodeDetails(data));
}

void BindState(state::Stmt& stmt, const ContainerData& data) {
  stmt.Bind(StateName(data.state))
      .Bind(data.pid)
      .Bind(static_cast<int64_t>(data.pid_start))
      .Bind(data.exit_code)
      .Bind(data.error)
      .Bind(data.oom_killed)
      .Bind(data.started_ns)
      .Bind(data.finished_ns)
      .Bind(data.restart_count)
      .Bind(data.has_been_started)
      .Bind(data.manually_stopped)
      .Bind(data.boot_id)
      .Bind(static_cast<int64_t>(data.journal_seq));
}

constexpr char kStateAssignments[] =
    "state=?, pid=?, pid_start=?, exit_code=?, error=?, oom_killed=?, started_ns=?, finished_ns=?, "
    "restart_count=?, has_been_started=?, manually_stopped=?, boot_id=?, journal_seq=?";

Status ReadJsonColumns(const state::Stmt& row, ContainerData& data) {
  BUOY_ASSIGN(data.config, FromJson<types::ContainerConfig>(row.Text(4)));
  BUOY_ASSIGN(data.host_config, FromJson<types::HostConfig>(row.Text(5)));
  BUOY_ASSIGN(data.network, FromJson<types::NetworkSettings>(row.Text(6)));
  BUOY_ASSIGN(data.mounts, oci::DecodeMounts(row.Text(7)));
  return DecodeDetails(row.Text(8), data);
}

Result<ContainerData> ReadRow(const state::Stmt& row) {
  ContainerData data;
  data.id = row.Text(0);
  data.name = row.Text(1);
  data.created_ns = row.Int(2);
  data.image_id = row.Text(3);
  BUOY_TRY(ReadJsonColumns(row, data));
  BUOY_ASSIGN(data.state, ParseState(row.Text(9)));
  data.pid = static_cast<int>(row.Int(10));
  data.pid_start = static_cast<uint64_t>(row.Int(11));
  data.exit_code = static_cast<int>(row.Int(12));
  data.error = row.Text(13);
  data.oom_killed = row.Bool(14);
  data.started_ns = row.Int(15);
  data.finished_ns = row.Int(16);
  data.restart_count = static_cast<int>(row.Int(17));
  data.has_been_started = row.Bool(18);
  data.manually_stopped = row.Bool(19);
  data.boot_id = row.Text(20);
  data.journal_seq = static_cast<uint64_t>(row.Int(21));
  return data;
}

}  // namespace

Status ContainerStore::Insert(const ContainerData& data) {
  auto stmt = db_.Prepare("INSERT INTO containers (" + std::string(kColumns) +
                          ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  stmt.Bind(data.id).Bind(data.name).Bind(data.created_ns);
  BindConfig(stmt, data);
  BindState(stmt, data);
  return stmt.Run();
}

Status ContainerStore::Save(const ContainerData& data, state::Durability durability) {
  return state::Transaction(db_, durability, [&] {
    auto stmt = db_.Prepare(
        "UPDATE containers SET name=?, image_id=?, config=?, host_config=?, networking=?, "
        "mounts=?, details=?, " +
        std::string(kStateAssignments) + " WHERE id=?");
    stmt.Bind(data.name);
    BindConfig(stmt, data);
    BindState(stmt, data);
    stmt.Bind(data.id);
    return stmt.Run();
  });
}

Status ContainerStore::SaveState(const ContainerData& data, state::Durability durability) {
  return state::Transaction(db_, durability, [&] {
    auto stmt =
        db_.Prepare("UPDATE containers SET " + std::string(kStateAssignments) + " WHERE id=?");
    BindState(stmt, data);
    stmt.Bind(data.id);
    return stmt.Run();
  });
}

Status ContainerStore::Delete(const std::string& id) {
  return state::Transaction(db_, state::Durability::kProcess, [&] {
    auto stmt = db_.Prepare("DELETE FROM containers WHERE id=?");
    stmt.Bind(id);
    return stmt.Run();
  });
}

Result<ContainerStore::Loaded> ContainerStore::LoadAll() {
  Loaded loaded;
  auto stmt = db_.Prepare("SELECT " + std::string(kColumns) + " FROM containers");
  for (;;) {
    BUOY_ASSIGN(bool row, stmt.Step());
    if (!row) return loaded;
    auto data = ReadRow(stmt);
    if (data.ok()) {
      loaded.containers.push_back(*std::move(data));
    } else {
      loaded.unreadable.push_back(stmt.Text(0) + ": " + data.error().message());
    }
  }
}

}  // namespace buoy::container
