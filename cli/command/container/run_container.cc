#include "cli/command/container/run_container.h"

#include "cli/command/container/container.h"
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

int ExitStatusOf(Cli& cli, api::ReplyStream& wait) {
  auto result = ReadWait(wait);
  if (!result.ok()) {
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
