#include "daemon/swarm/spec_rules.h"

#include <algorithm>

#include "common/net/ip.h"

namespace buoy::swarm {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kDefaultExpiry = 90LL * 24 * 3600 * kSecond, kLeastExpiry = 3600 * kSecond;
constexpr uint32_t kDefaultDataPathPort = 4789, kFirstDataPathPort = 1024,
                   kLastDataPathPort = 49151;
constexpr uint32_t kDefaultSubnetSize = 24, kMostSubnetSize = 29;

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

Status CheckPools(const types::SwarmInitRequest& request) {
  if (request.subnet_size > kMostSubnetSize) {
    return InvalidArgument("subnet size is out of range: " + std::to_string(request.subnet_size));
  }
  for (const auto& pool : request.default_addr_pool) {
    BUOY_ASSIGN(net::IpPrefix prefix, net::IpPrefix::Parse(pool));
    if (request.subnet_size < static_cast<uint32_t>(prefix.length())) {
      return InvalidArgument(
          "invalid CIDR: \"" + prefix.ToString() +
          "\". Subnet size is too small for pool: " + std::to_string(request.subnet_size));
    }
  }
  return Ok();
}

}  // namespace

Error RpcError(ErrorKind kind, const std::string& code, const std::string& text) {
  return Error(kind, "rpc error: code = " + code + " desc = " + text);
}

types::SwarmSpec DefaultSpec() {
  types::SwarmSpec spec;
  spec.name = "default";
  spec.labels = json::Map<std::string>::Empty();
  spec.orchestration.task_history_retention_limit = 5;
  spec.raft.snapshot_interval = 10'000;
  spec.raft.keep_old_snapshots = 0;
  spec.raft.log_entries_for_slow_followers = 500;
  spec.raft.heartbeat_tick = 1;
  spec.raft.election_tick = 10;
  spec.dispatcher.heartbeat_period = 5 * kSecond;
  spec.ca_config.node_cert_expiry = kDefaultExpiry;
  return spec;
}

types::SwarmSpec MergeSpec(const types::SwarmSpec& given, types::SwarmSpec base) {
  if (!given.name.empty()) base.name = given.name;
  if (!given.labels.empty()) base.labels = given.labels;
  const auto& orchestration = given.orchestration;
  if (orchestration.task_history_retention_limit) base.orchestration = orchestration;
  if (given.raft.snapshot_interval != 0) {
    base.raft.snapshot_interval = given.raft.snapshot_interval;
  }
  if (given.raft.keep_old_snapshots) base.raft.keep_old_snapshots = given.raft.keep_old_snapshots;
  if (given.raft.log_entries_for_slow_followers != 0) {
    base.raft.log_entries_for_slow_followers = given.raft.log_entries_for_slow_followers;
  }
  if (given.raft.heartbeat_tick != 0) base.raft.heartbeat_tick = given.raft.heartbeat_tick;
  if (given.raft.election_tick != 0) base.raft.election_tick = given.raft.election_tick;
  if (given.dispatcher.heartbeat_period != 0) base.dispatcher = given.dispatcher;
  if (given.ca_config.node_cert_expiry != 0) {
    base.ca_config.node_cert_expiry = given.ca_config.node_cert_expiry;
  }
  base.ca_config.external_cas = given.ca_config.external_cas;
  base.ca_config.signing_ca_cert = given.ca_config.signing_ca_cert;
  base.ca_config.signing_ca_key = given.ca_config.signing_ca_key;
  base.ca_config.force_rotate = given.ca_config.force_rotate;
  base.encryption_config = given.encryption_config;
  return base;
}

Status CheckSpec(const types::SwarmSpec& spec) {
  if (spec.name != "default") return InvalidArgument("swarm spec must be named \"default\"");
  if (spec.ca_config.node_cert_expiry != 0 && spec.ca_config.node_cert_expiry < kLeastExpiry) {
    return RpcError(ErrorKind::kInvalidArgument, "InvalidArgument",
                    "minimum certificate expiry time is: 1h0m0s");
  }
  if (spec.dispatcher.heartbeat_period < 0) {
    return RpcError(ErrorKind::kInvalidArgument, "InvalidArgument",
                    "heartbeat time period cannot be a negative duration");
  }
  if (!spec.ca_config.external_cas.empty()) {
    return NotImplemented("external CAs are not supported");
  }
  return Ok();
}

Status CompleteInit(types::SwarmInitRequest& request) {
  if (request.spec.name.empty()) request.spec.name = "default";
  BUOY_TRY(CheckSpec(request.spec));
  if (request.subnet_size == 0) request.subnet_size = kDefaultSubnetSize;
  if (request.default_addr_pool.empty()) {
    request.default_addr_pool = {std::string("10.0.0.0/8")};
  }
  BUOY_TRY(CheckPools(request));
  if (request.data_path_port == 0) request.data_path_port = kDefaultDataPathPort;
  if (request.data_path_port < kFirstDataPathPort || request.data_path_port > kLastDataPathPort) {
    return InvalidArgument("Datapath port number is not in valid range (1024-49151) : " +
                           std::to_string(request.data_path_port));
  }
  if (request.availability.empty()) request.availability = "active";
  types::NodeSpec node{.role = "manager", .availability = request.availability};
  BUOY_TRY(CheckNodeSpec(node));
  request.availability = node.availability;
  return Ok();
}

Status CheckNodeSpec(types::NodeSpec& spec) {
  const std::string role = Lower(spec.role), availability = Lower(spec.availability);
  if (role != "worker" && role != "manager") {
    return InvalidArgument("invalid Role: \"" + spec.role + "\"");
  }
  if (availability != "active" && availability != "pause" && availability != "drain") {
    return InvalidArgument("invalid Availability: \"" + spec.availability + "\"");
  }
  spec.role = role;
  spec.availability = availability;
  return Ok();
}

int64_t CertificateSeconds(const types::SwarmSpec& spec) {
  const int64_t expiry = spec.ca_config.node_cert_expiry;
  return (expiry < kLeastExpiry ? kDefaultExpiry : expiry) / kSecond;
}

}  // namespace buoy::swarm
