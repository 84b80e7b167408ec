#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/result/result.h"

namespace buoy::oci {

struct ProcessUser {
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::vector<uint32_t> additional_gids;  // starts with gid, as Docker's
  std::string home = "/";                 // of the passwd entry
};

// Resolves "user[:group]" (names or ids; empty = 0:0) against /etc/passwd and /etc/group below
// `root_fd` (the container's root file system, seen from outside). The files are opened without
// leaving that root, must be regular and at most 4 MiB. Ids need no entry; names do:
// "unable to find user foo: no matching entries in passwd file" (kInvalidArgument).
Result<ProcessUser> ResolveUser(int root_fd, const std::string& user,
                                const std::vector<std::string>& group_add);

// The same on the files' texts: pure.
Result<ProcessUser> ResolveUserIn(const std::string& passwd, const std::string& group,
                                  const std::string& user,
                                  const std::vector<std::string>& group_add);

}  // namespace buoy::oci
