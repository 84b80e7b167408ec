#include "daemon/oci/runtime.h"

#include "daemon/oci/runtime_cache.h"
#include "daemon/oci/runtime_probe.h"

namespace buoy::oci {
namespace {

constexpr char kRunc[] = "runc";
constexpr char kCrun[] = "crun";
constexpr char kContainerdRunc[] = "io.containerd.runc.v2";  // Docker's other name of runc

RuntimeKind KindOf(const std::string& path) {
  std::string base = path.substr(path.rfind('/') + 1);
  if (base.find(kCrun) != std::string::npos) return RuntimeKind::kCrun;
  if (base.find(kRunc) != std::string::npos) return RuntimeKind::kRunc;
  return RuntimeKind::kOther;
}

Runtime Make(const std::string& name, const std::string& path) {
  Runtime runtime;
  runtime.name = name;
  runtime.path = path;
  runtime.kind = KindOf(path);
  return runtime;
}

// Version and features, from the cache when this very binary was asked before.
void Query(Runtime& runtime, RuntimeCache& cache) {
  if (auto known = cache.Find(runtime.path)) {
    runtime.version = known->version;
    runtime.commit = known->commit;
    runtime.recursive_read_only = known->recursive_read_only;
    return;
  }
  QueryRuntime(runtime);
  if (runtime.version.empty()) return;  // it did not answer: ask again next time
  cache.Put(runtime.path,
            {runtime.version, runtime.commit, runtime.recursive_read_only, false, ""});
}

// Empty = a container runs with it.
std::string ProbeFailure(const Runtime& runtime, const std::string& scratch_dir,
                         RuntimeCache& cache) {
  auto facts = cache.Find(runtime.path);
  if (facts && facts->probed) return facts->probe_failure;
  auto probe = ProbeRuntime(runtime, scratch_dir);
  const std::string failure = probe.ok() ? "" : probe.error().message();
  if (facts) {
    facts->probed = true;
    facts->probe_failure = failure;
    cache.Put(runtime.path, *facts);
  }
  return failure;
}

}  // namespace

std::vector<std::string> Runtime::Command(const std::string& state_root,
                                          bool systemd_cgroup) const {
  std::vector<std::string> command = {path};
  command.insert(command.end(), args.begin(), args.end());
  command.insert(command.end(), {"--root", state_root});
  if (systemd_cgroup) command.push_back("--systemd-cgroup");
  return command;
}

Result<Runtimes> Runtimes::Open(const RuntimeOptions& options) {
  Runtimes result;
  RuntimeCache cache = RuntimeCache::Load(options.scratch_dir + "/runtime-cache.json");
  for (const char* name : {kRunc, kCrun}) {
    std::string path = FindRuntimeBinary(name);
    if (path.empty()) continue;
    Runtime runtime = Make(name, path);
    Query(runtime, cache);
    result.runtimes_[name] = std::move(runtime);
  }
  for (const auto& [name, config] : options.configured) {
    if (name == kRunc) return InvalidArgument("runtime name 'runc' is reserved");
    if (config.path.empty()) {
      return InvalidArgument("runtime " + name +
                             ": either a runtimeType or a path must be configured");
    }
    std::string path = FindRuntimeBinary(config.path);
    Runtime runtime = Make(name, path.empty() ? config.path : path);
    runtime.args = config.args;
    if (!path.empty()) Query(runtime, cache);
    result.runtimes_[name] = std::move(runtime);
  }
  bool has_runc = result.runtimes_.contains(kRunc), has_crun = result.runtimes_.contains(kCrun);
  std::string best = kRunc;
  if (!options.default_name.empty()) {
    best = options.default_name == kContainerdRunc ? kRunc : options.default_name;
  } else if (has_crun && !options.configured.contains(kCrun)) {
    result.fallback_reason_ = ProbeFailure(result.runtimes_[kCrun], options.scratch_dir, cache);
    if (result.fallback_reason_.empty()) best = kCrun;
  } else if (!has_crun) {
    result.fallback_reason_ = "crun is not installed";
  }
  cache.Save();
  // Users' scripts name runc: where only crun is installed it stands in.
  if (!has_runc && has_crun) result.runtimes_[kRunc] = Make(kRunc, result.runtimes_[kCrun].path);
  if (!result.runtimes_.contains(best)) {
    if (options.default_name.empty()) {
      return Unavailable("no OCI runtime found: install crun or runc");
    }
    return InvalidArgument("specified default runtime '" + options.default_name +
                           "' does not exist");
  }
  result.default_name_ = best;
  result.SealCopies();
  result.runtimes_[kContainerdRunc] = result.runtimes_[has_runc || has_crun ? kRunc : best];
  return result;
}

void Runtimes::SealCopies() {
  std::map<std::string, std::shared_ptr<const SealedProgram>> by_path;
  for (auto& [name, runtime] : runtimes_) {
    if (runtime.kind != RuntimeKind::kCrun) continue;
    auto& sealed = by_path[runtime.path];
    if (sealed == nullptr) {
      auto copy = SealedProgram::Copy(runtime.path);
      if (!copy.ok()) continue;  // it runs from its path
      sealed = std::make_shared<const SealedProgram>(*std::move(copy));
    }
    runtime.sealed = sealed;
  }
}

Result<Runtime> Runtimes::Find(const std::string& name) const {
  auto found = runtimes_.find(name.empty() ? default_name_ : name);
  if (found == runtimes_.end()) {
    return InvalidArgument("unknown or invalid runtime name: " + name);
  }
  return found->second;
}

}  // namespace buoy::oci
