#include "daemon/network/firewall_watch.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace buoy::network {
namespace {

constexpr int kQuietMs = 50;
constexpr size_t kBuffer = 32 * 1024;

// Elements come and go with every port; the rest changes with networks only.
bool IsDeletion(int type) {
  return type == NFT_MSG_DELTABLE || type == NFT_MSG_DELCHAIN || type == NFT_MSG_DELRULE;
}

// In all of these the table's name is the attribute 1 (NFTA_TABLE_NAME, NFTA_CHAIN_TABLE ...).
std::string_view TableOf(const nlmsghdr* message) {
  constexpr size_t kHead = NLMSG_ALIGN(sizeof(nfgenmsg));
  const char* at = static_cast<const char*>(NLMSG_DATA(message)) + kHead;
  size_t left =
      message->nlmsg_len > NLMSG_HDRLEN + kHead ? message->nlmsg_len - NLMSG_HDRLEN - kHead : 0;
  while (left >= NLA_HDRLEN) {
    nlattr attribute;
    memcpy(&attribute, at, sizeof attribute);
    if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > left) return {};
    if ((attribute.nla_type & NLA_TYPE_MASK) == NFTA_TABLE_NAME) {
      const char* name = at + NLA_HDRLEN;
      return {name, strnlen(name, attribute.nla_len - NLA_HDRLEN)};
    }
    const size_t size = NLA_ALIGN(attribute.nla_len);
    if (size >= left) return {};
    at += size;
    left -= size;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<FirewallWatch>> FirewallWatch::Open(std::string table,
                                                           std::function<void()> on_damage) {
  Fd netlink(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER));
  if (!netlink) return ErrnoError("netlink socket");
  // A socket without a port of its own is left out of what is told to all.
  sockaddr_nl own = {};
  own.nl_family = AF_NETLINK;
  if (bind(netlink.get(), reinterpret_cast<sockaddr*>(&own), sizeof own) != 0) {
    return ErrnoError("bind netlink");
  }
  const int group = NFNLGRP_NFTABLES;
  if (setsockopt(netlink.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) != 0) {
    return ErrnoError("watching nftables");
  }
  Fd stop(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop) return ErrnoError("eventfd");
  return std::unique_ptr<FirewallWatch>(new FirewallWatch(std::move(table), std::move(on_damage),
                                                          std::move(netlink), std::move(stop)));
}

FirewallWatch::FirewallWatch(std::string table, std::function<void()> on_damage, Fd netlink,
                             Fd stop)
    : table_(std::move(table)),
      on_damage_(std::move(on_damage)),
      netlink_(std::move(netlink)),
      stop_(std::move(stop)),
      thread_([this] { Run(); }) {}

FirewallWatch::~FirewallWatch() {
  eventfd_write(stop_.get(), 1);
  thread_.join();
}

bool FirewallWatch::Receive() const {
  bool ours = false;
  alignas(nlmsghdr) char buffer[kBuffer];
  while (true) {
    const ssize_t n = recv(netlink_.get(), buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ours || errno == ENOBUFS;
    auto left = static_cast<unsigned>(n);
    for (auto* message = reinterpret_cast<nlmsghdr*>(buffer); NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left)) {
      if (IsDeletion(NFNL_MSG_TYPE(message->nlmsg_type)) && TableOf(message) == table_) ours = true;
    }
  }
}

void FirewallWatch::Run() {
  bool damaged = false;
  while (true) {
    pollfd pollers[] = {{netlink_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    const int ready = poll(pollers, 2, damaged ? kQuietMs : -1);
    if (pollers[1].revents != 0) return;
    if (ready > 0) {
      damaged = Receive() || damaged;
    } else if (ready == 0) {
      damaged = false;
      on_damage_();
    }
  }
}

}  // namespace buoy::network
