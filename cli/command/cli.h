#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "api/client/client.h"
#include "cli/config/config_file.h"
#include "cli/config/endpoint.h"
#include "common/result/result.h"

namespace buoy::cli {

// What every verb gets: streams, settings and, on first use, the client.
class Cli {
 public:
  // `program` is what the texts call the CLI: "docker" or "buoy".
  explicit Cli(std::string program) : program_(std::move(program)) {}

  const std::string& program() const { return program_; }
  GlobalOptions& options() { return options_; }
  // Reads config.json and checks the options; call once, before the others.
  Status Initialize();
  ConfigFile& config() { return config_; }
  // The same one for every caller; threads may ask at once.
  Result<api::Client*> client();

  // A request whose whole answer is wanted. Paths start below the version.
  Result<api::Reply> Do(std::string method, std::string path, api::Query query = {},
                        std::string json = {});
  // GET with the answer parsed.
  Result<Value> Get(std::string path, api::Query query = {});

  // Whether the daemon speaks at least this version of the API.
  Result<bool> HasApi(std::string_view least);

  void Out(std::string_view text) const;
  void Err(std::string_view text) const;
  // logrus's lines on stderr.
  void Log(const char* level, std::string_view message) const;
  void Warn(std::string_view message) const { Log("warning", message); }
  bool debug() const;

 private:
  std::string program_;
  GlobalOptions options_;
  ConfigFile config_;
  std::mutex client_mutex_;
  std::unique_ptr<api::Client> client_;
};

}  // namespace buoy::cli
