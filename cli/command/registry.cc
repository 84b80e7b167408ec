#include "cli/command/registry.h"

#include "cli/command/container/container.h"
#include "cli/command/image/image.h"
#include "cli/command/network/network.h"
#include "cli/command/objects.h"
#include "cli/command/volume/volume.h"

namespace buoy::cli {

std::vector<Command> AllCommands() {
  return {Version(), NetworkGroup(), VolumeGroup(), Inspect(), ContainerPs(), Images(), ContainerGroup(),   ImageGroup(),      ContainerAttach(), ContainerCommit(),
          ContainerCreate(),  ContainerDiff(),   ContainerExec(),   ContainerExport(),
          ContainerKill(),    ContainerLogs(),   ContainerPause(),  ContainerPort(),
          ContainerRename(),  ContainerRestart(), ContainerRm(),    ContainerRun(),
          ContainerStart(),   ContainerStop(),   ContainerTop(),    ContainerUnpause(),
          ContainerWait(),    ImageImport(),     ImageLoad(),       ImagePull(),
          ImagePush(),        Rmi(),             ImageSave(),       ImageTag()};
}

}  // namespace buoy::cli
