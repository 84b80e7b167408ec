#include "daemon/server/run.h"

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "common/version/version.h"
#include "daemon/config/command_line.h"
#include "daemon/config/help.h"
#include "daemon/config/load.h"
#include "daemon/logging/log.h"
#include "daemon/server/options.h"
#include "daemon/server/predecessor.h"
#include "daemon/server/service.h"
#include "daemon/server/signals.h"

namespace buoy::server {
namespace {

int Fail(const std::string& message) {
  fprintf(stderr, "%s\n", message.c_str());
  return 1;
}

// Few arenas and early returns to the kernel: an idle daemon is to be small.
void TuneAllocator() {
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_TRIM_THRESHOLD, 128 * 1024);
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

// Where to find the program when it has been replaced on disk: the name it was started by (perhaps
// a link to another release meanwhile), else its file.
std::string ProgramPath(const std::string& name) {
  std::error_code error;
  if (name.find('/') != std::string::npos) {
    const auto path = std::filesystem::absolute(name, error);
    if (!error) return path.lexically_normal().string();
  }
  std::string path = std::filesystem::read_symlink("/proc/self/exe", error).string();
  constexpr std::string_view kDeleted = " (deleted)";
  if (path.ends_with(kDeleted)) path.resize(path.size() - kDeleted.size());
  return path;
}

// All that can go wrong before the daemon is asked to take anything over.
Result<config::Settings> LoadSettings(const config::CommandLine& command_line) {
  BUOY_ASSIGN(config::Settings settings, config::Load(command_line));
  if (geteuid() != 0 && !command_line.validate) {
    return Forbidden(
        "dockerd needs to be started with root privileges. To run dockerd in rootless mode "
        "as an unprivileged user, see https://docs.docker.com/go/rootless/");
  }
  return settings;
}

int Serve(const std::string& program, const std::vector<std::string>& arguments,
          config::CommandLine command_line, config::Settings settings,
          std::unique_ptr<Predecessor> predecessor) {
  TuneAllocator();
  umask(0);
  ApplyLogSettings(settings);
  auto signals = Signals::Create();
  if (!signals.ok()) return Fail(signals.error().message());
  auto service = Service::Start({ProgramPath(program), arguments, std::move(command_line)},
                                std::move(settings), std::move(predecessor));
  if (!service.ok()) return Fail(service.error().message());
  return (*service)->Run(*signals);
}

}  // namespace

int RunDaemon(const std::string& program, const std::vector<std::string>& arguments) {
  auto predecessor = Predecessor::FromEnvironment();
  if (!predecessor.ok()) return Fail(predecessor.error().message());
  const auto fail = [&predecessor](const std::string& message) {
    if (*predecessor != nullptr) (*predecessor)->Refuse(message);
    return Fail(message);
  };
  auto parsed = config::ParseCommandLine(arguments);
  if (!parsed.ok()) return fail(parsed.error().message());
  if (parsed->help) {
    fputs(config::HelpText().c_str(), stdout);
    return 0;
  }
  if (parsed->version) {
    printf("Buoy version %s, build %s\n", kVersion, kGitCommit);
    return 0;
  }
  for (const auto& warning : parsed->warnings) fprintf(stderr, "%s\n", warning.c_str());
  auto settings = LoadSettings(*parsed);
  if (!settings.ok()) return fail(settings.error().message());
  if (parsed->validate) {
    fprintf(stderr, "%s\n", config::kConfigurationOk);
    return 0;
  }
  return Serve(program, arguments, *std::move(parsed), *std::move(settings),
               *std::move(predecessor));
}

}  // namespace buoy::server
