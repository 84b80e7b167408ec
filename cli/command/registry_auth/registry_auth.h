#pragma once

#include "cli/command/command.h"

// What talks to a registry on the user's behalf without moving images.
namespace buoy::cli {

Command Login();
Command Logout();
Command Search();

}  // namespace buoy::cli
