#pragma once

#include <string>

// The daemon's directory tree. Whoever needs a path builds it from here.
//
// <data-root> (/var/lib/buoy), 0710
//   buoy.db                     SQLite in WAL mode: all state the daemon has of its own
//   engine-id                   the ID of /info
//   lock                        held by the daemon that uses this root
//   blobs/sha256/<hex>          manifests, configs and layers as they were pulled
//   overlay/<chain id>/diff     unpacked layers
//   containers/<id>/            <id>-json.log hosts hostname resolv.conf journal
//     rw/{upper,work}           the container's own layer
//     rootfs                    mount point
//   volumes/<name>/_data
//   tmp/                        emptied at every start
// <exec-root> (/var/run/buoy), 0711, gone after a reboot
//   containers/<id>/            config.json shim.sock shim.pid ...
//   netns/<12 hex>              network namespaces, bind mounted
//   runtime/                    --root of the OCI runtime
//   buoyd.pid
namespace buoy::config {

inline constexpr char kDefaultDataRoot[] = "/var/lib/buoy";
inline constexpr char kDefaultExecRoot[] = "/var/run/buoy";
inline constexpr char kDefaultPidfile[] = "/var/run/buoy/buoyd.pid";
inline constexpr char kDefaultConfigFile[] = "/etc/docker/daemon.json";
inline constexpr char kDefaultSocket[] = "/var/run/docker.sock";

struct Paths {
  std::string data_root = kDefaultDataRoot;
  std::string exec_root = kDefaultExecRoot;

  std::string Database() const { return data_root + "/buoy.db"; }
  std::string EngineId() const { return data_root + "/engine-id"; }
  std::string Lock() const { return data_root + "/lock"; }
  std::string Blobs() const { return data_root + "/blobs"; }
  std::string Containers() const { return data_root + "/containers"; }
  std::string Volumes() const { return data_root + "/volumes"; }
  std::string Tmp() const { return data_root + "/tmp"; }
  std::string ExecContainers() const { return exec_root + "/containers"; }
  std::string Netns() const { return exec_root + "/netns"; }
  std::string RuntimeState() const { return exec_root + "/runtime"; }
};

}  // namespace buoy::config
