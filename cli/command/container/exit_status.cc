#include "cli/command/container/exit_status.h"

#include <algorithm>
#include <thread>

namespace buoy::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kFirstPause = std::chrono::milliseconds(20);
constexpr auto kLongestPause = std::chrono::milliseconds(500);

}  // namespace

Result<Value> GetPatiently(Cli& cli, const std::string& path, std::chrono::milliseconds patience) {
  Clock::time_point end = Clock::now() + patience;
  std::chrono::milliseconds pause = kFirstPause;
  while (true) {
    auto answer = cli.Get(path);
    if (answer.ok() || answer.error().kind() != ErrorKind::kUnavailable) return answer;
    if (Clock::now() + pause > end) return answer;
    std::this_thread::sleep_for(pause);
    pause = std::min<std::chrono::milliseconds>(pause * 2, kLongestPause);
  }
}

}  // namespace buoy::cli
