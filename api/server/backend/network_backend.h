#pragma once

#include <string>
#include <vector>

#include "api/server/backend/filters.h"
#include "common/result/result.h"
#include "common/types/network.h"

// What the API asks of networks. `ref` is a name, an id or an id prefix. Thread-safe.
namespace buoy::api {

class NetworkBackend {
 public:
  virtual ~NetworkBackend() = default;

  virtual Result<std::vector<types::NetworkResource>> List(const Filters& filters) = 0;
  virtual Result<types::NetworkResource> Inspect(const std::string& ref, bool verbose,
                                                 const std::string& scope) = 0;
  virtual Result<types::NetworkCreateResponse> Create(
      const types::NetworkCreateRequest& request) = 0;
  virtual Status Remove(const std::string& ref) = 0;
  virtual Status Connect(const std::string& ref, const types::NetworkConnectRequest& request) = 0;
  virtual Status Disconnect(const std::string& ref,
                            const types::NetworkDisconnectRequest& request) = 0;
  virtual Result<types::NetworksPruneReport> Prune(const Filters& filters) = 0;
};

}  // namespace buoy::api
