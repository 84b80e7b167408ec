#include "cli/command/node/tasks.h"

#include <algorithm>
#include <map>

#include "cli/command/list.h"
#include "cli/formatter/natural_sort.h"
#include "cli/opts/text.h"
#include "common/digest/digest.h"
#include "common/gotime/duration.h"
#include "common/gotime/time.h"
#include "common/reference/reference.h"

namespace buoy::cli {
namespace {

constexpr size_t kErrorWidth = 30;

// The names of services and nodes, asked for once each. An ID without one stands for itself.
class Names {
 public:
  Names(Cli& cli, bool ids_only) : cli_(cli), ids_only_(ids_only) {}

  std::string Of(const char* path, const std::string& id) {
    if (ids_only_) return id;
    auto [name, added] = known_.try_emplace(id, id);
    if (!added) return name->second;
    auto object = cli_.Get(path + api::EscapePath(id));
    if (!object.ok()) return id;
    for (const std::string& found :
         {object->At("Spec").Str("Name"), object->At("Description").Str("Hostname")}) {
      if (!found.empty()) return name->second = found;
    }
    return id;
  }

 private:
  Cli& cli_;
  const bool ids_only_;
  std::map<std::string, std::string> known_;
};

std::string ImageOf(const Value& task, bool trunc) {
  const std::string& image = task.At("Spec", "ContainerSpec").Str("Image");
  if (!trunc) return image;
  auto reference = Reference::ParseNormalized(image);
  if (!reference.ok() || reference->tag().empty()) return image;
  auto tagged = reference->Trimmed().WithTag(reference->tag());
  return tagged.ok() ? tagged->FamiliarString() : image;
}

std::string StateOf(const Value& status) {
  auto since = gotime::ParseRfc3339(status.Str("Timestamp"));
  const int64_t elapsed = since.ok() ? gotime::Sub(gotime::Now(), *since) : 0;
  return Capitalized(status.Str("State")) + " " + opts::Lower(gotime::HumanDuration(elapsed)) +
         " ago";
}

std::string ErrorOf(const Value& status, bool trunc) {
  const std::string& text = status.Str("Err");
  if (text.empty()) return "";
  return "\"" + (trunc ? Ellipsis(text, kErrorWidth) : text) + "\"";
}

std::string PortsOf(const Value& status) {
  std::vector<std::string> ports;
  for (const Value& port : status.At("PortStatus", "Ports").List()) {
    ports.push_back("*:" + std::to_string(port.Int("PublishedPort")) + "->" +
                    std::to_string(port.Int("TargetPort")) + "/" + port.Str("Protocol"));
  }
  return Join(ports, ",");
}

struct Named {
  std::string name;
  Value task;
};

bool Before(const Named& a, const Named& b) {
  if (a.name != b.name) return NaturalLess(a.name, b.name);
  auto at = [](const Named& named) {
    return gotime::ParseRfc3339(named.task.Str("CreatedAt")).value_or(gotime::Time{});
  };
  return gotime::Sub(at(a), at(b)) > 0;
}

Value Row(const Named& named, const std::string& name, const std::string& node, bool trunc) {
  const Value& task = named.task;
  const Value& status = task.At("Status");
  const std::string& id = task.Str("ID");
  return Value::Object({{"CurrentState", StateOf(status)},
                        {"DesiredState", Capitalized(task.Str("DesiredState"))},
                        {"Error", ErrorOf(status, trunc)},
                        {"ID", trunc ? ShortId(id) : id},
                        {"Image", ImageOf(task, trunc)},
                        {"Name", name},
                        {"Node", node},
                        {"Ports", PortsOf(status)}});
}

std::string FormatOf(Cli& cli, const TaskListOptions& options) {
  std::string format =
      ListFormat(options.format, options.quiet ? "" : cli.config().Get("tasksFormat"));
  if (format == "table") {
    return options.quiet ? "{{.ID}}"
                         : "table {{.ID}}\t{{.Name}}\t{{.Image}}\t{{.Node}}\t{{.DesiredState}}\t"
                           "{{.CurrentState}}\t{{.Error}}\t{{.Ports}}";
  }
  if (format == "raw") {
    return options.quiet ? "id: {{.ID}}"
                         : "id: {{.ID}}\nname: {{.Name}}\nimage: {{.Image}}\nnode: "
                           "{{.Node}}\ndesired_state: {{.DesiredState}}\ncurrent_state: "
                           "{{.CurrentState}}\nerror: {{.Error}}\nports: {{.Ports}}\n";
  }
  return format;
}

}  // namespace

Status PrintTasks(Cli& cli, ValueList tasks, const TaskListOptions& options) {
  Names names(cli, options.no_resolve);
  std::vector<Named> sorted;
  for (Value& task : tasks) {
    const std::string service = names.Of("/services/", task.Str("ServiceID"));
    const int64_t slot = task.Int("Slot");
    sorted.push_back(
        {service + "." + (slot != 0 ? std::to_string(slot) : task.Str("NodeID")), task});
  }
  std::stable_sort(sorted.begin(), sorted.end(), Before);
  const std::string format = FormatOf(cli, options);
  const std::string indent = IsTable(format) ? " \\_ " : "";
  ValueList rows;
  std::string previous;
  for (const Named& named : sorted) {
    const std::string name = named.name == previous ? indent + named.name : named.name;
    previous = named.name;
    rows.push_back(
        Row(named, name, names.Of("/nodes/", named.task.Str("NodeID")), !options.no_trunc));
  }
  const Value header = HeaderOf({{"ID", "ID"},
                                 {"Name", "NAME"},
                                 {"Image", "IMAGE"},
                                 {"Node", "NODE"},
                                 {"DesiredState", "DESIRED STATE"},
                                 {"CurrentState", "CURRENT STATE"},
                                 {"Error", "ERROR"},
                                 {"Ports", "PORTS"}});
  BUOY_ASSIGN(std::string out, FormatRows(format, header, rows));
  cli.Out(out);
  return Ok();
}

}  // namespace buoy::cli
