#pragma once

#include <string>
#include <vector>

namespace buoy::network {

struct AddressPoolOption {
  std::string base;  // "172.17.0.0/12"
  int size = 0;      // prefix length of the subnets cut from it
};

// What daemon/config decides about networking; the names are those of daemon.json.
struct Options {
  std::string data_root = "/var/lib/buoy";
  std::string exec_root = "/var/run/buoy";  // netns files go to <exec-root>/netns

  std::string bridge;  // "" = docker0 of our own; "none" = no default bridge; else an existing one
  std::string bip, bip6;
  std::string fixed_cidr, fixed_cidr_v6;
  std::string default_gateway, default_gateway_v6;
  int mtu = 1500;
  bool ipv6 = false;
  bool icc = true;
  bool ip_forward = true;
  bool ip_forward_no_drop = false;
  bool ip_masq = true;
  bool iptables = true;   // IPv4 rules
  bool ip6tables = true;  // IPv6 rules
  bool userland_proxy = true;
  std::string default_publish_ip;                        // --ip; "" = 0.0.0.0 and [::]
  std::vector<AddressPoolOption> default_address_pools;  // empty = Docker's

  std::vector<std::string> dns, dns_options, dns_search;
  std::vector<std::string> host_gateway_ips;  // empty = the default bridge's address
  std::string resolv_conf_path;               // empty = the host's, as Docker looks for it

  // The shim answers DNS on 127.0.0.11 for containers on user-defined networks. While it does not,
  // their resolv.conf is made as on the default bridge.
  bool serve_dns = false;
};

}  // namespace buoy::network
