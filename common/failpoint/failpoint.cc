#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

namespace buoy::failpoint {

void Hit(const char* name);

namespace {

void HitArmed(const char* armed, const char* name) {
  const size_t length = strlen(name);
  if (strncmp(armed, name, length) != 0) return;
  long wanted = 1;
  if (armed[length] == ':') {
    wanted = strtol(armed + length + 1, nullptr, 10);
  } else if (armed[length] != '\0') {
    return;
  }
  static std::atomic<long> hits{0};
  if (++hits != wanted) return;
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

}  // namespace

// A point between two persisted steps. Kills the process by SIGKILL when BUOY_FAILPOINT (read once)
// is `name` or, when it is "name:N", at the Nth time. Costs one comparison when nothing is armed.
void Hit(const char* name) {
  static const char* const armed = getenv("BUOY_FAILPOINT");
  if (armed != nullptr) HitArmed(armed, name);
}

}  // namespace buoy::failpoint
