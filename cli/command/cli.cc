#include "cli/command/cli.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "api/server/version.h"
#include "cli/flags/quote.h"
#include "common/gotime/time.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

constexpr char kUserAgent[] = "Docker-Client/28.2.2 (linux) Buoy";

}  // namespace

Status Cli::Initialize() {
  if (!options_.context.empty() && !options_.hosts.empty()) {
    return InvalidArgument("conflicting options: cannot specify both --host and --context");
  }
  std::string dir = options_.config_dir.empty() ? ConfigFile::DefaultDir() : options_.config_dir;
  std::string warning;
  config_ = ConfigFile::Load(dir, &warning);
  if (!warning.empty()) Err("WARNING: Error " + warning + "\n");
  return Ok();
}

Result<api::Client*> Cli::client() {
  std::lock_guard lock(client_mutex_);
  if (client_ == nullptr) {
    BUOY_ASSIGN(api::ClientOptions options, ResolveEndpoint(options_, config_));
    options.user_agent = kUserAgent;
    auto client = api::Client::Create(std::move(options));
    if (!client.ok()) {
      return std::move(client).error().Context(
          "Failed to initialize: unable to resolve docker endpoint");
    }
    client_ = *std::move(client);
  }
  return client_.get();
}

Result<api::Reply> Cli::Do(std::string method, std::string path, api::Query query,
                           std::string json) {
  BUOY_ASSIGN(api::Client * connection, client());
  return connection->Do(std::move(method), std::move(path), std::move(query), std::move(json));
}

Result<Value> Cli::Get(std::string path, api::Query query) {
  BUOY_ASSIGN(api::Reply reply, Do("GET", std::move(path), std::move(query)));
  return Value::Parse(reply.body);
}

Result<bool> Cli::HasApi(std::string_view least) {
  BUOY_ASSIGN(api::Client * connection, client());
  BUOY_ASSIGN(std::string version, connection->Version());
  return api::ApiVersion::Parse(version) >= api::ApiVersion::Parse(least);
}

void Cli::Out(std::string_view text) const {
  Status written = WriteAll(STDOUT_FILENO, text);
  if (!written.ok() && written.error().sys_errno() == EPIPE) {
    // As a process with SIGPIPE unhandled ends; the sockets need it ignored.
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
  }
}

void Cli::Err(std::string_view text) const { (void)WriteAll(STDERR_FILENO, text); }

void Cli::Log(const char* level, std::string_view message) const {
  std::string time = gotime::FormatRfc3339Nano({gotime::Now().seconds, 0});
  Err("time=\"" + time + "\" level=" + level + " msg=" + Quote(message) + "\n");
}

bool Cli::debug() const { return options_.debug || getenv("DEBUG") != nullptr; }

}  // namespace buoy::cli
