#include "daemon/network/hosts_file.h"

namespace buoy::network {

namespace {

bool IsV6(const HostsRecord& record) { return record.address.find(':') != std::string::npos; }

void Append(const std::vector<HostsRecord>& records, bool ipv6, std::string& text) {
  for (const HostsRecord& record : records) {
    if (!ipv6 && IsV6(record)) continue;
    text += record.address + "\t" + record.names + "\n";
  }
}

}  // namespace

std::string HostsFile(const std::vector<HostsRecord>& extra, const std::vector<HostsRecord>& own,
                      bool ipv6) {
  std::string text = "127.0.0.1\tlocalhost\n";
  if (ipv6) {
    text +=
        "::1\tlocalhost ip6-localhost ip6-loopback\n"
        "fe00::\tip6-localnet\n"
        "ff00::\tip6-mcastprefix\n"
        "ff02::1\tip6-allnodes\n"
        "ff02::2\tip6-allrouters\n";
  }
  Append(extra, ipv6, text);
  Append(own, ipv6, text);
  return text;
}

std::string HostsNames(const std::string& hostname, const std::string& domainname) {
  std::string names = domainname.empty() ? hostname : hostname + "." + domainname;
  size_t dot = names.find('.');
  if (dot != std::string::npos) names += " " + names.substr(0, dot);
  return names;
}

Result<std::vector<HostsRecord>> ParseExtraHosts(const std::vector<std::string>& extra_hosts,
                                                 const std::vector<std::string>& gateways) {
  std::vector<HostsRecord> records;
  for (const std::string& entry : extra_hosts) {
    size_t colon = entry.find(':');
    if (colon == std::string::npos || colon == 0) {
      return InvalidArgument("bad format for add-host: \"" + entry + "\"");
    }
    const std::string name = entry.substr(0, colon);
    std::string address = entry.substr(colon + 1);
    if (address == "host-gateway") {
      if (gateways.empty()) {
        return InvalidArgument("unable to derive the IP value for host-gateway");
      }
      for (const std::string& gateway : gateways) records.push_back({gateway, name});
      continue;
    }
    if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
      address = address.substr(1, address.size() - 2);
    }
    auto parsed = net::IpAddress::Parse(address);
    if (!parsed) return InvalidArgument("invalid IP address in add-host: \"" + address + "\"");
    records.push_back({parsed->ToString(), name});
  }
  return records;
}

}  // namespace buoy::network
