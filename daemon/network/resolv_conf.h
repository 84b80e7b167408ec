#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/net/ip.h"

namespace buoy::network {

// A resolv.conf as Docker reads, changes and prints it.
class ResolvConf {
 public:
  // `path` is only named in the file's comments.
  static ResolvConf Parse(std::string_view text, std::string path);

  void OverrideNameServers(const std::vector<std::string>& servers);
  void OverrideSearch(const std::vector<std::string>& search);
  void OverrideOptions(std::vector<std::string> options);

  // For a network without a name server of its own (the default bridge): loopback servers of the
  // host are dropped, and Google's used when none is left.
  void TransformForBridge(bool ipv6);
  // For a network that answers on 127.0.0.11: returns the servers it shall forward to.
  std::vector<std::string> TransformForInternalServer();
  bool overridden() const { return servers_overridden_; }

  std::string ToText() const;

 private:
  void ProcessLine(std::string_view line);
  bool HasOption(std::string_view name) const;

  std::vector<net::IpAddress> servers_;
  std::vector<std::string> search_;
  std::vector<std::string> options_;
  std::vector<std::string> other_;  // lines that are passed on

  // What the trailing comments tell.
  std::string path_;
  std::string transform_;
  std::string ndots_from_;
  std::vector<std::string> invalid_;
  std::vector<std::string> external_;
  std::vector<std::string> warnings_;
  bool servers_overridden_ = false;
  bool search_overridden_ = false;
  bool options_overridden_ = false;
};

// The host file that Docker starts from: /run/systemd/resolve/resolv.conf when /etc/resolv.conf
// names only systemd-resolved's stub, else /etc/resolv.conf.
std::string HostResolvConfPath(const std::string& configured);

}  // namespace buoy::network
