#include "cli/command/registry.h"

#include "cli/command/checkpoint/checkpoint.h"
#include "cli/command/container/container.h"
#include "cli/command/context/context.h"
#include "cli/command/image/image.h"
#include "cli/command/manifest/manifest.h"
#include "cli/command/network/network.h"
#include "cli/command/node/node.h"
#include "cli/command/objects.h"
#include "cli/command/registry_auth/registry_auth.h"
#include "cli/command/swarm/swarm.h"
#include "cli/command/system/system.h"
#include "cli/command/volume/volume.h"

namespace buoy::cli {

std::vector<Command> AllCommands(const std::string& program) {
  return {SwarmGroup(),
          NodeGroup(),
          SecretGroup(),
          ConfigGroup(),
          CheckpointGroup(),
          ContextGroup(),
          Info(),
          Events(),
          SystemGroup(program != "docker"),
          Login(),
          Logout(),
          Search(),
          ManifestGroup(),
          ContainerCp(),
          ContainerStats(),
          ContainerUpdate(),
          ImageHistory(),
          Version(),
          NetworkGroup(),
          VolumeGroup(),
          Inspect(),
          ContainerPs(),
          Images(),
          ContainerGroup(),
          ImageGroup(),
          ContainerAttach(),
          ContainerCommit(),
          ContainerCreate(),
          ContainerDiff(),
          ContainerExec(),
          ContainerExport(),
          ContainerKill(),
          ContainerLogs(),
          ContainerPause(),
          ContainerPort(),
          ContainerRename(),
          ContainerRestart(),
          ContainerRm(),
          ContainerRun(),
          ContainerStart(),
          ContainerStop(),
          ContainerTop(),
          ContainerUnpause(),
          ContainerWait(),
          ImageImport(),
          ImageLoad(),
          ImagePull(),
          ImagePush(),
          Rmi(),
          ImageSave(),
          ImageTag()};
}

}  // namespace buoy::cli
