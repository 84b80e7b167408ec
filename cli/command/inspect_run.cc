#include "cli/command/inspect_run.h"

#include <optional>

#include "cli/command/command.h"
#include "cli/command/each.h"
#include "cli/command/list.h"
#include "cli/formatter/template.h"

namespace buoy::cli {
namespace {

// Keys that the API leaves out when empty, and how Go prints them then.
constexpr std::pair<const char*, Value::Nil> kOptional[] = {
    {"Health", Value::Nil::kOmitPointer},     {"Healthcheck", Value::Nil::kOmitPointer},
    {"Init", Value::Nil::kOmitPointer},       {"StopTimeout", Value::Nil::kOmitPointer},
    {"Tmpfs", Value::Nil::kOmitMap},          {"Sysctls", Value::Nil::kOmitMap},
    {"Annotations", Value::Nil::kOmitMap},    {"StorageOpt", Value::Nil::kOmitMap},
    {"ExposedPorts", Value::Nil::kOmitMap},   {"SizeRw", Value::Nil::kOmitPointer},
    {"SizeRootFs", Value::Nil::kOmitPointer}, {"ManagerStatus", Value::Nil::kOmitPointer}};

bool IsMapKey(const std::string& key) {
  for (const char* name : {"Labels", "Volumes", "PortBindings", "Options", "Ports", "Networks",
                           "DriverOpts", "Data"}) {
    if (key == name) return true;
  }
  return false;
}

bool IsListKey(const std::string& key) {
  for (const char* name :
       {"Binds",       "Env",     "Cmd",           "Entrypoint",     "Links",
        "CapAdd",      "CapDrop", "ExtraHosts",    "VolumesFrom",    "GroupAdd",
        "SecurityOpt", "OnBuild", "Aliases",       "ExecIDs",        "DNSNames",
        "Mounts",      "Devices", "Ulimits",       "DeviceRequests", "DeviceCgroupRules",
        "MaskedPaths", "Shell",   "ReadonlyPaths", "RepoTags",       "RepoDigests",
        "Log"}) {
    if (key == name) return true;
  }
  return false;
}

// The object as Go's typed client sees it: nulls have types, left-out keys are there.
Value Typed(const Value& value) {
  if (value.kind() == Value::Kind::kList) {
    ValueList out;
    for (const Value& item : value.List()) out.push_back(Typed(item));
    return Value(std::move(out));
  }
  if (value.kind() != Value::Kind::kObject) return value;
  Value out = Value::Object();
  for (const auto& [key, item] : value.Fields()) {
    if (item.IsNull()) {
      out.Set(key, IsMapKey(key)    ? Value::Nil::kMap
                   : IsListKey(key) ? Value::Nil::kSlice
                                    : Value::Nil::kPointer);
    } else {
      out.Set(key, Typed(item));
    }
  }
  return out;
}

void AddOptional(Value& object, std::initializer_list<const char*> keys) {
  for (const auto& [name, nil] : kOptional) {
    for (const char* key : keys) {
      if (std::string_view(name) == key && object.Find(key) == nullptr) object.Set(key, nil);
    }
  }
}

// A node's texts are left out of the JSON when they are empty, but are fields of Go's struct.
void AddNodeTexts(Value& node) {
  Value spec = node.At("Spec");
  if (spec.Find("Name") == nullptr) spec.Set("Name", "");
  Value status = node.At("Status");
  for (const char* key : {"State", "Message", "Addr"}) {
    if (status.Find(key) == nullptr) status.Set(key, "");
  }
}

Result<std::string> Render(const Template& text, const std::string& json) {
  BUOY_ASSIGN(Value raw, Value::Parse(json));
  Value typed = Typed(raw);
  if (typed.Find("State") != nullptr && typed.Find("HostConfig") != nullptr) {
    Value state = typed.At("State");
    AddOptional(state, {"Health"});
    Value config = typed.At("Config");
    AddOptional(config, {"Healthcheck", "StopTimeout", "ExposedPorts"});
    Value host = typed.At("HostConfig");
    AddOptional(host, {"Init", "Tmpfs", "Sysctls", "Annotations", "StorageOpt"});
    AddOptional(typed, {"SizeRw", "SizeRootFs"});
  }
  const bool node = typed.Find("Description") != nullptr && typed.Find("Status") != nullptr;
  if (node) AddOptional(typed, {"ManagerStatus"});
  if (auto out = text.Execute(typed); out.ok()) return out;
  if (node) {
    AddNodeTexts(typed);
    if (auto out = text.Execute(typed); out.ok()) return out;
  }
  return text.Execute(raw);
}

}  // namespace

Result<int> RunInspect(Cli& cli, const std::vector<std::string>& names, const std::string& format,
                       const FetchObject& fetch) {
  bool json = format == "json";
  bool plain = format.empty() || json;
  std::optional<Template> text;
  if (!plain) {
    auto parsed = Template::Parse(format);
    if (!parsed.ok()) {
      return Exit(cli, 64, "template parsing error: " + parsed.error().message());
    }
    text = *std::move(parsed);
  }
  ErrorList errors;
  std::vector<std::string> objects;
  std::string out;
  for (const std::string& name : names) {
    auto object = fetch(name);
    if (!object.ok()) {
      errors.Add(object.error());
      continue;
    }
    objects.push_back(*object);
    if (plain) continue;
    auto rendered = Render(*text, *object);
    if (rendered.ok()) {
      out += *rendered + "\n";
    } else {
      errors.Add("template parsing error: " + rendered.error().message());
    }
  }
  if (plain) {
    std::string all = "[" + Join(objects, ",") + "]";
    out = (objects.empty() ? "[]" : json ? CompactJson(all) : IndentJson(all, "    ")) + "\n";
  } else if (out.empty()) {
    out = "\n";
  }
  cli.Out(out);
  return errors.Finish();
}

}  // namespace buoy::cli
