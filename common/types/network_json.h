#pragma once

// Fields() of network.h.
#include "common/json/codec.h"
#include "common/types/network.h"

namespace buoy::types {

template <class V>
void Fields(V& v, EndpointIpamConfig& s) {
  v.Type("EndpointIPAMConfig");
  v("IPv4Address", s.ipv4_address, json::kOmitEmpty);
  v("IPv6Address", s.ipv6_address, json::kOmitEmpty);
  v("LinkLocalIPs", s.link_local_ips, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, EndpointSettings& s) {
  v.Type("EndpointSettings");
  v("IPAMConfig", s.ipam_config);
  v("Links", s.links);
  v("Aliases", s.aliases);
  v("MacAddress", s.mac_address);
  v("DriverOpts", s.driver_opts);
  v("GwPriority", s.gw_priority);
  v("NetworkID", s.network_id);
  v("EndpointID", s.endpoint_id);
  v("Gateway", s.gateway);
  v("IPAddress", s.ip_address);
  v("IPPrefixLen", s.ip_prefix_len);
  v("IPv6Gateway", s.ipv6_gateway);
  v("GlobalIPv6Address", s.global_ipv6_address);
  v("GlobalIPv6PrefixLen", s.global_ipv6_prefix_len);
  v("DNSNames", s.dns_names);
}
template <class V>
void Fields(V& v, NetworkingConfig& s) {
  v.Type("NetworkingConfig");
  v("EndpointsConfig", s.endpoints_config);
}
template <class V>
void Fields(V& v, IpamConfig& s) {
  v.Type("IPAMConfig");
  v("Subnet", s.subnet, json::kOmitEmpty);
  v("IPRange", s.ip_range, json::kOmitEmpty);
  v("Gateway", s.gateway, json::kOmitEmpty);
  v("AuxiliaryAddresses", s.aux_addresses, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, Ipam& s) {
  v.Type("IPAM");
  v("Driver", s.driver);
  v("Options", s.options);
  v("Config", s.config);
}
template <class V>
void Fields(V& v, NetworkContainer& s) {
  v.Type("EndpointResource");
  v("Name", s.name);
  v("EndpointID", s.endpoint_id);
  v("MacAddress", s.mac_address);
  v("IPv4Address", s.ipv4_address);
  v("IPv6Address", s.ipv6_address);
}
template <class V>
void Fields(V& v, NetworkConfigReference& s) {
  v.Type("ConfigReference");
  v("Network", s.network);
}
template <class V>
void Fields(V& v, NetworkResource& s) {
  v.Type("Network");
  v("Name", s.name);
  v("Id", s.id);
  v("Created", s.created);
  v("Scope", s.scope);
  v("Driver", s.driver);
  v("EnableIPv4", s.enable_ipv4);
  v("EnableIPv6", s.enable_ipv6);
  v("IPAM", s.ipam);
  v("Internal", s.internal);
  v("Attachable", s.attachable);
  v("Ingress", s.ingress);
  v("ConfigFrom", s.config_from);
  v("ConfigOnly", s.config_only);
  v("Containers", s.containers);
  v("Options", s.options);
  v("Labels", s.labels);
}
template <class V>
void Fields(V& v, NetworkCreateRequest& s) {
  v.Type("NetworkCreateRequest");
  v("Name", s.name);
  v("CheckDuplicate", s.check_duplicate, json::kOmitEmpty);
  v("Driver", s.driver);
  v("Scope", s.scope);
  v("EnableIPv4", s.enable_ipv4, json::kOmitEmpty);
  v("EnableIPv6", s.enable_ipv6, json::kOmitEmpty);
  v("IPAM", s.ipam);
  v("Internal", s.internal);
  v("Attachable", s.attachable);
  v("Ingress", s.ingress);
  v("ConfigOnly", s.config_only);
  v("ConfigFrom", s.config_from);
  v("Options", s.options);
  v("Labels", s.labels);
}
template <class V>
void Fields(V& v, NetworkCreateResponse& s) {
  v.Type("NetworkCreateResponse");
  v("Id", s.id);
  v("Warning", s.warning);
}
template <class V>
void Fields(V& v, NetworkConnectRequest& s) {
  v.Type("NetworkConnect");
  v("Container", s.container);
  v("EndpointConfig", s.endpoint_config, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, NetworkDisconnectRequest& s) {
  v.Type("NetworkDisconnect");
  v("Container", s.container);
  v("Force", s.force);
}
template <class V>
void Fields(V& v, NetworksPruneReport& s) {
  v.Type("PruneReport");
  v("NetworksDeleted", s.networks_deleted);
}

}  // namespace buoy::types
