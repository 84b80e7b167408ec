#include "daemon/shim/run_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "daemon/shim/text.h"

namespace buoy::shim {
namespace {

constexpr char kConfig[] = "config.json", kHealth[] = "health.json";
constexpr size_t kMaxFile = 4 << 20;

bool MakeFolders(const std::string& path) {
  for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    if (mkdir(path.substr(0, slash).c_str(), 0711) < 0 && errno != EEXIST) return false;
    if (slash == std::string::npos) return true;
  }
}

void WriteAgain(const char* name, const Fd& kept) {
  if (!kept || access(name, F_OK) == 0) return;
  const std::string source = "/proc/self/fd/" + Number(kept.get());
  if (!WriteSmallFile(name, ReadSmallFile(source.c_str(), kMaxFile))) {
    LogLine(ErrnoText(name, errno));
  }
}

}  // namespace

bool RunFolder::Enter(const std::string& path) {
  if (chdir(path.c_str()) < 0) return false;
  config_.reset(open(kConfig, O_RDONLY | O_CLOEXEC));
  health_.reset(open(kHealth, O_RDONLY | O_CLOEXEC));
  return true;
}

bool RunFolder::Restore(const std::string& path) {
  if (!MakeFolders(path) || chdir(path.c_str()) < 0) return false;
  WriteAgain(kConfig, config_);
  WriteAgain(kHealth, health_);
  return true;
}

}  // namespace buoy::shim
