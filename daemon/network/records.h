#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/json/list.h"
#include "common/types/network.h"

// What the database keeps about networks.
namespace buoy::network {

// A published port of a container, kept with the endpoint of its gateway network.
struct PortRecord {
  std::string proto;
  std::string host_ip;
  uint16_t host_port = 0;
  std::string container_ip;
  uint16_t container_port = 0;
  bool random = false;  // the user named no host port
  bool proxy = false;
};

// A container's attachment to a network. It stays when the container stops (active = false), so
// that the next start gets the same addresses and random ports where they are still free.
struct EndpointRecord {
  std::string id;
  std::string network_id;
  std::string container_id;
  types::EndpointSettings settings;  // wishes and facts

  // Details:
  bool active = false;
  std::string container_name;
  std::string hostname;
  std::string host_interface;       // "" = none (host, null)
  std::string container_interface;  // "eth0"
  bool mac_generated = true;        // the user asked for no MAC address
  json::List<PortRecord> ports;
};

}  // namespace buoy::network
