#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/json/list.h"

namespace buoy::types {

struct ExecCreateRequest {
  std::string user;
  bool privileged = false;
  bool tty = false;
  std::vector<unsigned> console_size;  // height, width
  bool attach_stdin = false;
  bool attach_stderr = false;
  bool attach_stdout = false;
  std::string detach_keys;
  json::List<std::string> env;
  std::string working_dir;
  json::List<std::string> cmd;
};

struct ExecStartRequest {
  bool detach = false;
  bool tty = false;
  std::vector<unsigned> console_size;  // height, width
};

struct ExecProcessConfig {
  bool tty = false;
  std::string entrypoint;
  json::List<std::string> arguments;
  std::optional<bool> privileged;
  std::string user;
};

struct ExecInspect {
  std::string id;
  bool running = false;
  std::optional<int> exit_code;
  ExecProcessConfig process_config;
  bool open_stdin = false;
  bool open_stderr = false;
  bool open_stdout = false;
  bool can_remove = false;
  std::string container_id;
  std::string detach_keys;  // base64, as Go encodes []byte
  int pid = 0;
};

}  // namespace buoy::types
