#include "cli/command/container/run_container.h"

#include <chrono>
#include <thread>

#include "cli/command/container/container.h"
#include "cli/command/container/exit_status.h"
#include "cli/command/signals.h"

namespace buoy::cli {

void ForwardSignals(Cli& cli, const std::string& id) {
  SignalThread::Start(SignalThread::Forwardable(), [&cli, id](int signal) {
    std::string name = SignalName(signal);
    if (!name.empty()) (void)PostContainer(cli, id, "/kill", {{"signal", name}});
  });
}

Result<api::HijackedStream> AttachContainer(Cli& cli, const std::string& id,
                                            const StreamOptions& options) {
  BUOY_ASSIGN(api::Client * client, cli.client());
  BUOY_ASSIGN(std::string path, ContainerPath(id, "/attach"));
  api::Query query = {{"stream", "1"}};
  query.AddFlag("stdin", options.stdin_attached)
      .AddFlag("stdout", options.stdout_attached)
      .AddFlag("stderr", options.stderr_attached)
      .AddIf("detachKeys", options.detach_keys);
  return client->Hijack({.method = "POST", .path = path, .query = query});
}

Result<std::unique_ptr<api::ReplyStream>> OpenWait(Cli& cli, const std::string& id,
                                                   const std::string& condition) {
  BUOY_ASSIGN(api::Client * client, cli.client());
  BUOY_ASSIGN(std::string path, ContainerPath(id, "/wait"));
  return client->Open(
      {.method = "POST", .path = path, .query = api::Query().AddIf("condition", condition)});
}

Result<WaitResult> ReadWait(api::ReplyStream& wait) {
  BUOY_ASSIGN(std::string body, ReadAll(wait));
  if (body.empty()) return Internal("unexpected EOF");
  BUOY_ASSIGN(Value value, Value::Parse(body));
  return WaitResult{static_cast<int>(value.Int("StatusCode")), value.At("Error").Str("Message")};
}

namespace {

// The wait's connection broke off (it ended with the daemon where it could not be handed over): the
// state tells the exit status, unless the container is gone with it.
Result<int> StatusFromState(Cli& cli, const std::string& id) {
  BUOY_ASSIGN(std::string path, ContainerPath(id, "/json"));
  while (true) {
    BUOY_ASSIGN(Value container, GetPatiently(cli, path));
    const Value& state = container.At("State");
    if (!state.Bool("Running")) return static_cast<int>(state.Int("ExitCode"));
    auto wait = OpenWait(cli, id, "");
    if (!wait.ok()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));  // away again
      continue;
    }
    auto result = ReadWait(**wait);
    if (result.ok() && result->error.empty()) return result->status;
  }
}

}  // namespace

int ExitStatusOf(Cli& cli, const std::string& id, api::ReplyStream& wait) {
  auto result = ReadWait(wait);
  if (!result.ok()) {
    auto status = StatusFromState(cli, id);
    if (status.ok()) return *status;
    cli.Log("error", "error waiting for container: " + result.error().message());
    return 125;
  }
  if (!result->error.empty()) {
    cli.Log("error", "Error waiting for container: " + result->error);
    return 125;
  }
  return result->status;
}

}  // namespace buoy::cli
