#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

namespace buoy::shim {

// The names that a container's DNS server knows, from the file `dns` of its run directory: a line
// "<name> <address>" each (daemon/network writes it anew whenever somebody comes or goes). Looked
// at in every query, read when it has changed; what was read last counts while it is missing.
class DnsNames {
 public:
  explicit DnsNames(std::string path) : path_(std::move(path)) {}

  // All addresses of a name (lower case), in the file's order; none = the name is not known.
  std::vector<std::string> AddressesOf(const std::string& name);
  // The name with its network, for PTR; "" = nobody has the address.
  std::string NameOf(const std::string& address);

 private:
  void Refresh();

  std::string path_;
  struct stat read_ = {};
  std::string text_;
};

// Where to ask for other names, from the file `resolvers` of the run directory: "ndots" when names
// without a dot are never asked for, "host PATH" for the name servers of that resolv.conf, asked
// from the host's network namespace, or a line "server ADDRESS" each, asked from the container's.
struct DnsResolvers {
  bool ndots = false;
  bool from_host = false;
  std::vector<std::string> servers;
};
DnsResolvers ReadDnsResolvers(const std::string& path);

}  // namespace buoy::shim
