#include "cli/command/swarm/swarm_spec.h"

#include "cli/opts/csv.h"
#include "cli/opts/pem.h"
#include "cli/opts/text.h"
#include "common/unix/file.h"

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
    } else if (opts::Lower(key) == "cacert") {
      auto contents = ReadFile(value);
      if (!contents.ok()) {
        return std::move(contents).error().Context("unable to read CA cert for external CA");
      }
      if (!opts::HasPemBlock(*contents)) {
        return InvalidArgument("CA cert for external CA must be in PEM format");
      }
      ca.Set("CACert", *contents);
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

}  // namespace

void SetInSpec(Value& spec, const char* group, const char* key, Value value) {
  Value inner = Value::Object(spec.At(group).Fields());
  inner.Set(key, std::move(value));
  spec.Set(group, std::move(inner));
}

void SwarmCaFlags::AddCaFlags(FlagSet& flags) {
  flags.Duration(&cert_expiry_ns, "cert-expiry", 0,
                 "Validity period for node certificates (ns|us|ms|s|m|h)");
  flags.Custom("external-ca", 0, "external-ca",
               "Specifications of one or more certificate signing endpoints",
               [this](const std::string& text) -> Status {
                 BUOY_ASSIGN(Value ca, ParseExternalCa(text));
                 external_cas.push_back(std::move(ca));
                 return Ok();
               });
}

void SwarmCaFlags::MergeCa(const FlagSet& given, const std::string* ca_cert, Value& spec) const {
  if (given.Changed("cert-expiry")) SetInSpec(spec, "CAConfig", "NodeCertExpiry", cert_expiry_ns);
  if (!given.Changed("external-ca")) return;
  ValueList cas;
  for (const Value& external : external_cas) {
    Value ca = Value::Object(external.Fields());
    if (ca.Str("CACert").empty() && ca_cert != nullptr) ca.Set("CACert", *ca_cert);
    cas.push_back(std::move(ca));
  }
  SetInSpec(spec, "CAConfig", "ExternalCAs", std::move(cas));
}

void SwarmSpecFlags::AddFlags(FlagSet& flags) {
  flags.Int(&task_history, "task-history-limit", 0, "Task history retention limit");
  flags.Duration(&heartbeat_ns, "dispatcher-heartbeat", 0,
                 "Dispatcher heartbeat period (ns|us|ms|s|m|h)");
  flags.Uint(&max_snapshots, "max-snapshots", 0, "Number of additional Raft snapshots to retain")
      .Since("1.25");
  flags
      .Uint(&snapshot_interval, "snapshot-interval", 0,
            "Number of log entries between Raft snapshots")
      .Since("1.25");
  AddCaFlags(flags);
}

void SwarmSpecFlags::Merge(const FlagSet& given, Value& spec) const {
  if (given.Changed("task-history-limit")) {
    SetInSpec(spec, "Orchestration", "TaskHistoryRetentionLimit", task_history);
  }
  if (given.Changed("dispatcher-heartbeat")) {
    SetInSpec(spec, "Dispatcher", "HeartbeatPeriod", heartbeat_ns);
  }
  if (given.Changed("max-snapshots")) {
    SetInSpec(spec, "Raft", "KeepOldSnapshots", static_cast<int64_t>(max_snapshots));
  }
  if (given.Changed("snapshot-interval")) {
    SetInSpec(spec, "Raft", "SnapshotInterval", static_cast<int64_t>(snapshot_interval));
  }
  if (given.Changed("autolock")) SetInSpec(spec, "EncryptionConfig", "AutoLockManagers", autolock);
  MergeCa(given, nullptr, spec);
}

}  // namespace buoy::cli
