#include "api/server/routes/routes.h"

namespace buoy::api {

namespace {

constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kIndex[] =
    "buoyd is no Go program; what it can tell of itself:\n\n"
    "/debug/vars            memory, threads, descriptors, the command line (JSON)\n"
    "/debug/pprof/cmdline   the command line, its words ended by NUL\n"
    "/debug/pprof/threads   threads with their state and where they wait in the kernel\n"
    "/debug/pprof/heap      the allocator's own account (XML of malloc_info)\n\n"
    "For profiles and traces use perf(1) and gdb(1) on the process.\n";

// Without -D these paths do not exist.
Status Enabled(SystemBackend& backend) {
  return backend.Debugging() ? Ok() : NotFound("page not found");
}

Status Vars(SystemBackend& backend, ApiRequest& request) {
  BUOY_TRY(Enabled(backend));
  request.exchange().Reply(200, backend.DebugText("vars"), "application/json; charset=utf-8");
  return Ok();
}

Status Index(SystemBackend& backend, ApiRequest& request) {
  BUOY_TRY(Enabled(backend));
  request.exchange().Reply(200, kIndex, kText);
  return Ok();
}

Status Named(SystemBackend& backend, ApiRequest& request) {
  BUOY_TRY(Enabled(backend));
  // Docker's name for what its threads do.
  const std::string name = request.var() == "goroutine" ? "threads" : request.var();
  std::string text = backend.DebugText(name);
  if (text.empty()) {
    return NotImplemented("buoyd has no " + request.var() + " profile: see /debug/pprof/");
  }
  request.exchange().Reply(200, std::move(text), kText);
  return Ok();
}

constexpr RouteRow<SystemBackend> kRoutes[] = {
    {"GET", "/debug/vars", {1, 24}, Vars},
    {"GET", "/debug/pprof/", {1, 24}, Index},
    {"GET", "/debug/pprof/{name}", {1, 24}, Named},
};

}  // namespace

std::vector<Route> DebugRoutes(SystemBackend& backend) { return BindRoutes(backend, kRoutes); }

}  // namespace buoy::api
