#include "common/types/exec.h"

#include "common/json/codec.h"

namespace buoy::types {

template <class V>
void Fields(V& v, ExecCreateRequest& s) {
  v.Type("ExecConfig");
  v("User", s.user);
  v("Privileged", s.privileged);
  v("Tty", s.tty);
  v("ConsoleSize", s.console_size, json::kOmitEmpty);
  v("AttachStdin", s.attach_stdin);
  v("AttachStderr", s.attach_stderr);
  v("AttachStdout", s.attach_stdout);
  v("DetachKeys", s.detach_keys);
  v("Env", s.env);
  v("WorkingDir", s.working_dir);
  v("Cmd", s.cmd);
}
template <class V>
void Fields(V& v, ExecStartRequest& s) {
  v.Type("ExecStartCheck");
  v("Detach", s.detach);
  v("Tty", s.tty);
  v("ConsoleSize", s.console_size, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, ExecProcessConfig& s) {
  v("tty", s.tty);
  v("entrypoint", s.entrypoint);
  v("arguments", s.arguments);
  v("privileged", s.privileged, json::kOmitEmpty);
  v("user", s.user, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, ExecInspect& s) {
  v("ID", s.id);
  v("Running", s.running);
  v("ExitCode", s.exit_code);
  v("ProcessConfig", s.process_config);
  v("OpenStdin", s.open_stdin);
  v("OpenStderr", s.open_stderr);
  v("OpenStdout", s.open_stdout);
  v("CanRemove", s.can_remove);
  v("ContainerID", s.container_id);
  v("DetachKeys", s.detach_keys);
  v("Pid", s.pid);
}

}  // namespace buoy::types

namespace buoy {

BUOY_JSON_TYPE(types::ExecCreateRequest)
BUOY_JSON_TYPE(types::ExecStartRequest)
BUOY_JSON_TYPE(types::ExecInspect)

}  // namespace buoy
