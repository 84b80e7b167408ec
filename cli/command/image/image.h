#pragma once

#include <string>
#include <vector>

#include "cli/command/command.h"

namespace buoy::cli {

Command ImageGroup();

Command ImageHistory();
Command ImageImport();
Command ImageInspect();
Command ImageLoad();
Command ImageLs();
Command Images();
Command ImagePrune();
Command ImagePull();
Command ImagePush();
Command ImageRm();
Command Rmi();
Command ImageSave();
Command ImageTag();

// The "platforms" / "platform" parameter: {"os":"linux","architecture":"amd64"}.
Result<std::string> PlatformJson(const std::string& text);

}  // namespace buoy::cli
