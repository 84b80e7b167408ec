#include "daemon/network/netlink.h"

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include <cerrno>
#include <functional>
#include <string_view>

namespace buoy::network {

namespace {

// The errno of the last error message, which libnl's own codes blur.
int OnError(sockaddr_nl*, nlmsgerr* error, void* out) {
  *static_cast<int*>(out) = -error->error;
  return -NLE_FAILURE;
}

int OnValid(nl_msg* message, void* visitor) {
  (*static_cast<std::function<void(nlmsghdr*)>*>(visitor))(nlmsg_hdr(message));
  return NL_OK;
}

int FamilyOf(const net::IpAddress& address) { return address.is_v4() ? AF_INET : AF_INET6; }

std::optional<net::IpAddress> ReadAddress(nlattr* attribute) {
  const auto* bytes = static_cast<const uint8_t*>(nla_data(attribute));
  if (nla_len(attribute) == 4) {
    return net::IpAddress::V4(static_cast<uint32_t>(bytes[0]) << 24 | bytes[1] << 16 |
                              bytes[2] << 8 | bytes[3]);
  }
  if (nla_len(attribute) != 16) return std::nullopt;
  std::array<uint8_t, 16> v6;
  std::copy(bytes, bytes + 16, v6.begin());
  return net::IpAddress::V6(v6);
}

}  // namespace

// One message under construction.
struct Netlink::Request {
  Request(int type, int flags)
      : message(nlmsg_alloc_simple(type, NLM_F_REQUEST | flags), nlmsg_free) {}

  template <class T>
  void Header(const T& header) {
    nlmsg_append(message.get(), const_cast<T*>(&header), sizeof header, NLMSG_ALIGNTO);
  }
  void Put(int type, std::string_view bytes) {
    nla_put(message.get(), type, static_cast<int>(bytes.size()), bytes.data());
  }
  void Put(int type, const net::IpAddress& address) { Put(type, address.bytes()); }
  void PutString(int type, const std::string& text) {
    nla_put_string(message.get(), type, text.c_str());
  }
  void PutU32(int type, uint32_t value) { nla_put_u32(message.get(), type, value); }
  void PutU8(int type, uint8_t value) { nla_put_u8(message.get(), type, value); }
  nlattr* Begin(int type) { return nla_nest_start(message.get(), type); }
  void End(nlattr* nest) { nla_nest_end(message.get(), nest); }

  std::unique_ptr<nl_msg, void (*)(nl_msg*)> message;
};

void Netlink::Closer::operator()(nl_sock* socket) const { nl_socket_free(socket); }

Result<Netlink> Netlink::Open() {
  nl_sock* socket = nl_socket_alloc();
  if (socket == nullptr) return ErrnoError("netlink", ENOMEM);
  Netlink netlink(socket);
  if (nl_connect(socket, NETLINK_ROUTE) < 0) return ErrnoError("open netlink socket");
  nl_socket_disable_seq_check(socket);
  nl_socket_disable_auto_ack(socket);  // Send() asks for its own
  return netlink;
}

Status Netlink::Send(Request& request, const std::string& what) {
  int error = 0;
  nl_socket_modify_err_cb(socket_.get(), NL_CB_CUSTOM, OnError, &error);
  nlmsg_hdr(request.message.get())->nlmsg_flags |= NLM_F_ACK;
  if (nl_send_auto(socket_.get(), request.message.get()) < 0) return ErrnoError(what);
  int code = nl_wait_for_ack(socket_.get());
  if (error != 0) return ErrnoError(what, error);
  if (code < 0) return Internal(what + ": " + nl_geterror(code));
  return Ok();
}

template <class Visit>
Status Netlink::Dump(Request& request, Visit visit) {
  int error = 0;
  std::function<void(nlmsghdr*)> visitor = visit;
  nl_socket_modify_err_cb(socket_.get(), NL_CB_CUSTOM, OnError, &error);
  nl_socket_modify_cb(socket_.get(), NL_CB_VALID, NL_CB_CUSTOM, OnValid, &visitor);
  if (nl_send_auto(socket_.get(), request.message.get()) < 0) return ErrnoError("netlink");
  int code = nl_recvmsgs_default(socket_.get());
  nl_socket_modify_cb(socket_.get(), NL_CB_VALID, NL_CB_DEFAULT, nullptr, nullptr);
  if (error != 0) return ErrnoError("netlink", error);
  if (code < 0) return Internal(std::string("netlink: ") + nl_geterror(code));
  return Ok();
}

namespace {

Link ReadLink(nlmsghdr* header) {
  Link link;
  auto* info = static_cast<ifinfomsg*>(nlmsg_data(header));
  link.index = info->ifi_index;
  link.up = (info->ifi_flags & IFF_UP) != 0;
  nlattr* attributes[IFLA_MAX + 1];
  if (nlmsg_parse(header, sizeof *info, attributes, IFLA_MAX, nullptr) < 0) return link;
  if (attributes[IFLA_IFNAME]) link.name = nla_get_string(attributes[IFLA_IFNAME]);
  if (attributes[IFLA_MASTER]) link.master = static_cast<int>(nla_get_u32(attributes[IFLA_MASTER]));
  if (attributes[IFLA_MTU]) link.mtu = static_cast<int>(nla_get_u32(attributes[IFLA_MTU]));
  if (attributes[IFLA_ADDRESS] && nla_len(attributes[IFLA_ADDRESS]) == 6) {
    nla_memcpy(link.mac.data(), attributes[IFLA_ADDRESS], 6);
  }
  nlattr* kind[IFLA_INFO_MAX + 1];
  if (attributes[IFLA_LINKINFO] &&
      nla_parse_nested(kind, IFLA_INFO_MAX, attributes[IFLA_LINKINFO], nullptr) == 0 &&
      kind[IFLA_INFO_KIND]) {
    link.kind = nla_get_string(kind[IFLA_INFO_KIND]);
  }
  return link;
}

}  // namespace

Result<Link> Netlink::GetLink(const std::string& name) {
  Request request(RTM_GETLINK, 0);
  request.Header(ifinfomsg{});
  request.PutString(IFLA_IFNAME, name);
  Link link;
  Status status = Dump(request, [&](nlmsghdr* header) { link = ReadLink(header); });
  if (!status.ok() && status.error().sys_errno() != ENODEV) return std::move(status).error();
  // The acknowledgement of a single GET is its answer; a name the kernel lacks is ENODEV.
  if (link.index == 0) return NotFound("no network interface " + name);
  return link;
}

Result<std::vector<Link>> Netlink::Links() {
  Request request(RTM_GETLINK, NLM_F_DUMP);
  request.Header(ifinfomsg{});
  std::vector<Link> links;
  BUOY_TRY(Dump(request, [&](nlmsghdr* header) { links.push_back(ReadLink(header)); }));
  return links;
}

Status Netlink::CreateBridge(const std::string& name, const std::array<uint8_t, 6>& mac, int mtu) {
  Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  ifinfomsg info{};
  info.ifi_flags = IFF_UP;
  info.ifi_change = IFF_UP;
  request.Header(info);
  request.PutString(IFLA_IFNAME, name);
  request.Put(IFLA_ADDRESS, {reinterpret_cast<const char*>(mac.data()), mac.size()});
  if (mtu > 0) request.PutU32(IFLA_MTU, static_cast<uint32_t>(mtu));
  nlattr* link = request.Begin(IFLA_LINKINFO);
  request.PutString(IFLA_INFO_KIND, "bridge");
  request.End(link);
  return Send(request, "create bridge " + name);
}

Status Netlink::CreateVeth(const VethSpec& spec) {
  Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  ifinfomsg info{};
  info.ifi_flags = IFF_UP;
  info.ifi_change = IFF_UP;
  request.Header(info);
  request.PutString(IFLA_IFNAME, spec.host_name);
  if (spec.mtu > 0) request.PutU32(IFLA_MTU, static_cast<uint32_t>(spec.mtu));
  if (spec.bridge > 0) request.PutU32(IFLA_MASTER, static_cast<uint32_t>(spec.bridge));
  nlattr* link = request.Begin(IFLA_LINKINFO);
  request.PutString(IFLA_INFO_KIND, "veth");
  nlattr* data = request.Begin(IFLA_INFO_DATA);
  nlattr* peer = request.Begin(VETH_INFO_PEER);
  request.Header(ifinfomsg{});
  request.PutString(IFLA_IFNAME, spec.peer_name);
  if (spec.mtu > 0) request.PutU32(IFLA_MTU, static_cast<uint32_t>(spec.mtu));
  request.Put(IFLA_ADDRESS, {reinterpret_cast<const char*>(spec.peer_mac.data()), 6});
  request.PutU32(IFLA_NET_NS_FD, static_cast<uint32_t>(spec.peer_netns));
  request.End(peer);
  request.End(data);
  request.End(link);
  return Send(request, "create veth " + spec.host_name);
}

Status Netlink::DeleteLink(const std::string& name) {
  Request request(RTM_DELLINK, 0);
  request.Header(ifinfomsg{});
  request.PutString(IFLA_IFNAME, name);
  Status status = Send(request, "delete interface " + name);
  if (!status.ok() && status.error().sys_errno() == ENODEV) return Ok();
  return status;
}

Status Netlink::SetUp(int index) {
  Request request(RTM_NEWLINK, 0);
  ifinfomsg info{};
  info.ifi_index = index;
  info.ifi_flags = IFF_UP;
  info.ifi_change = IFF_UP;
  request.Header(info);
  return Send(request, "set interface up");
}

Status Netlink::SetName(int index, const std::string& name) {
  Request request(RTM_NEWLINK, 0);
  ifinfomsg info{};
  info.ifi_index = index;
  request.Header(info);
  request.PutString(IFLA_IFNAME, name);
  return Send(request, "rename interface to " + name);
}

Status Netlink::SetMtu(int index, int mtu) {
  Request request(RTM_NEWLINK, 0);
  ifinfomsg info{};
  info.ifi_index = index;
  request.Header(info);
  request.PutU32(IFLA_MTU, static_cast<uint32_t>(mtu));
  return Send(request, "set mtu");
}

Status Netlink::MoveLink(int index, int netns_fd, const std::string& name) {
  Request request(RTM_NEWLINK, 0);
  ifinfomsg info{};
  info.ifi_index = index;
  request.Header(info);
  request.PutString(IFLA_IFNAME, name);
  request.PutU32(IFLA_NET_NS_FD, static_cast<uint32_t>(netns_fd));
  return Send(request, "move interface to namespace as " + name);
}

Status Netlink::SetBridgePort(int index, bool isolated, bool hairpin) {
  Request request(RTM_NEWLINK, 0);
  ifinfomsg info{};
  info.ifi_index = index;
  request.Header(info);
  nlattr* link = request.Begin(IFLA_LINKINFO);
  request.PutString(IFLA_INFO_SLAVE_KIND, "bridge");
  nlattr* data = request.Begin(IFLA_INFO_SLAVE_DATA);
  request.PutU8(IFLA_BRPORT_ISOLATED, isolated ? 1 : 0);
  request.PutU8(IFLA_BRPORT_MODE, hairpin ? 1 : 0);
  request.End(data);
  request.End(link);
  return Send(request, "set bridge port");
}

Status Netlink::DisableBridgePort(const std::string& name) {
  Request request(RTM_NEWLINK, 0);
  request.Header(ifinfomsg{});
  request.PutString(IFLA_IFNAME, name);
  nlattr* link = request.Begin(IFLA_LINKINFO);
  request.PutString(IFLA_INFO_SLAVE_KIND, "bridge");
  nlattr* data = request.Begin(IFLA_INFO_SLAVE_DATA);
  request.PutU8(IFLA_BRPORT_STATE, BR_STATE_DISABLED);
  request.End(data);
  request.End(link);
  return Send(request, "disable bridge port " + name);
}

Result<std::vector<net::IpPrefix>> Netlink::Addresses(int index) {
  Request request(RTM_GETADDR, NLM_F_DUMP);
  request.Header(ifaddrmsg{});
  std::vector<net::IpPrefix> addresses;
  BUOY_TRY(Dump(request, [&](nlmsghdr* header) {
    auto* info = static_cast<ifaddrmsg*>(nlmsg_data(header));
    nlattr* attributes[IFA_MAX + 1];
    if (header->nlmsg_type != RTM_NEWADDR || (index != 0 && info->ifa_index != unsigned(index)) ||
        nlmsg_parse(header, sizeof *info, attributes, IFA_MAX, nullptr) < 0) {
      return;
    }
    nlattr* own = attributes[IFA_LOCAL] ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS];
    auto address = own ? ReadAddress(own) : std::nullopt;
    if (address) addresses.emplace_back(*address, info->ifa_prefixlen);
  }));
  return addresses;
}

namespace {

ifaddrmsg AddressHeader(int index, const net::IpPrefix& address) {
  ifaddrmsg info{};
  info.ifa_family = static_cast<uint8_t>(FamilyOf(address.address()));
  info.ifa_prefixlen = static_cast<uint8_t>(address.length());
  info.ifa_index = static_cast<unsigned>(index);
  // No duplicate address detection: the address is ours, and it has to work at once.
  if (address.address().is_v6()) info.ifa_flags = IFA_F_NODAD;
  return info;
}

}  // namespace

Status Netlink::AddAddress(int index, const net::IpPrefix& address) {
  Request request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  request.Header(AddressHeader(index, address));
  request.Put(IFA_LOCAL, address.address());
  request.Put(IFA_ADDRESS, address.address());
  if (address.address().is_v4() && address.length() < 31) {
    request.Put(IFA_BROADCAST, address.Last());
  }
  Status status = Send(request, "add address " + address.ToString());
  if (!status.ok() && status.error().sys_errno() == EEXIST) return Ok();
  return status;
}

Status Netlink::DeleteAddress(int index, const net::IpPrefix& address) {
  Request request(RTM_DELADDR, 0);
  request.Header(AddressHeader(index, address));
  request.Put(IFA_LOCAL, address.address());
  return Send(request, "delete address " + address.ToString());
}

Status Netlink::SetDefaultRoute(const net::IpAddress& gateway, int index) {
  Request request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);
  rtmsg route{};
  route.rtm_family = static_cast<uint8_t>(FamilyOf(gateway));
  route.rtm_table = RT_TABLE_MAIN;
  route.rtm_protocol = RTPROT_BOOT;
  route.rtm_scope = RT_SCOPE_UNIVERSE;
  route.rtm_type = RTN_UNICAST;
  request.Header(route);
  request.Put(RTA_GATEWAY, gateway);
  request.PutU32(RTA_OIF, static_cast<uint32_t>(index));
  return Send(request, "add default route via " + gateway.ToString());
}

Status Netlink::DeleteDefaultRoute(bool ipv6) {
  Request request(RTM_DELROUTE, 0);
  rtmsg route{};
  route.rtm_family = ipv6 ? AF_INET6 : AF_INET;
  route.rtm_table = RT_TABLE_MAIN;
  route.rtm_scope = RT_SCOPE_NOWHERE;
  request.Header(route);
  Status status = Send(request, "delete default route");
  // ENOENT: a namespace that never had a route of this family.
  const int error = status.ok() ? 0 : status.error().sys_errno();
  if (error == ESRCH || error == ENOENT) return Ok();
  return status;
}

Result<std::vector<net::IpPrefix>> Netlink::RoutedPrefixes() {
  Request request(RTM_GETROUTE, NLM_F_DUMP);
  request.Header(rtmsg{});
  std::vector<net::IpPrefix> prefixes;
  BUOY_TRY(Dump(request, [&](nlmsghdr* header) {
    auto* route = static_cast<rtmsg*>(nlmsg_data(header));
    nlattr* attributes[RTA_MAX + 1];
    if (route->rtm_table != RT_TABLE_MAIN || route->rtm_dst_len == 0 ||
        route->rtm_type != RTN_UNICAST ||
        nlmsg_parse(header, sizeof *route, attributes, RTA_MAX, nullptr) < 0 ||
        attributes[RTA_DST] == nullptr) {
      return;
    }
    auto address = ReadAddress(attributes[RTA_DST]);
    if (address) prefixes.emplace_back(*address, route->rtm_dst_len);
  }));
  return prefixes;
}

}  // namespace buoy::network
