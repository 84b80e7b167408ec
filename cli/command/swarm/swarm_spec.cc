#include "cli/command/swarm/swarm_spec.h"

#include "cli/opts/csv.h"
#include "cli/opts/text.h"

namespace buoy::cli {
namespace {

// "protocol=cfssl,url=https://...[,cacert=PATH][,key=value]".
Result<Value> ParseExternalCa(const std::string& text) {
  Value ca = Value::Object();
  Value options = Value::Object();
  for (const std::string& field : opts::Split(text, ',')) {
    auto [key, value, found] = opts::Cut(field, '=');
    if (!found) return InvalidArgument("invalid field '" + field + "' must be a key=value pair");
    if (opts::Lower(key) == "protocol") {
      if (opts::Lower(value) != "cfssl") {
        return InvalidArgument("unrecognized external CA protocol " + value);
      }
      ca.Set("Protocol", "cfssl");
    } else if (opts::Lower(key) == "url") {
      ca.Set("URL", value);
    } else {
      options.Set(key, value);
    }
  }
  if (ca.Find("Protocol") == nullptr) {
    return InvalidArgument("the external-ca option needs a protocol= parameter");
  }
  if (ca.Find("URL") == nullptr) {
    return InvalidArgument("the external-ca option needs a url= parameter");
  }
  ca.Set("Options", options);
  return ca;
}

// Sets spec.GROUP.KEY.
void SetIn(Value& spec, const char* group, const char* key, Value value) {
  Value inner = Value::Object(spec.At(group).Fields());
  inner.Set(key, std::move(value));
  spec.Set(group, std::move(inner));
}

}  // namespace

void SwarmSpecFlags::AddFlags(FlagSet& flags) {
  flags.Int(&task_history, "task-history-limit", 0, "Task history retention limit");
  flags.Duration(&heartbeat_ns, "dispatcher-heartbeat", 0,
                 "Dispatcher heartbeat period (ns|us|ms|s|m|h)");
  flags.Duration(&cert_expiry_ns, "cert-expiry", 0,
                 "Validity period for node certificates (ns|us|ms|s|m|h)");
  flags.Custom("external-ca", 0, "external-ca",
               "Specifications of one or more certificate signing endpoints",
               [this](const std::string& text) -> Status {
                 BUOY_ASSIGN(Value ca, ParseExternalCa(text));
                 external_cas.push_back(std::move(ca));
                 return Ok();
               });
  flags.Uint(&max_snapshots, "max-snapshots", 0, "Number of additional Raft snapshots to retain")
      .Since("1.25");
  flags
      .Uint(&snapshot_interval, "snapshot-interval", 0,
            "Number of log entries between Raft snapshots")
      .Since("1.25");
}

void SwarmSpecFlags::Merge(const FlagSet& given, Value& spec) const {
  if (given.Changed("task-history-limit")) {
    SetIn(spec, "Orchestration", "TaskHistoryRetentionLimit", task_history);
  }
  if (given.Changed("dispatcher-heartbeat")) {
    SetIn(spec, "Dispatcher", "HeartbeatPeriod", heartbeat_ns);
  }
  if (given.Changed("cert-expiry")) SetIn(spec, "CAConfig", "NodeCertExpiry", cert_expiry_ns);
  if (given.Changed("external-ca")) {
    SetIn(spec, "CAConfig", "ExternalCAs", ValueList(external_cas.begin(), external_cas.end()));
  }
  if (given.Changed("max-snapshots")) {
    SetIn(spec, "Raft", "KeepOldSnapshots", static_cast<int64_t>(max_snapshots));
  }
  if (given.Changed("snapshot-interval")) {
    SetIn(spec, "Raft", "SnapshotInterval", static_cast<int64_t>(snapshot_interval));
  }
  if (given.Changed("autolock")) SetIn(spec, "EncryptionConfig", "AutoLockManagers", autolock);
}

}  // namespace buoy::cli
