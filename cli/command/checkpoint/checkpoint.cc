#include "cli/command/checkpoint/checkpoint.h"

#include "cli/command/container/container.h"
#include "cli/command/list.h"

namespace buoy::cli {
namespace {

// The flag that all three have.
void DirFlag(FlagSet& flags, std::string* dir) {
  flags.String(dir, "checkpoint-dir", 0, "Use a custom checkpoint storage directory");
}

struct CreateOptions {
  std::string dir;
  bool leave_running = false;
};

Command Create() {
  auto options = std::make_shared<CreateOptions>();
  return {.use = "create [OPTIONS] CONTAINER CHECKPOINT",
          .brief = "Create a checkpoint from a running container",
          .args = ExactArgs(2),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->leave_running, "leave-running", 0,
                           "Leave the container running after checkpoint");
                DirFlag(flags, &options->dir);
              },
          .run = [options](Invocation& in) -> Result<int> {
            BUOY_ASSIGN(std::string path, ContainerPath(in.args[0], "/checkpoints"));
            Value body = Value::Object();
            body.Set("CheckpointID", in.args[1])
                .Set("CheckpointDir", options->dir)
                .Set("Exit", !options->leave_running);
            BUOY_TRY(in.cli.Do("POST", path, {}, body.Dump(true)));
            in.cli.Out(in.args[1] + "\n");
            return 0;
          }};
}

Command Ls() {
  auto dir = std::make_shared<std::string>();
  return {.use = "ls [OPTIONS] CONTAINER",
          .brief = "List checkpoints for a container",
          .other_names = {"list"},
          .args = ExactArgs(1),
          .flags = [dir](FlagSet& flags) { DirFlag(flags, dir.get()); },
          .run = [dir](Invocation& in) -> Result<int> {
            BUOY_ASSIGN(std::string path, ContainerPath(in.args[0], "/checkpoints"));
            BUOY_ASSIGN(Value list, in.cli.Get(path, api::Query().AddIf("dir", *dir)));
            Value header = HeaderOf({{"Name", "CHECKPOINT NAME"}});
            BUOY_ASSIGN(std::string out, FormatRows("table {{.Name}}", header, list.List()));
            in.cli.Out(out);
            return 0;
          }};
}

Command Rm() {
  auto dir = std::make_shared<std::string>();
  return {.use = "rm [OPTIONS] CONTAINER CHECKPOINT",
          .brief = "Remove a checkpoint",
          .other_names = {"remove"},
          .args = ExactArgs(2),
          .flags = [dir](FlagSet& flags) { DirFlag(flags, dir.get()); },
          .run = [dir](Invocation& in) -> Result<int> {
            BUOY_ASSIGN(std::string path,
                        ContainerPath(in.args[0], "/checkpoints/" + api::EscapePath(in.args[1])));
            BUOY_TRY(in.cli.Do("DELETE", path, api::Query().AddIf("dir", *dir)));
            return 0;
          }};
}

}  // namespace

Command CheckpointGroup() {
  return {.use = "checkpoint",
          .brief = "Manage checkpoints",
          .args = NoArgs(),
          .children =
              [] {
                return std::vector<Command>{Create(), Ls(), Rm()};
              },
          .min_version = "1.25",
          .experimental = true};
}

}  // namespace buoy::cli
