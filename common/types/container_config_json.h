#pragma once

// Fields() of what containers and images share.
#include "common/json/codec.h"
#include "common/types/container.h"

namespace buoy::types {

template <class V>
void Fields(V& v, HealthConfig& s) {
  v.Type("HealthcheckConfig");
  v("Test", s.test, json::kOmitEmpty);
  v("Interval", s.interval, json::kOmitEmpty);
  v("Timeout", s.timeout, json::kOmitEmpty);
  v("StartPeriod", s.start_period, json::kOmitEmpty);
  v("StartInterval", s.start_interval, json::kOmitEmpty);
  v("Retries", s.retries, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, ContainerConfig& s) {
  v.Type("Config");
  v("Hostname", s.hostname);
  v("Domainname", s.domainname);
  v("User", s.user);
  v("AttachStdin", s.attach_stdin);
  v("AttachStdout", s.attach_stdout);
  v("AttachStderr", s.attach_stderr);
  v("ExposedPorts", s.exposed_ports, json::kOmitEmpty);
  v("Tty", s.tty);
  v("OpenStdin", s.open_stdin);
  v("StdinOnce", s.stdin_once);
  v("Env", s.env);
  v("Cmd", s.cmd);
  v("Healthcheck", s.healthcheck, json::kOmitEmpty);
  v("ArgsEscaped", s.args_escaped, json::kOmitEmpty);
  v("Image", s.image);
  v("Volumes", s.volumes);
  v("WorkingDir", s.working_dir);
  v("Entrypoint", s.entrypoint);
  v("NetworkDisabled", s.network_disabled, json::kOmitEmpty);
  v("MacAddress", s.mac_address, json::kOmitEmpty);
  v("OnBuild", s.on_build);
  v("Labels", s.labels);
  v("StopSignal", s.stop_signal, json::kOmitEmpty);
  v("StopTimeout", s.stop_timeout, json::kOmitEmpty);
  v("Shell", s.shell, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, GraphDriverData& s) {
  v("Data", s.data);
  v("Name", s.name);
}

}  // namespace buoy::types
