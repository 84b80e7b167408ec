#include <algorithm>

#include "cli/command/node/node.h"
#include "cli/opts/text.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string role, availability;
  std::vector<std::string> add, remove;
};

Result<Value> ChangedLabels(const Value& before, const Options& options) {
  ValueFields labels = before.Fields();
  auto find = [&](const std::string& key) {
    return std::find_if(labels.begin(), labels.end(),
                        [&](const auto& label) { return label.first == key; });
  };
  for (const std::string& text : options.add) {
    auto [key, value, found] = opts::Cut(text, '=');
    if (auto label = find(key); label != labels.end()) {
      label->second = Value(value);
    } else {
      labels.emplace_back(key, value);
    }
  }
  for (const std::string& key : options.remove) {
    auto label = find(key);
    if (label == labels.end()) {
      return InvalidArgument("key " + key + " doesn't exist in node's labels");
    }
    labels.erase(label);
  }
  return Value::Object(std::move(labels));
}

Result<int> Run(Invocation& in, const Options& options) {
  auto change = [&](const Value&, Value& spec) -> Result<bool> {
    if (in.flags.Changed("role")) spec.Set("Role", options.role);
    if (in.flags.Changed("availability")) spec.Set("Availability", options.availability);
    BUOY_ASSIGN(Value labels, ChangedLabels(spec.At("Labels"), options));
    spec.Set("Labels", std::move(labels));
    return true;
  };
  BUOY_TRY(UpdateNodes(in.cli, in.args, change,
                       [&](const std::string& name) { in.cli.Out(name + "\n"); }));
  return 0;
}

}  // namespace

Command NodeUpdate() {
  auto options = std::make_shared<Options>();
  return {
      .use = "update [OPTIONS] NODE",
      .brief = "Update a node",
      .args = ExactArgs(1),
      .flags =
          [options](FlagSet& flags) {
            flags.String(&options->role, "role", 0, "Role of the node (\"worker\", \"manager\")");
            flags.String(&options->availability, "availability", 0,
                         "Availability of the node (\"active\", \"pause\", \"drain\")");
            flags.List(&options->add, "label-add", 0, "Add or update a node label (\"key=value\")");
            flags.List(&options->remove, "label-rm", 0, "Remove a node label if exists");
          },
      .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
