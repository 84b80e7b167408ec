// buoyd: the daemon. Decides; holds no truth of its own; may be killed at any instruction.
#include <string>
#include <vector>

#include "daemon/server/run.h"

int main(int argc, char** argv) {
  return buoy::server::RunDaemon(argc > 0 ? argv[0] : "",
                                 std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
}
