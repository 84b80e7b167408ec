#include "cli/command/each.h"
#include "cli/command/filters.h"
#include "cli/command/list.h"
#include "cli/command/node/node.h"
#include "cli/command/node/tasks.h"

namespace buoy::cli {
namespace {

struct Options {
  TaskListOptions list;
  Filters filters;
};

Result<ValueList> TasksOf(Cli& cli, const std::string& name, Filters filters) {
  BUOY_ASSIGN(std::string reference, NodeReference(cli, name));
  BUOY_ASSIGN(Value node, cli.Get("/nodes/" + api::EscapePath(reference)));
  filters.Add("node", node.Str("ID"));
  BUOY_ASSIGN(Value tasks, cli.Get("/tasks", api::Query().AddIf("filters", filters.Json())));
  return tasks.List();
}

Result<int> Run(Invocation& in, const Options& options) {
  ErrorList errors;
  ValueList tasks;
  const auto& names = in.args.empty() ? std::vector<std::string>{"self"} : in.args;
  for (const std::string& name : names) {
    auto found = TasksOf(in.cli, name, options.filters);
    if (!found.ok()) {
      errors.Add(found.error());
      continue;
    }
    tasks.insert(tasks.end(), found->begin(), found->end());
  }
  if (errors.empty() || !tasks.empty()) {
    Status printed = PrintTasks(in.cli, std::move(tasks), options.list);
    if (!printed.ok()) errors.Add(printed.error());
  }
  return errors.Finish();
}

}  // namespace

Command NodePs() {
  auto options = std::make_shared<Options>();
  return {.use = "ps [OPTIONS] [NODE...]",
          .brief = "List tasks running on one or more nodes, defaults to current node",
          .args = {},
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->list.no_trunc, "no-trunc", 0, "Do not truncate output");
                flags.Bool(&options->list.no_resolve, "no-resolve", 0, "Do not map IDs to Names");
                options->filters.AddFlag(flags, 'f', "Filter output based on conditions provided");
                flags.String(&options->list.format, "format", 0,
                             "Pretty-print tasks using a Go template");
                flags.Bool(&options->list.quiet, "quiet", 'q', "Only display task IDs");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
