#pragma once

#include <string>
#include <vector>

namespace buoy::oci {

// path.Clean of Go: no ".", "..", double or trailing slashes.
std::string CleanPath(const std::string& path);
std::vector<std::string> SplitOn(const std::string& text, char separator);

bool IsPropagation(const std::string& word);
// The modes after a bind's second colon: at most one of each kind.
bool ValidMountMode(const std::string& mode);
bool ModeIsReadWrite(const std::string& mode);
// The propagation named in a mode; empty when none is.
std::string PropagationOf(const std::string& mode);

}  // namespace buoy::oci
