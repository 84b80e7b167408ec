#include "daemon/swarm/addresses.h"

#include <algorithm>
#include <optional>

namespace buoy::swarm {
namespace {

using net::IpAddress;

constexpr char kNoIp[] = "could not find the system's IP address";
constexpr char kBadListen[] =
    "listen address must be an IP address or network interface (with optional port number)";
constexpr char kBadAdvertise[] =
    "advertise address must be a non-zero IP address or network interface (with optional port "
    "number)";
constexpr char kBadDataPath[] =
    "data path address must be a non-zero IP address or network interface (without a port number)";
constexpr char kBadDefault[] =
    "default advertise address must be a non-zero IP address or network interface (without a port "
    "number)";
constexpr char kMustListen[] =
    "must specify a listening address because the address to advertise is not recognized as a "
    "system address, and a system's IP address to use could not be uniquely identified";

struct HostPort {
  std::string host, port;
};

// Go's net.SplitHostPort; nullopt where that fails.
std::optional<HostPort> SplitHostPort(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::string host = text.substr(0, colon);
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return std::nullopt;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return std::nullopt;
  }
  return HostPort{host, text.substr(colon + 1)};
}

std::string JoinHostPort(const std::string& host, const std::string& port) {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
}

bool IsGlobalUnicast(const IpAddress& address) {
  return !address.IsLoopback() && !address.IsUnspecified() && !address.IsLinkLocal() &&
         !address.IsMulticast();
}

// The one address of the named interface, IPv4 first; nullopt = there is no such interface.
Result<std::optional<IpAddress>> InterfaceAddress(const std::string& name,
                                                  const std::vector<HostAddress>& host) {
  IpAddress v4, v6;
  bool found = false;
  for (const HostAddress& entry : host) {
    if (entry.interface != name) continue;
    found = true;
    if (!entry.address.valid()) continue;
    IpAddress& slot = entry.address.is_v4() ? v4 : v6;
    if (slot.valid()) {
      return InvalidArgument("interface " + name + " has more than one " +
                             (entry.address.is_v4() ? "IPv4" : "IPv6") + " address (" +
                             slot.ToString() + " and " + entry.address.ToString() + ")");
    }
    slot = entry.address;
  }
  if (!found) return std::optional<IpAddress>();
  if (!v4.valid() && !v6.valid()) {
    return InvalidArgument("interface " + name + " has no usable IPv4 or IPv6 address");
  }
  return std::optional<IpAddress>(v4.valid() ? v4 : v6);
}

// An interface's name or an address.
Result<IpAddress> InputAddress(const std::string& input, bool unspecified_valid,
                               const AddressContext& context, const char* otherwise) {
  BUOY_ASSIGN(auto of_interface, InterfaceAddress(input, context.host));
  if (of_interface) return *of_interface;
  auto address = IpAddress::Parse(input);
  if (!address || (address->IsUnspecified() && !unspecified_valid)) {
    return InvalidArgument(otherwise);
  }
  return *address;
}

Error MultipleAddresses(const HostAddress& a, const HostAddress& b) {
  std::string text = "could not choose an IP address to advertise since this system has multiple ";
  if (a.interface == b.interface) {
    text += "addresses on interface " + a.interface + " (" + a.address.ToString() + " and " +
            b.address.ToString() + ")";
  } else {
    text += "addresses on different interfaces (" + a.address.ToString() + " on " + a.interface +
            " and " + b.address.ToString() + " on " + b.interface + ")";
  }
  return InvalidArgument(text);
}

bool OnOwnNetwork(const std::string& interface, const AddressContext& context) {
  for (const HostAddress& entry : context.host) {
    if (entry.interface != interface || !entry.address.valid()) continue;
    for (const auto& network : context.own_networks) {
      if (network.Contains(entry.address)) return true;
    }
  }
  return false;
}

// The only address of `candidates`, with one per interface, IPv4 first.
Result<IpAddress> OnlyAddress(const std::vector<HostAddress>& candidates) {
  std::vector<HostAddress> chosen;
  for (const HostAddress& entry : candidates) {
    auto same = std::find_if(chosen.begin(), chosen.end(), [&](const HostAddress& other) {
      return other.interface == entry.interface;
    });
    if (same == chosen.end()) {
      chosen.push_back(entry);
    } else if (same->address.is_v4() == entry.address.is_v4()) {
      return MultipleAddresses(*same, entry);
    } else if (entry.address.is_v4()) {
      *same = entry;
    }
  }
  if (chosen.empty()) return InvalidArgument(kNoIp);
  if (chosen.size() > 1) return MultipleAddresses(chosen[0], chosen[1]);
  return chosen[0].address;
}

// Real devices first; in a container or a network namespace there are none.
Result<IpAddress> SystemAddress(const AddressContext& context) {
  std::vector<HostAddress> devices, others;
  for (const HostAddress& entry : context.host) {
    if (!entry.up || !entry.address.valid() || !IsGlobalUnicast(entry.address)) continue;
    if (entry.device) devices.push_back(entry);
    if (!OnOwnNetwork(entry.interface, context)) others.push_back(entry);
  }
  return OnlyAddress(devices.empty() ? others : devices);
}

Result<std::string> AdvertiseAddress(const AddressRequest& request, const std::string& port,
                                     const AddressContext& context) {
  if (!request.advertise.empty()) {
    const HostPort given =
        SplitHostPort(request.advertise).value_or(HostPort{request.advertise, port});
    BUOY_ASSIGN(IpAddress ip, InputAddress(given.host, false, context, kBadAdvertise));
    return JoinHostPort(ip.ToString(), given.port);
  }
  if (!request.default_advertise.empty()) {
    BUOY_ASSIGN(IpAddress ip, InputAddress(request.default_advertise, false, context, kBadDefault));
    return JoinHostPort(ip.ToString(), port);
  }
  BUOY_ASSIGN(IpAddress ip, SystemAddress(context));
  return JoinHostPort(ip.ToString(), port);
}

}  // namespace

Result<std::string> CompleteAddress(const std::string& field, const std::string& address) {
  if (address.empty()) {
    return InvalidArgument("invalid " + field + " \"\": invalid empty address");
  }
  const HostPort defaults = *SplitHostPort(kDefaultListenAddress);
  std::string text = address.starts_with("tcp://") ? address.substr(6) : address;
  auto given = SplitHostPort(text);
  if (!given) {
    // No port; what has several colons is an address that only the next step can judge.
    if (text.find(':') != std::string::npos && !text.ends_with(']')) return text;
    given = SplitHostPort(text + ":");
    if (!given) return text;
  }
  if (given->host.empty()) given->host = defaults.host;
  if (given->port.empty()) given->port = defaults.port;
  return JoinHostPort(given->host, given->port);
}

std::string HostOf(const std::string& address) {
  auto parts = SplitHostPort(address);
  return parts ? parts->host : address;
}

Result<Addresses> ResolveAddresses(const AddressRequest& request, const AddressContext& context) {
  BUOY_ASSIGN(std::string completed, CompleteAddress("ListenAddr", request.listen));
  const auto listen = SplitHostPort(completed);
  if (!listen) return InvalidArgument("could not parse listen address " + completed);
  BUOY_ASSIGN(IpAddress listen_ip, InputAddress(listen->host, true, context, kBadListen));
  Addresses out;
  out.listen = JoinHostPort(listen_ip.ToString(), listen->port);
  BUOY_ASSIGN(out.advertise, AdvertiseAddress(request, listen->port, context));
  if (!request.data_path.empty()) {
    BUOY_ASSIGN(IpAddress ip, InputAddress(request.data_path, false, context, kBadDataPath));
    out.data_path = ip.ToString();
  }
  out.local = listen_ip.ToString();
  if (!listen_ip.IsUnspecified()) return out;
  out.local = HostOf(out.advertise);
  const bool own =
      std::any_of(context.host.begin(), context.host.end(),
                  [&](const HostAddress& entry) { return entry.address.ToString() == out.local; });
  if (own) return out;
  auto system = SystemAddress(context);
  if (!system.ok()) return InvalidArgument(kMustListen);
  out.local = system->ToString();
  return out;
}

}  // namespace buoy::swarm
