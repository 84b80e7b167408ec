#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/types/container.h"
#include "common/types/network.h"
#include "daemon/network/network.h"

// The settings a user gives for one network, as values.
namespace buoy::network {

inline constexpr const char* kEndpointSysctls = "com.docker.network.endpoint.sysctls";
inline constexpr const char* kEndpointInterface = "com.docker.network.endpoint.ifname";

// False for the predefined networks and container:x, which have no names and no fixed addresses.
bool IsUserDefined(const std::string& network_mode);

// Docker's check. `network` is null while it does not exist. InvalidArgument, Docker's texts.
Status CheckEndpoint(const types::EndpointSettings& wish, const std::string& network_name,
                     const Network* network);

// Several errors as one text, in Docker's way.
std::string JoinErrors(const std::vector<std::string>& errors);

// "a,b" -> its parts; "" -> none.
std::vector<std::string> SplitComma(const std::string& text);

// What a container is called on a user-defined network: name, aliases, short id, host name.
json::List<std::string> EndpointNames(const std::string& container_name,
                                      const json::List<std::string>& aliases,
                                      const std::string& container_id, const std::string& hostname);

// Takes away what a running container has and its owner did not ask for; the MAC address is the
// caller's to judge.
void ClearFacts(types::EndpointSettings& settings);

}  // namespace buoy::network
