#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/unix/sealed_program.h"
#include "daemon/oci/cgroup_layout.h"

namespace buoy::oci {

enum class RuntimeKind { kRunc, kCrun, kOther };

// An OCI runtime as it is called: path, then args.
struct Runtime {
  std::string name;  // "runc", "crun" or the key in daemon.json's `runtimes`
  std::string path;
  std::vector<std::string> args;
  RuntimeKind kind = RuntimeKind::kRunc;
  std::string version;               // of `--version`, first line's last word
  std::string commit;                // or the version when it names none
  bool recursive_read_only = false;  // knows the "rro" mount option
  // Of crun, which starts faster from it; null when there is none.
  std::shared_ptr<const SealedProgram> sealed;

  // path + args + --root and, with the systemd driver, --systemd-cgroup: what the shim starts.
  std::vector<std::string> Command(const std::string& state_root, bool systemd_cgroup) const;
};

struct RuntimeConfig {
  std::string path;
  std::vector<std::string> args;
};

struct RuntimeOptions {
  std::map<std::string, RuntimeConfig> configured;  // `runtimes` of daemon.json
  std::string default_name;  // `default-runtime`; empty = the best one that works
  std::string scratch_dir;   // a folder for the probe's bundle, e.g. <exec-root>
};

// The runtimes of this daemon. Immutable once made; a reload makes a new one.
class Runtimes {
 public:
  // Probes crun by really running a process; falls back to runc when that fails. An unknown default
  // is an error with Docker's text.
  static Result<Runtimes> Open(const RuntimeOptions& options);

  // Empty = the default. kInvalidArgument "unknown or invalid runtime name: foo".
  Result<Runtime> Find(const std::string& name) const;
  const std::string& default_name() const { return default_name_; }
  // For /info: every name that works in --runtime.
  const std::map<std::string, Runtime>& all() const { return runtimes_; }
  // Why crun is not the default, for the log; empty when it is.
  const std::string& fallback_reason() const { return fallback_reason_; }

 private:
  void SealCopies();

  std::map<std::string, Runtime> runtimes_;
  std::string default_name_;
  std::string fallback_reason_;
};

// The message of the last error line in a runtime's log: JSON lines, logfmt or plain text; what
// fails to parse is returned as it is.
std::string LastRuntimeError(const std::string& log_text);

// Docker's view of a failed create or start.
struct StartFailure {
  Error error;    // kInvalidArgument or kInternal with Docker's text
  int exit_code;  // of the container: 127 not found, 126 not executable, else 128
};
// `runtime_text` is LastRuntimeError() or the runtime's stderr. `args` is the process's command
// line: crun does not always name what it could not run.
StartFailure CreateFailure(const std::string& runtime_text, const std::vector<std::string>& args);
// The same for exec; the text has "OCI runtime exec failed: ...".
StartFailure ExecFailure(const std::string& runtime_text, const std::vector<std::string>& args);

}  // namespace buoy::oci
