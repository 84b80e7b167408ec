#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "daemon/logging/log.h"
#include "daemon/swarm/spec_rules.h"
#include "daemon/swarm/swarm_service.h"
#include "daemon/swarm/swarm_texts.h"

// Joining another node's swarm.
namespace buoy::swarm {
namespace {

constexpr std::chrono::seconds kRetry{1};

// The address that this host would speak to `remote` from.
Result<std::string> AddressTowards(const std::string& remote) {
  const std::string host = HostOf(remote), port = remote.substr(remote.rfind(':') + 1);
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* list = nullptr;
  if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &list); error != 0) {
    return Internal("could not find local IP address: dial udp: lookup " + host + ": " +
                    gai_strerror(error));
  }
  Fd fd(socket(list->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const bool connected = fd && connect(fd.get(), list->ai_addr, list->ai_addrlen) == 0;
  const int error = errno;
  freeaddrinfo(list);
  if (!connected) {
    return Internal("could not find local IP address: dial udp " + remote +
                    ": connect: " + strerror(error));
  }
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  char text[NI_MAXHOST] = {};
  if (getsockname(fd.get(), reinterpret_cast<sockaddr*>(&own), &size) != 0 ||
      getnameinfo(reinterpret_cast<sockaddr*>(&own), size, text, sizeof text, nullptr, 0,
                  NI_NUMERICHOST) != 0) {
    return Internal("could not find local IP address");
  }
  return std::string(text);
}

}  // namespace

Result<LocalState> SwarmService::ResolveJoin(const types::SwarmJoinRequest& request) {
  BUOY_TRY(CompleteAddress("ListenAddr", request.listen_addr));
  if (request.remote_addrs.empty()) {
    return InvalidArgument("at least 1 RemoteAddr is required to join");
  }
  std::vector<types::SwarmPeer> managers;
  for (const auto& remote : request.remote_addrs) {
    BUOY_ASSIGN(std::string address, CompleteAddress("remoteAddr", remote));
    managers.push_back({"", address});
  }
  if (context_.live_restore_forbids()) return Internal(kLiveRestore);
  types::SwarmInitRequest local;
  local.listen_addr = request.listen_addr;
  local.advertise_addr = request.advertise_addr;
  local.data_path_addr = request.data_path_addr;
  if (local.advertise_addr.empty() && context_.default_advertise().empty()) {
    BUOY_ASSIGN(local.advertise_addr, AddressTowards(managers[0].addr));
  }
  BUOY_ASSIGN(LocalState state, ResolveLocal(local));
  state.managers = std::move(managers);
  return state;
}

Status SwarmService::Join(types::SwarmJoinRequest request) {
  std::lock_guard control(control_mutex_);
  auto unchanged = context_.hold_reloads();
  if (IsMember()) return Unavailable(kAlreadyInSwarm);
  BUOY_ASSIGN(LocalState local, ResolveJoin(request));
  types::NodeSpec spec;
  spec.role = "worker";
  spec.availability = request.availability.empty() ? "active" : request.availability;
  BUOY_TRY(CheckNodeSpec(spec));
  request.availability = spec.availability;
  StopJoining();
  Become(State::kPending, nullptr);
  unchanged = {};  // reloads see a member from here on
  {
    std::lock_guard lock(mutex_);
    stop_joining_ = false;
  }
  joiner_ = std::thread([this, local, request] { KeepJoining(local, request); });
  std::unique_lock lock(mutex_);
  const bool over = join_changed_.wait_for(lock, context_.join_time,
                                           [this] { return state_ != State::kPending; });
  if (!over) return Unavailable(kJoinTimeout);
  return joined_;
}

void SwarmService::KeepJoining(const LocalState& local, const types::SwarmJoinRequest& request) {
  while (!TryJoin(local, request)) {
    std::unique_lock lock(mutex_);
    join_changed_.wait_for(lock, kRetry, [this] { return stop_joining_; });
    if (stop_joining_) return;
  }
}

bool SwarmService::TryJoin(const LocalState& local, const types::SwarmJoinRequest& request) {
  auto worker = Worker::Join(files_, local, request.join_token, request.availability,
                             context_.manager.describe);
  if (worker.ok()) {
    {
      std::lock_guard lock(mutex_);
      joined_ = Ok();
    }
    BecomeWorker(*std::move(worker));
  } else {
    log::Warn("swarm: cannot join", {{"error", worker.error().message()}});
    std::lock_guard lock(mutex_);
    error_ = worker.error().message();
    if (worker.error().kind() == ErrorKind::kCancelled) return false;
    joined_ = worker.error();
    (void)files_.Clear();
    state_ = State::kInactive;
  }
  join_changed_.notify_all();
  return true;
}

void SwarmService::StopJoining() {
  {
    std::lock_guard lock(mutex_);
    stop_joining_ = true;
  }
  join_changed_.notify_all();
  if (joiner_.joinable()) joiner_.join();
}

}  // namespace buoy::swarm
