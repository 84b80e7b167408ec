#pragma once

#include <string>
#include <string_view>

namespace buoy {

enum class RuntimeVerb { kCreate, kExec };

// What an OCI runtime said when it could not start a process, in runc's words, which are part of
// Docker's: "runc create failed: unable to start container process: exec: ...". Texts of runc stay
// as they are, apart from its `run`, which is Docker's create and start; crun's are translated
// (crun 1.8.1's src/libcrun). `program` is what was to be executed: crun does not always name it.
std::string InRuncsWords(std::string_view text, RuntimeVerb verb, std::string_view program);

// args[0] of the process in a bundle's config.json or of an exec's process.json; "" = none.
std::string ProgramOf(std::string_view json);

}  // namespace buoy
