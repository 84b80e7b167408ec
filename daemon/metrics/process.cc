#include "daemon/metrics/process.h"

#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <sstream>

#include "common/unix/file.h"

namespace buoy::metrics {
namespace {

namespace fs = std::filesystem;

// Seconds since 1970 at which the machine started.
double BootTime() {
  timespec wall{}, up{};
  clock_gettime(CLOCK_REALTIME, &wall);
  clock_gettime(CLOCK_BOOTTIME, &up);
  return static_cast<double>(wall.tv_sec - up.tv_sec) +
         static_cast<double>(wall.tv_nsec - up.tv_nsec) / 1e9;
}

}  // namespace

ProcessUse ReadProcess(const std::string& pid) {
  ProcessUse use;
  const std::string folder = "/proc/" + pid;
  auto stat = ReadFile(folder + "/stat");
  if (!stat.ok()) return use;
  const size_t name_end = stat->rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return use;
  std::istringstream fields(stat->substr(name_end + 2));
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  std::string field;
  for (int number = 3; fields >> field; ++number) {  // numbered as in proc(5)
    const double value = std::strtod(field.c_str(), nullptr);
    if (number == 14 || number == 15) use.cpu_seconds += value / ticks;
    if (number == 20) use.threads = static_cast<int>(value);
    if (number == 22) use.start_time = BootTime() + value / ticks;
    if (number == 23) use.virtual_memory = static_cast<int64_t>(value);
    if (number == 24) use.resident = static_cast<int64_t>(value) * sysconf(_SC_PAGESIZE);
  }
  std::error_code error;
  for (fs::directory_iterator at(folder + "/fd", error), end; !error && at != end;
       at.increment(error)) {
    ++use.open_fds;
  }
  return use;
}

ShimUse ReadShims(const std::string& exec_root) {
  ShimUse use;
  std::error_code error;
  for (fs::directory_iterator at(exec_root + "/containers", error), end; !error && at != end;
       at.increment(error)) {
    auto pid = ReadFile((at->path() / "shim.pid").string(), 64);
    if (!pid.ok()) continue;
    const std::string digits = pid->substr(0, pid->find_first_not_of("0123456789"));
    if (digits.empty()) continue;
    const ProcessUse shim = ReadProcess(digits);
    if (shim.threads == 0) continue;
    ++use.count;
    use.resident += shim.resident;
  }
  return use;
}

}  // namespace buoy::metrics
