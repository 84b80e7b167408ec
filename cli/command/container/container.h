#pragma once

#include <string>
#include <vector>

#include "cli/command/command.h"

namespace buoy::cli {

// The group and its verbs, one file each.
Command ContainerGroup();

Command ContainerAttach();
Command ContainerCommit();
Command ContainerCp();
Command ContainerCreate();
Command ContainerDiff();
Command ContainerExec();
Command ContainerExport();
Command ContainerKill();
Command ContainerInspect();
Command ContainerLogs();
Command ContainerLs();
Command ContainerPs();
Command ContainerPause();
Command ContainerPort();
Command ContainerPrune();
Command ContainerRename();
Command ContainerRestart();
Command ContainerRm();
Command ContainerRun();
Command ContainerStart();
Command ContainerStats();
Command ContainerStop();
Command ContainerTop();
Command ContainerUnpause();
Command ContainerUpdate();
Command ContainerWait();

// "/containers/ID" + suffix; an empty ID is an error before any request.
Result<std::string> ContainerPath(const std::string& id, const std::string& suffix);

// POSTs "/containers/ID" + suffix.
Status PostContainer(Cli& cli, const std::string& id, const std::string& suffix,
                     api::Query query = {});
// GET /containers/ID/json.
Result<Value> InspectContainer(Cli& cli, const std::string& id);

}  // namespace buoy::cli
