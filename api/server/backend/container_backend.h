#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/server/backend/filters.h"
#include "api/server/handover.h"
#include "common/archive/stream.h"
#include "common/result/result.h"
#include "common/types/container.h"
#include "common/types/exec.h"

// What the API asks of containers and execs. `ref` is a name or an id prefix; unknown ones are
// kNotFound "No such container: REF". Every method is thread-safe.
namespace buoy::api {

struct ContainerListOptions {
  bool all = false;
  bool size = false;
  int limit = 0;  // the last N created, running or not; 0 = no limit
  Filters filters;
};

struct ContainerRemoveOptions {
  bool force = false;
  bool remove_volumes = false;
  bool remove_link = false;
};

struct AttachOptions {
  bool logs = false;
  bool stream = false;
  bool use_stdin = false;
  bool use_stdout = false;
  bool use_stderr = false;
  std::string detach_keys;  // Docker's notation; empty = ctrl-p,ctrl-q
};

struct LogsOptions {
  bool follow = false;
  bool use_stdout = false;
  bool use_stderr = false;
  bool timestamps = false;
  bool details = false;
  int64_t since_ns = 0;  // 0 = from the beginning
  int64_t until_ns = 0;  // 0 = no end
  int64_t tail = -1;     // -1 = all
};

enum class WaitCondition { kNotRunning, kNextExit, kRemoved };

struct ArchiveGet {
  types::PathStat stat;
};

struct CreateOptions {
  std::string name;      // without slash; empty = generated
  std::string platform;  // os[/arch[/variant]]
};

class ContainerBackend {
 public:
  virtual ~ContainerBackend() = default;

  virtual Result<types::ContainerCreateResponse> Create(
      const types::ContainerCreateRequest& request, const CreateOptions& options) = 0;
  // kNotModified when it already runs.
  virtual Status Start(const std::string& ref, const std::string& detach_keys) = 0;
  // `signal` empty = the container's; `timeout` in seconds, nullopt = the container's, -1 = for
  // ever.
  virtual Status Stop(const std::string& ref, const std::string& signal,
                      std::optional<int> timeout) = 0;
  virtual Status Restart(const std::string& ref, const std::string& signal,
                         std::optional<int> timeout) = 0;
  virtual Status Kill(const std::string& ref, const std::string& signal) = 0;
  virtual Status Pause(const std::string& ref) = 0;
  virtual Status Unpause(const std::string& ref) = 0;
  virtual Status Remove(const std::string& ref, const ContainerRemoveOptions& options) = 0;
  virtual Status Rename(const std::string& ref, const std::string& new_name) = 0;
  virtual Status Resize(const std::string& ref, unsigned height, unsigned width) = 0;
  virtual Result<types::ContainerUpdateResponse> Update(
      const std::string& ref, const types::ContainerUpdateRequest& request) = 0;

  virtual Result<std::vector<types::ContainerSummary>> List(
      const ContainerListOptions& options) = 0;
  virtual Result<types::ContainerInspect> Inspect(const std::string& ref, bool size) = 0;
  virtual Result<types::ContainerTop> Top(const std::string& ref, const std::string& ps_args) = 0;
  virtual Result<types::ContainersPruneReport> Prune(const Filters& filters) = 0;

  // Answers one JSON ContainerWaitResponse when the condition holds.
  virtual Status Wait(const std::string& ref, WaitCondition condition, Handover& client) = 0;
  virtual Status Attach(const std::string& ref, const AttachOptions& options, Handover& client) = 0;
  virtual Status Logs(const std::string& ref, const LogsOptions& options, Handover& client) = 0;
  // One JSON document per second (or one, with one_shot/!stream) on the sink.
  virtual Status Stats(const std::string& ref, bool stream, bool one_shot, Handover& client) = 0;

  virtual Result<std::vector<types::FilesystemChange>> Changes(const std::string& ref) = 0;
  virtual Status Export(const std::string& ref, Handover& client) = 0;
  virtual Result<types::PathStat> StatPath(const std::string& ref, const std::string& path) = 0;
  // Calls `on_stat` before the first byte of the tar, so that its header can be sent.
  virtual Status GetArchive(const std::string& ref, const std::string& path, Handover& client,
                            const std::function<void(const types::PathStat&)>& on_stat) = 0;
  virtual Status PutArchive(const std::string& ref, const std::string& path, ByteSource& tar,
                            bool no_overwrite_dir_non_dir, bool copy_uid_gid) = 0;

  // Execs. Unknown ids are kNotFound "No such exec instance: ID".
  virtual Result<std::string> ExecCreate(const std::string& ref,
                                         const types::ExecCreateRequest& request) = 0;
  // Detached: returns once it runs; `client` is then not taken.
  virtual Status ExecStart(const std::string& id, const types::ExecStartRequest& request,
                           Handover& client) = 0;
  virtual Status ExecResize(const std::string& id, unsigned height, unsigned width) = 0;
  virtual Result<types::ExecInspect> ExecInspect(const std::string& id) = 0;
};

}  // namespace buoy::api
