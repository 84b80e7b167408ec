#pragma once

#include <string>

#include "cli/command/command.h"

namespace buoy::cli {

// Secrets and configs are the same but for their names and for who may read them.
struct PayloadKind {
  const char* noun;     // "secret"
  const char* title;    // "Secret"
  const char* plural;   // "secrets"
  const char* path;     // "/secrets"
  bool secret = false;  // has drivers and does not show its data
};

Command PayloadCreate(const PayloadKind& kind);
Command PayloadInspect(const PayloadKind& kind);
Command PayloadLs(const PayloadKind& kind);
Command PayloadRm(const PayloadKind& kind);

}  // namespace buoy::cli
