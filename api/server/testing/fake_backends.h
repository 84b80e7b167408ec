#pragma once

#include <sys/socket.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/server/api_server.h"
#include "common/unix/file.h"

// Backends for tests of the API alone: they remember what they were asked and answer little.
namespace buoy::api {

class FakeContainers : public ContainerBackend {
 public:
  using Request = types::ContainerCreateRequest;

  Result<types::ContainerCreateResponse> Create(const Request& request,
                                                const CreateOptions& options) override {
    std::lock_guard lock(mutex);
    created = request;
    create_options = options;
    return types::ContainerCreateResponse{std::string(64, 'a'), {}};
  }
  Status Start(const std::string& ref, const std::string&) override { return Known(ref); }
  Status Stop(const std::string& ref, const std::string& signal,
              std::optional<int> timeout) override {
    stop_signal = signal;
    stop_timeout = timeout;
    return Known(ref);
  }
  Status Restart(const std::string& ref, const std::string&, std::optional<int>) override {
    return Known(ref);
  }
  Status Kill(const std::string& ref, const std::string&) override { return Known(ref); }
  Status Pause(const std::string& ref) override { return Known(ref); }
  Status Unpause(const std::string& ref) override { return Known(ref); }
  Status Remove(const std::string& ref, const ContainerRemoveOptions&) override {
    return Known(ref);
  }
  Status Rename(const std::string& ref, const std::string&) override { return Known(ref); }
  Status Resize(const std::string& ref, unsigned, unsigned) override { return Known(ref); }
  Result<types::ContainerUpdateResponse> Update(const std::string& ref,
                                                const types::ContainerUpdateRequest&) override {
    BUOY_TRY(Known(ref));
    return types::ContainerUpdateResponse{};
  }
  Result<std::vector<types::ContainerSummary>> List(const ContainerListOptions& options) override {
    std::lock_guard lock(mutex);
    list_options = options;
    types::ContainerSummary one;
    one.id = std::string(64, 'a');
    one.names = {"/web"};
    one.image = "busybox";
    one.command = "sleep 1";
    one.created = 1700000000;
    one.state = "running";
    one.status = "Up 2 minutes";
    return std::vector{one};
  }
  Result<types::ContainerInspect> Inspect(const std::string& ref, bool) override {
    BUOY_TRY(Known(ref));
    types::ContainerInspect inspect;
    inspect.id = std::string(64, 'a');
    inspect.config.hostname = "host";
    inspect.network_settings.networks["mynet"] = {};
    return inspect;
  }
  Result<types::ContainerTop> Top(const std::string&, const std::string&) override {
    return types::ContainerTop{};
  }
  Result<types::ContainersPruneReport> Prune(const Filters&) override {
    return types::ContainersPruneReport{};
  }
  // Blocks until Release() or until the client has gone.
  Status Wait(const std::string& ref, WaitCondition, Handover& client) override;
  // Hands the connection to a thread that echoes.
  Status Attach(const std::string& ref, const AttachOptions&, Handover& client) override;
  Status Logs(const std::string& ref, const LogsOptions& options, Handover& client) override;
  Status Stats(const std::string&, bool, bool, Handover&) override { return Ok(); }
  Result<std::vector<types::FilesystemChange>> Changes(const std::string&) override {
    return std::vector<types::FilesystemChange>{};
  }
  Status Export(const std::string&, Handover& client) override;
  Result<types::PathStat> StatPath(const std::string&, const std::string&) override {
    return types::PathStat{"etc", 4096, 0, "", ""};
  }
  Status GetArchive(const std::string&, const std::string&, Handover&,
                    const std::function<void(const types::PathStat&)>&) override {
    return Ok();
  }
  Status PutArchive(const std::string&, const std::string&, ByteSource& tar, bool, bool) override;
  Result<std::string> ExecCreate(const std::string& ref, const types::ExecCreateRequest&) override {
    BUOY_TRY(Known(ref));
    return std::string("exec1");
  }
  Status ExecStart(const std::string&, const types::ExecStartRequest& start,
                   Handover& client) override {
    return start.detach ? Ok() : Attach("web", {}, client);
  }
  Status ExecResize(const std::string&, unsigned, unsigned) override { return Ok(); }
  Result<types::ExecInspect> ExecInspect(const std::string&) override {
    return types::ExecInspect{};
  }

  ~FakeContainers() override;

  std::mutex mutex;
  Request created;
  CreateOptions create_options;
  ContainerListOptions list_options;
  std::string stop_signal;
  std::optional<int> stop_timeout;
  std::atomic<uint64_t> uploaded = 0;
  std::atomic<int> waiting = 0;
  std::atomic<int> gone = 0;
  std::atomic<bool> released = false;

 private:
  static Status Known(const std::string& ref) {
    if (ref == "web") return Ok();
    if (ref == "stopped") return NotModified();
    return NotFound("No such container: " + ref);
  }
  std::vector<std::thread> echoes_;
};

class FakeImages : public ImageBackend {
 public:
  Result<std::vector<types::ImageSummary>> List(const ImageListOptions&) override {
    types::ImageSummary image;
    image.id = "sha256:" + std::string(64, 'b');
    image.size = 42;
    return std::vector{image};
  }
  Result<types::ImageInspect> Inspect(const std::string& ref) override {
    inspected = ref;
    types::ImageInspect image;
    image.size = 42;
    image.os = "linux";
    image.architecture = "amd64";
    return image;
  }
  Result<std::vector<types::ImageHistoryItem>> History(const std::string&) override {
    return std::vector<types::ImageHistoryItem>{};
  }
  Status Tag(const std::string&, const std::string&, const std::string&) override { return Ok(); }
  Result<std::vector<types::ImageDeleteItem>> Remove(const std::string&, bool, bool) override {
    return std::vector<types::ImageDeleteItem>{};
  }
  Result<types::ImagesPruneReport> Prune(const Filters&) override {
    return types::ImagesPruneReport{};
  }
  Status Load(ByteSource& tar, bool, const std::string&, const ProgressSink& progress) override;
  Status Import(ByteSource&, const ImageImportOptions&, const ProgressSink&) override {
    return Ok();
  }
  Status Save(const std::vector<std::string>&, const std::string&,
              const std::function<Result<ByteSink*>()>& begin) override;
  Status Pull(const ImagePullOptions& options, const ProgressSink& progress) override;
  Status Push(const ImagePushOptions&, const ProgressSink&) override { return Ok(); }
  Result<std::vector<types::ImageSearchResult>> Search(const std::string&, int, const Filters&,
                                                       const std::string&) override {
    return std::vector<types::ImageSearchResult>{};
  }
  Result<types::DistributionInspect> InspectDistribution(const std::string& ref,
                                                         const std::string&) override {
    types::DistributionInspect found;
    found.descriptor.digest = "digest of " + ref;
    found.platforms = json::List<types::OciPlatform>::Empty();
    return found;
  }
  Result<std::string> Authenticate(const std::string&) override { return std::string("token"); }
  Result<std::string> Commit(const ImageCommitOptions&) override { return std::string("sha256:c"); }

  std::string inspected;
  ImagePullOptions pulled;
};

class FakeNetworks : public NetworkBackend {
 public:
  Result<std::vector<types::NetworkResource>> List(const Filters&) override {
    return std::vector<types::NetworkResource>{};
  }
  Result<types::NetworkResource> Inspect(const std::string&, bool, const std::string&) override {
    return types::NetworkResource{};
  }
  Result<types::NetworkCreateResponse> Create(const types::NetworkCreateRequest&) override {
    return types::NetworkCreateResponse{};
  }
  Status Remove(const std::string&) override { return Ok(); }
  Status Connect(const std::string&, const types::NetworkConnectRequest&) override { return Ok(); }
  Status Disconnect(const std::string&, const types::NetworkDisconnectRequest&) override {
    return Ok();
  }
  Result<types::NetworksPruneReport> Prune(const Filters&) override {
    return types::NetworksPruneReport{};
  }
};

class FakeVolumes : public VolumeBackend {
 public:
  Result<types::VolumeList> List(const Filters&) override { return types::VolumeList{}; }
  Result<types::Volume> Inspect(const std::string& name) override {
    return NotFound("get " + name + ": no such volume");
  }
  Result<types::Volume> Create(const types::VolumeCreateRequest&) override {
    return types::Volume{};
  }
  Status Remove(const std::string&, bool) override { return Ok(); }
  Result<types::VolumesPruneReport> Prune(const Filters&) override {
    return types::VolumesPruneReport{};
  }
};

class FakeSystem : public SystemBackend {
 public:
  Result<types::SystemInfo> Info() override { return types::SystemInfo{}; }
  Result<types::SystemVersion> Version() override {
    types::SystemVersion version;
    version.version = "0.1";
    version.api_version = "1.51";
    version.min_api_version = "1.24";
    version.os = "linux";
    version.arch = "amd64";
    return version;
  }
  Result<types::DiskUsage> DiskUsage(const DiskUsageOptions&) override {
    return types::DiskUsage{};
  }
  Status Events(const EventsOptions&, Handover& client) override {
    BUOY_ASSIGN(ByteSink * out, client.Answer(StreamKind::kBodyJson));
    return out->Write("{\"Type\":\"container\",\"Action\":\"start\"}\n");
  }
  std::string SwarmStatus() override { return "inactive"; }
  Result<std::string> Config() override { return std::string("{}"); }
  Result<std::string> ReloadConfig(bool dry_run) override {
    return std::string(dry_run ? "{\"DryRun\":true}" : "{}");
  }
  Result<std::string> CheckStore(bool) override { return std::string("{}"); }
  bool Debugging() override { return true; }
  std::string DebugText(const std::string& name) override { return name == "vars" ? "{}" : ""; }
};

class FakeSwarm : public SwarmBackend {
 public:
  types::SwarmNodeInfo Info() override { return {}; }
  Result<std::string> Init(types::SwarmInitRequest request) override {
    initialized = std::move(request);
    return std::string("node1");
  }
  Status Join(types::SwarmJoinRequest) override { return Ok(); }
  Status Leave(bool force) override { return force ? Ok() : Status(Unavailable("a manager")); }
  Result<types::Swarm> Inspect() override { return types::Swarm{}; }
  Status Update(types::SwarmSpec, const SwarmUpdateOptions& options) override {
    updated = options;
    return Ok();
  }
  Status Unlock(const std::string&) override { return Conflict("swarm is not locked"); }
  Result<std::string> UnlockKey() override { return std::string("SWMKEY-1-x"); }
  Result<std::vector<types::Node>> Nodes(const Filters&) override {
    return std::vector<types::Node>{};
  }
  Result<types::Node> InspectNode(const std::string& ref) override {
    return NotFound("node " + ref + " not found");
  }
  Status UpdateNode(const std::string&, uint64_t, types::NodeSpec) override { return Ok(); }
  Status RemoveNode(const std::string&, bool) override { return Ok(); }
  Status CheckManager() override { return Ok(); }

  types::SwarmInitRequest initialized;
  SwarmUpdateOptions updated;
};

class FakeUpgrade : public UpgradeBackend {
 public:
  Result<UpgradeReport> Upgrade(const UpgradeOptions& options) override {
    asked = options;
    if (options.path == "/bad") return Internal("upgrade failed: bad");
    return UpgradeReport{42, "0.2"};
  }
  UpgradeOptions asked;
};

// A whole API over fakes, listening on a unix socket.
struct FakeDaemon {
  FakeContainers containers;
  FakeImages images;
  FakeNetworks networks;
  FakeVolumes volumes;
  FakeSwarm swarm;
  FakeSystem system;
  FakeUpgrade upgrade;
  std::unique_ptr<ApiServer> server;

  Status Start(const std::string& socket_path, EngineOptions engine = {});
};

}  // namespace buoy::api
