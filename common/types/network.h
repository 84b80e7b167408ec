#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/json/list.h"

namespace buoy::types {

struct EndpointIpamConfig {
  std::string ipv4_address;
  std::string ipv6_address;
  json::List<std::string> link_local_ips;
};

// A container's attachment to one network: the wish and, once it runs, the facts.
struct EndpointSettings {
  std::optional<EndpointIpamConfig> ipam_config;
  json::List<std::string> links;
  json::List<std::string> aliases;
  std::string mac_address;
  json::Map<std::string> driver_opts;
  int gw_priority = 0;
  std::string network_id;
  std::string endpoint_id;
  std::string gateway;
  std::string ip_address;
  int ip_prefix_len = 0;
  std::string ipv6_gateway;
  std::string global_ipv6_address;
  int global_ipv6_prefix_len = 0;
  json::List<std::string> dns_names;
};

struct NetworkingConfig {
  json::Map<EndpointSettings> endpoints_config;
};

struct IpamConfig {
  std::string subnet;
  std::string ip_range;
  std::string gateway;
  json::Map<std::string> aux_addresses;
};
struct Ipam {
  std::string driver;
  json::Map<std::string> options;
  json::List<IpamConfig> config;
};

struct NetworkContainer {
  std::string name;
  std::string endpoint_id;
  std::string mac_address;
  std::string ipv4_address;  // with prefix length
  std::string ipv6_address;
};

struct NetworkConfigReference {
  std::string network;
};

struct NetworkResource {
  std::string name;
  std::string id;
  std::string created;
  std::string scope;
  std::string driver;
  bool enable_ipv4 = true;
  bool enable_ipv6 = false;
  Ipam ipam;
  bool internal = false;
  bool attachable = false;
  bool ingress = false;
  NetworkConfigReference config_from;
  bool config_only = false;
  json::Map<NetworkContainer> containers = json::Map<NetworkContainer>::Empty();
  json::Map<std::string> options = json::Map<std::string>::Empty();
  json::Map<std::string> labels = json::Map<std::string>::Empty();
};

struct NetworkCreateRequest {
  std::string name;
  std::optional<bool> check_duplicate;
  std::string driver;
  std::string scope;
  std::optional<bool> enable_ipv4;
  std::optional<bool> enable_ipv6;
  std::optional<Ipam> ipam;
  bool internal = false;
  bool attachable = false;
  bool ingress = false;
  bool config_only = false;
  std::optional<NetworkConfigReference> config_from;
  json::Map<std::string> options;
  json::Map<std::string> labels;
};
struct NetworkCreateResponse {
  std::string id;
  std::string warning;
};
struct NetworkConnectRequest {
  std::string container;
  std::optional<EndpointSettings> endpoint_config;
};
struct NetworkDisconnectRequest {
  std::string container;
  bool force = false;
};
struct NetworksPruneReport {
  json::List<std::string> networks_deleted;
};

}  // namespace buoy::types
