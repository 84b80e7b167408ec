#include <charconv>

#include "api/server/routes/routes.h"
#include "api/server/status.h"

namespace buoy::api {

namespace {

Status Attach(ContainerBackend& backend, ApiRequest& request) {
  AttachOptions options;
  options.use_stdin = request.Bool("stdin");
  options.use_stdout = request.Bool("stdout");
  options.use_stderr = request.Bool("stderr");
  options.logs = request.Bool("logs");
  options.stream = request.Bool("stream");
  options.detach_keys = request.Get("detachKeys");
  return backend.Attach(request.var(), options, request);
}

// Docker takes whatever is no number for "all".
int64_t ParseTail(const std::string& text) {
  int64_t tail = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), tail);
  bool whole = code == std::errc() && end == text.data() + text.size();
  return !text.empty() && whole && tail >= 0 ? tail : -1;
}

Status Logs(ContainerBackend& backend, ApiRequest& request) {
  LogsOptions options;
  options.use_stdout = request.Bool("stdout");
  options.use_stderr = request.Bool("stderr");
  if (!options.use_stdout && !options.use_stderr) {
    return InvalidArgument("must specify at least one of 'stdout' or 'stderr'");
  }
  BUOY_ASSIGN_CONTEXT(options.since_ns, ParseUnixTimestamp(request.Get("since")),
                      "invalid value for \"since\"");
  if (std::string until = request.Get("until"); until != "0") {
    BUOY_ASSIGN_CONTEXT(options.until_ns, ParseUnixTimestamp(until), "invalid value for \"until\"");
  }
  options.follow = request.Bool("follow");
  options.timestamps = request.Bool("timestamps");
  options.details = request.Bool("details");
  options.tail = ParseTail(request.Get("tail"));
  return backend.Logs(request.var(), options, request);
}

Status Wait(ContainerBackend& backend, ApiRequest& request) {
  WaitCondition condition = WaitCondition::kNotRunning;
  // Conditions came with 1.30.
  std::string name = request.Before({1, 30}) ? "" : request.Get("condition");
  if (name == "next-exit") {
    condition = WaitCondition::kNextExit;
  } else if (name == "removed") {
    condition = WaitCondition::kRemoved;
  } else if (!name.empty() && name != "not-running") {
    return InvalidArgument("invalid condition: " + JsonQuote(name));
  }
  return backend.Wait(request.var(), condition, request);
}

Status Stats(ContainerBackend& backend, ApiRequest& request) {
  bool stream = request.BoolOr("stream", true);
  bool one_shot = !request.Before({1, 41}) && request.Bool("one-shot");
  if (stream && one_shot) return InvalidArgument("cannot have stream=true and one-shot=true");
  return backend.Stats(request.var(), stream, one_shot, request);
}

constexpr RouteRow<ContainerBackend> kRoutes[] = {
    {"POST", "/containers/{name}/attach", {1, 24}, Attach},
    {"GET", "/containers/{name}/logs", {1, 24}, Logs},
    {"POST", "/containers/{name}/wait", {1, 24}, Wait},
    {"GET", "/containers/{name}/stats", {1, 24}, Stats},
};

}  // namespace

std::vector<Route> ContainerStreamRoutes(ContainerBackend& backend) {
  return BindRoutes(backend, kRoutes);
}

}  // namespace buoy::api
