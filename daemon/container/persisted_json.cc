#include "daemon/container/persisted_json.h"

#include "common/json/codec.h"

namespace buoy {
// Instantiated in common/types/exec.cc.
extern template std::string ToJson<types::ExecCreateRequest>(const types::ExecCreateRequest&);
extern template Result<types::ExecCreateRequest> FromJson<types::ExecCreateRequest>(
    std::string_view);
}  // namespace buoy

namespace buoy::container {
namespace {

struct Details {
  std::string driver;
  std::string platform;
  json::Map<std::string> links;
  bool restart_pending = false;
};
template <class V>
void Fields(V& v, Details& s) {
  v("driver", s.driver);
  v("platform", s.platform);
  v("links", s.links, json::kOmitEmpty);
  v("restartPending", s.restart_pending, json::kOmitEmpty);
}

struct ExecJson {
  std::string id, container_id, detach_keys;
  json::Raw request;
  bool started = false, running = false;
  int pid = 0;
  std::optional<int> exit_code;
  int64_t ended_ns = 0;
};
template <class V>
void Fields(V& v, ExecJson& s) {
  v("id", s.id);
  v("container", s.container_id);
  v("detachKeys", s.detach_keys);
  v("request", s.request);
  v("started", s.started);
  v("running", s.running);
  v("pid", s.pid);
  v("exitCode", s.exit_code);
  v("ended", s.ended_ns);
}

}  // namespace

std::string EncodeDetails(const ContainerData& data) {
  Details details{data.driver, data.platform, {}, data.restart_pending};
  for (const auto& [alias, id] : data.links) details.links[alias] = id;
  return json::Dump(json::Encode(details));
}

Status DecodeDetails(const std::string& text, ContainerData& data) {
  BUOY_ASSIGN(Details details, FromJson<Details>(text));
  data.driver = details.driver;
  data.platform = details.platform;
  data.restart_pending = details.restart_pending;
  data.links.insert(details.links.begin(), details.links.end());
  return Ok();
}

std::string EncodeExec(const ExecRecord& exec) {
  ExecJson out{exec.id,      exec.container_id, exec.detach_keys, {ToJson(exec.request)},
               exec.started, exec.running,      exec.pid,         exec.exit_code,
               exec.ended_ns};
  return json::Dump(json::Encode(out));
}

Result<ExecRecord> DecodeExec(const std::string& text) {
  BUOY_ASSIGN(ExecJson in, FromJson<ExecJson>(text));
  BUOY_ASSIGN(types::ExecCreateRequest request,
              FromJson<types::ExecCreateRequest>(in.request.text));
  ExecRecord exec;
  exec.id = in.id;
  exec.container_id = in.container_id;
  exec.request = std::move(request);
  exec.detach_keys = in.detach_keys;
  exec.started = in.started;
  exec.running = in.running;
  exec.pid = in.pid;
  exec.exit_code = in.exit_code;
  exec.ended_ns = in.ended_ns;
  return exec;
}

}  // namespace buoy::container
