#pragma once

namespace buoy::server {

// Gives back what a process at rest does not need: free heap, and the pages of programs and
// libraries that only start-up or the last request used. The kernel keeps those in its cache and
// maps them again when they are wanted.
void ReleaseIdleMemory();

}  // namespace buoy::server
