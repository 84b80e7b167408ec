#include "cli/command/system/info_text.h"

#include <algorithm>
#include <vector>

#include "cli/command/list.h"
#include "cli/flags/units.h"
#include "cli/opts/text.h"
#include "common/gotime/duration.h"

namespace buoy::cli {
namespace {

std::string Flag(bool value) { return value ? "true" : "false"; }

std::string Line(const std::string& name, const std::string& value) {
  return " " + name + ": " + value + "\n";
}
std::string LineIf(const std::string& name, const std::string& value) {
  return value.empty() ? "" : Line(name, value);
}
std::string Number(const Value& info, const char* key) { return std::to_string(info.Int(key)); }

std::string ListBlock(const std::string& title, const ValueList& items) {
  if (items.empty()) return "";
  std::string out = " " + title + ":\n";
  for (const Value& item : items) out += "  " + item.Str() + "\n";
  return out;
}

std::string Pairs(const Value& list) {
  std::string out;
  for (const Value& pair : list.List()) {
    if (pair.List().size() == 2) {
      out += "  " + pair.List()[0].Str() + ": " + pair.List()[1].Str() + "\n";
    }
  }
  return out;
}

std::string Plugins(const Value& plugins) {
  std::string out = " Plugins:\n";
  for (const char* kind : {"Volume", "Network", "Authorization", "Log"}) {
    std::vector<std::string> names = plugins.At(kind).StrList();
    if (names.empty() && std::string_view(kind) == "Authorization") continue;
    out += std::string("  ") + kind + ": " + Join(names, " ") + "\n";
  }
  return out;
}

std::string SwarmNumbers(const Value& swarm) {
  const Value& cluster = swarm.At("Cluster");
  if (cluster.Str("ID").empty()) return "";
  const Value& spec = cluster.At("Spec");
  const Value& raft = spec.At("Raft");
  const Value& dispatcher = spec.At("Dispatcher");
  const Value& ca = spec.At("CAConfig");
  auto duration = [](int64_t ns) {
    std::string text = gotime::HumanDuration(ns);
    return text;
  };
  std::string pools;
  for (const Value& pool : cluster.At("DefaultAddrPool").List()) pools += pool.Str() + "  ";
  std::string out = "  ClusterID: " + cluster.Str("ID") +
                    "\n  Managers: " + Number(swarm, "Managers") +
                    "\n  Nodes: " + Number(swarm, "Nodes") + "\n";
  if (!pools.empty()) {
    out += "  Default Address Pool: " + pools + "\n  SubnetSize: " + Number(cluster, "SubnetSize") +
           "\n";
  }
  if (cluster.Int("DataPathPort") > 0) {
    out += "  Data Path Port: " + Number(cluster, "DataPathPort") + "\n";
  }
  const Value& limit = spec.At("Orchestration", "TaskHistoryRetentionLimit");
  out += "  Orchestration:\n   Task History Retention Limit: " +
         std::to_string(limit.IsNull() ? 5 : limit.Int()) + "\n";
  out += "  Raft:\n   Snapshot Interval: " + Number(raft, "SnapshotInterval") + "\n";
  if (raft.Find("KeepOldSnapshots") != nullptr) {
    out += "   Number of Old Snapshots to Retain: " + Number(raft, "KeepOldSnapshots") + "\n";
  }
  out += "   Heartbeat Tick: " + Number(raft, "HeartbeatTick") +
         "\n   Election Tick: " + Number(raft, "ElectionTick") + "\n";
  out +=
      "  Dispatcher:\n   Heartbeat Period: " + duration(dispatcher.Int("HeartbeatPeriod")) + "\n";
  out += "  CA Configuration:\n   Expiry Duration: " + duration(ca.Int("NodeCertExpiry")) +
         "\n   Force Rotate: " + Number(ca, "ForceRotate") + "\n";
  const ValueList& external = ca.At("ExternalCAs").List();
  if (!external.empty()) {
    out += "   External CAs:\n";
    for (const Value& entry : external) {
      out += "     " + entry.Str("Protocol") + ": " + entry.Str("URL") + "\n";
    }
  }
  out +=
      "  Autolock Managers: " + Flag(spec.At("EncryptionConfig").Bool("AutoLockManagers")) + "\n";
  out += "  Root Rotation In Progress: " + Flag(cluster.Bool("RootRotationInProgress")) + "\n";
  return out;
}

std::string Swarm(const Value& swarm) {
  const std::string& state = swarm.Str("LocalNodeState");
  std::string out = Line("Swarm", state);
  if (state == "inactive" || state == "locked") return out;
  out += "  NodeID: " + swarm.Str("NodeID") + "\n";
  if (!swarm.Str("Error").empty()) out += "  Error: " + swarm.Str("Error") + "\n";
  out += "  Is Manager: " + Flag(swarm.Bool("ControlAvailable")) + "\n";
  if (swarm.Bool("ControlAvailable") && swarm.Str("Error").empty() && state != "error") {
    out += SwarmNumbers(swarm);
  }
  out += "  Node Address: " + swarm.Str("NodeAddr") + "\n";
  std::vector<std::string> managers;
  for (const Value& peer : swarm.At("RemoteManagers").List()) managers.push_back(peer.Str("Addr"));
  std::sort(managers.begin(), managers.end());
  if (!managers.empty()) {
    out += "  Manager Addresses:\n";
    for (const std::string& address : managers) out += "   " + address + "\n";
  }
  return out;
}

std::string Commit(const char* name, const Value& commit) {
  std::string text = commit.Str("ID");
  if (!commit.Str("Expected").empty() && commit.Str("Expected") != text) {
    text += " (expected: " + commit.Str("Expected") + ")";
  }
  return Line(std::string(name) + " version", text);
}

// "name=seccomp,profile=default".
std::string SecurityOptions(const Value& list) {
  if (list.List().empty()) return "";
  std::string out = " Security Options:\n";
  for (const Value& option : list.List()) {
    std::string name = option.Str();
    std::string rest;
    for (const std::string& part : opts::Split(option.Str(), ',')) {
      auto [key, value, found] = opts::Cut(part, '=');
      if (!found) continue;
      if (key == "name") {
        name = value;
      } else if (key == "profile") {
        rest += "   Profile: " + value + "\n";
      } else {
        rest += "   " + key + ": " + value + "\n";
      }
    }
    out += "  " + name + "\n" + rest;
  }
  return out;
}

std::string Runtimes(const Value& info) {
  if (info.At("Runtimes").Fields().empty()) return "";
  std::vector<std::string> names;
  for (const auto& [name, runtime] : info.At("Runtimes").Fields()) names.push_back(name);
  std::sort(names.begin(), names.end());
  return Line("Runtimes", Join(names, " ")) + Line("Default Runtime", info.Str("DefaultRuntime"));
}

std::string Linux(const Value& info) {
  if (info.Str("OSType") != "linux") return "";
  return Line("Init Binary", info.Str("InitBinary")) +
         Commit("containerd", info.At("ContainerdCommit")) + Commit("runc", info.At("RuncCommit")) +
         Commit("init", info.At("InitCommit")) + SecurityOptions(info.At("SecurityOptions"));
}

std::string Registries(const Value& info) {
  const Value& config = info.At("RegistryConfig");
  std::string insecure;
  for (const auto& [name, index] : config.At("IndexConfigs").Fields()) {
    if (!index.Bool("Secure")) insecure += "  " + index.Str("Name") + "\n";
  }
  for (const Value& range : config.At("InsecureRegistryCIDRs").List()) {
    insecure += "  " + range.Str() + "\n";
  }
  std::string out = insecure.empty() ? "" : " Insecure Registries:\n" + insecure;
  return out + ListBlock("Registry Mirrors", config.At("Mirrors").List());
}

std::string Debugging(const Value& info) {
  std::string out = Line("Debug Mode", Flag(info.Bool("Debug")));
  if (!info.Bool("Debug")) return out;
  return out + "  File Descriptors: " + Number(info, "NFd") +
         "\n  Goroutines: " + Number(info, "NGoroutines") +
         "\n  System Time: " + info.Str("SystemTime") +
         "\n  EventsListeners: " + Number(info, "NEventsListener") + "\n";
}

std::string AddressPools(const Value& info) {
  if (info.At("DefaultAddressPools").List().empty()) return "";
  std::string out = " Default Address Pools:\n";
  for (const Value& pool : info.At("DefaultAddressPools").List()) {
    out += "   Base: " + pool.Str("Base") + ", Size: " + Number(pool, "Size") + "\n";
  }
  return out;
}

}  // namespace

std::string ClientInfoText(const Value& client, const std::string& program) {
  (void)program;
  return "Client:\n Version:    " + client.Str("Version") +
         "\n Context:    " + client.Str("Context") +
         "\n Debug Mode: " + Flag(client.Bool("Debug")) + "\n";
}

std::string ServerInfoText(const Value& info, const std::string& username) {
  std::string out = Line("Containers", Number(info, "Containers"));
  out += "  Running: " + Number(info, "ContainersRunning") + "\n";
  out += "  Paused: " + Number(info, "ContainersPaused") + "\n";
  out += "  Stopped: " + Number(info, "ContainersStopped") + "\n";
  out += Line("Images", Number(info, "Images"));
  out += LineIf("Server Version", info.Str("ServerVersion"));
  out += Line("Storage Driver", info.Str("Driver")) + Pairs(info.At("DriverStatus"));
  out += LineIf("Logging Driver", info.Str("LoggingDriver"));
  out += LineIf("Cgroup Driver", info.Str("CgroupDriver"));
  out += LineIf("Cgroup Version", info.Str("CgroupVersion"));
  out += Plugins(info.At("Plugins"));
  out += ListBlock("CDI spec directories", info.At("CDISpecDirs").List());
  out += Swarm(info.At("Swarm")) + Runtimes(info) + Linux(info);
  out += LineIf("Kernel Version", info.Str("KernelVersion"));
  out += LineIf("Operating System", info.Str("OperatingSystem"));
  out += LineIf("OSType", info.Str("OSType")) + LineIf("Architecture", info.Str("Architecture"));
  out += Line("CPUs", Number(info, "NCPU"));
  out += Line("Total Memory", BytesSize(static_cast<double>(info.Int("MemTotal"))));
  out += LineIf("Name", info.Str("Name")) + LineIf("ID", info.Str("ID"));
  out += LineIf("Docker Root Dir", info.Str("DockerRootDir"));
  out += Debugging(info);
  out +=
      LineIf("HTTP Proxy", info.Str("HttpProxy")) + LineIf("HTTPS Proxy", info.Str("HttpsProxy"));
  out += LineIf("No Proxy", info.Str("NoProxy")) + LineIf("Username", username);
  out += ListBlock("Labels", info.At("Labels").List());
  out += Line("Experimental", Flag(info.Bool("ExperimentalBuild")));
  out += Registries(info);
  out += Line("Live Restore Enabled", Flag(info.Bool("LiveRestoreEnabled")));
  out += LineIf("Product License", info.Str("ProductLicense"));
  out += AddressPools(info);
  const Value& firewall = info.At("FirewallBackend");
  if (!firewall.IsNull()) {
    out += Line("Firewall Backend", firewall.Str("Driver")) + Pairs(firewall.At("Info"));
  }
  return out + "\n";
}

}  // namespace buoy::cli
