#include "cli/command/container/container.h"

namespace buoy::cli {

Command ContainerGroup() {
  return {.use = "container", .brief = "Manage containers", .args = NoArgs(), .children = [] {
            return std::vector<Command>{
                ContainerCp(),     ContainerStats(),   ContainerUpdate(),  ContainerAttach(),
                ContainerCommit(), ContainerCreate(),  ContainerDiff(),    ContainerExec(),
                ContainerExport(), ContainerKill(),    ContainerInspect(), ContainerLogs(),
                ContainerLs(),     ContainerPause(),   ContainerPort(),    ContainerPrune(),
                ContainerRename(), ContainerRestart(), ContainerRm(),      ContainerRun(),
                ContainerStart(),  ContainerStop(),    ContainerTop(),     ContainerUnpause(),
                ContainerWait()};
          }};
}

Result<std::string> ContainerPath(const std::string& id, const std::string& suffix) {
  if (id.empty()) return InvalidArgument("invalid container name or ID: value is empty");
  return "/containers/" + api::EscapePath(id) + suffix;
}

Status PostContainer(Cli& cli, const std::string& id, const std::string& suffix, api::Query query) {
  BUOY_ASSIGN(std::string path, ContainerPath(id, suffix));
  BUOY_TRY(cli.Do("POST", path, std::move(query)));
  return Ok();
}

Result<Value> InspectContainer(Cli& cli, const std::string& id) {
  BUOY_ASSIGN(std::string path, ContainerPath(id, "/json"));
  return cli.Get(path);
}

}  // namespace buoy::cli
