#include "daemon/metrics/metrics.h"

#include "daemon/metrics/process.h"

namespace buoy::metrics {
namespace {

// Which requests are dockerd's timed actions.
struct Action {
  const char *method, *route, *family, *label, *name;
};
constexpr Action kActions[] = {
    {"POST", "/containers/{name}/start", "container_actions", "action", "start"},
    {"GET", "/containers/{name}/changes", "container_actions", "action", "changes"},
    {"POST", "/commit", "container_actions", "action", "commit"},
    {"POST", "/containers/create", "container_actions", "action", "create"},
    {"DELETE", "/containers/{name}", "container_actions", "action", "delete"},
    {"GET", "/images/{name}/history", "image_actions", "action", "history"},
    {"DELETE", "/images/{name}", "image_actions", "action", "delete"},
    {"POST", "/networks/{id}/connect", "network_actions", "action", "connect"},
    {"GET", "/info", "host_info_functions", "function", "system_info"},
    {"GET", "/version", "host_info_functions", "function", "system_version"},
};

constexpr std::pair<const char*, const char*> kFamilies[] = {
    {"container_actions", "The number of seconds it takes to process each container action"},
    {"host_info_functions",
     "The number of seconds it takes to call functions gathering info about the host"},
    {"image_actions", "The number of seconds it takes to process each image action"},
    {"network_actions", "The number of seconds it takes to process each network action"},
};

void Head(std::string& out, const std::string& name, const char* type, const std::string& help) {
  out += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

void Single(std::string& out, const std::string& name, const char* type, const std::string& help,
            double value) {
  Head(out, name, type, help);
  out += name + " " + Number(value) + "\n";
}

void WriteEngine(std::string& out, const Facts& facts) {
  const std::string info = "engine_daemon_engine_info";
  Head(out, info, "gauge", "The information related to the engine and the OS it is running on");
  std::string labels;
  for (const auto& [key, value] : facts.engine) {
    labels += (labels.empty() ? "" : ",") + key + "=" + LabelValue(value);
  }
  out += info + "{" + labels + "} 1\n";
  Single(out, "engine_daemon_engine_cpus_cpus", "gauge",
         "The number of cpus that the host system of the engine has", facts.cpus);
  Single(out, "engine_daemon_engine_memory_bytes", "gauge",
         "The number of bytes of memory that the host system of the engine has",
         static_cast<double>(facts.memory));
  const std::string states = "engine_daemon_container_states_containers";
  Head(out, states, "gauge", "The count of containers in various states");
  for (const auto& [state, count] :
       {std::pair{"paused", facts.paused}, std::pair{"running", facts.running},
        std::pair{"stopped", facts.stopped}}) {
    out += states + "{state=\"" + state + "\"} " + std::to_string(count) + "\n";
  }
  Single(out, "engine_daemon_events_total", "counter", "The number of events logged",
         static_cast<double>(facts.events));
  Single(out, "engine_daemon_events_subscribers_total", "gauge",
         "The number of current subscribers to events", facts.event_subscribers);
}

void WriteProcess(std::string& out) {
  const ProcessUse use = ReadProcess("self");
  Single(out, "process_cpu_seconds_total", "counter",
         "Total user and system CPU time spent in seconds.", use.cpu_seconds);
  Single(out, "process_open_fds", "gauge", "Number of open file descriptors.", use.open_fds);
  Single(out, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.",
         static_cast<double>(use.resident));
  Single(out, "process_start_time_seconds", "gauge",
         "Start time of the process since unix epoch in seconds.", use.start_time);
  Single(out, "process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.",
         static_cast<double>(use.virtual_memory));
  Single(out, "buoy_threads", "gauge", "Threads of the daemon", use.threads);
}

void WriteShims(std::string& out, const std::string& exec_root) {
  const ShimUse use = ReadShims(exec_root);
  Single(out, "buoy_shims", "gauge", "Supervisors that run, one per container that needs it",
         use.count);
  Single(out, "buoy_shims_resident_memory_bytes", "gauge",
         "Resident memory of all supervisors together", static_cast<double>(use.resident));
}

}  // namespace

// dockerd shows its container actions from the beginning.
Metrics::Metrics() {
  for (const Action& action : kActions) {
    if (std::string_view(action.family) == "container_actions") {
      actions_[{action.family, action.name}].Observe(0);
    }
  }
}

void Metrics::Observe(const api::Observation& observation) {
  if (!enabled_) return;
  std::lock_guard lock(mutex_);
  requests_[{observation.method, observation.pattern, observation.status}].Observe(
      observation.seconds);
  if (observation.status >= 400) return;
  for (const Action& action : kActions) {
    if (observation.method != action.method || observation.pattern != action.route) continue;
    actions_[{action.family, action.name}].Observe(observation.seconds);
  }
}

void Metrics::WriteActions(std::string& out) const {
  for (const auto& [family, help] : kFamilies) {
    const std::string name = std::string("engine_daemon_") + family + "_seconds";
    const char* label = std::string_view(family) == "host_info_functions" ? "function" : "action";
    bool first = true;
    for (const auto& [key, histogram] : actions_) {
      if (key.first != family) continue;
      if (std::exchange(first, false)) Head(out, name, "histogram", help);
      histogram.Write(out, name, std::string(label) + "=\"" + key.second + "\"");
    }
  }
}

void Metrics::WriteRequests(std::string& out) const {
  if (requests_.empty()) return;
  const std::string name = "buoy_api_request_duration_seconds";
  Head(out, name, "histogram", "Time from a request's head to its answer; streams do not count");
  for (const auto& [key, histogram] : requests_) {
    histogram.Write(out, name,
                    "method=" + LabelValue(key.method) + ",route=" + LabelValue(key.route) +
                        ",status=\"" + std::to_string(key.status) + "\"");
  }
}

std::string Metrics::Text(const Facts& facts) const {
  std::string out;
  {
    std::lock_guard lock(mutex_);
    WriteRequests(out);
    WriteActions(out);
  }
  WriteShims(out, facts.exec_root);
  WriteEngine(out, facts);
  WriteProcess(out);
  return out;
}

}  // namespace buoy::metrics
