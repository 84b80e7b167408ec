#include "daemon/swarm/worker.h"

#include <algorithm>
#include <ctime>

#include "daemon/logging/log.h"
#include "daemon/swarm/swarm_texts.h"
#include "daemon/swarm/worker_calls.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}  // namespace buoy::failpoint

namespace buoy::swarm {
namespace {

using std::chrono::nanoseconds;

// Also the longest that a daemon's end waits for a manager that does not answer.
constexpr std::chrono::seconds kAskTime{3};
constexpr nanoseconds kRetry = std::chrono::seconds(1);
constexpr nanoseconds kDefaultPeriod = std::chrono::seconds(5);

}  // namespace

Result<NodeAnswer> Ask(const std::string& manager, const NodeCredentials& credentials,
                       const NodeRequest& request) {
  const Deadline deadline = std::chrono::steady_clock::now() + kAskTime;
  BUOY_ASSIGN(NodeChannel channel, NodeChannel::Connect(manager, credentials, deadline));
  if (!credentials.roots.empty()) {
    BUOY_ASSIGN(NodeCertificate peer, ReadVerifiedCertificate(channel.PeerCertificate()));
    if (!peer.identity.manager) return Unauthorized(manager + " is no manager of this swarm");
  }
  BUOY_TRY(channel.Send(EncodeRequest(request), deadline));
  BUOY_ASSIGN(std::string text, channel.Receive(deadline));
  BUOY_ASSIGN(NodeAnswer answer, DecodeAnswer(text));
  if (answer.error.empty()) return answer;
  return answer.error_kind.empty() ? InvalidArgument(answer.error) : Forbidden(answer.error);
}

Worker::~Worker() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (keeper_.joinable()) keeper_.join();
}

LocalState Worker::local() const {
  std::lock_guard lock(mutex_);
  return local_;
}

std::string Worker::error() const {
  std::lock_guard lock(mutex_);
  return error_;
}

void Worker::Keep() {
  nanoseconds pause = kRetry;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, pause, [this] { return stop_; });
      if (stop_) return;
    }
    pause = Beat();
  }
}

nanoseconds Worker::Beat() {
  NodeRequest request;
  request.kind = kAskHeartbeat;
  request.node.description = describe_();
  auto answer = AskManagers(request);
  Status done = answer.ok() ? NoteManagers(answer->managers) : Status(answer.error());
  bool renewed = false;
  if (done.ok() && (answer->root != credentials_.roots || RenewalDue())) {
    done = Renew();
    renewed = done.ok();
    if (!done.ok())
      log::Error("swarm: the node's certificate cannot be renewed",
                 {{"error", done.error().message()}});
  }
  std::lock_guard lock(mutex_);
  const std::string text = done.ok() ? "" : done.error().message();
  if (text != error_ && !text.empty()) log::Warn("swarm: no manager", {{"error", text}});
  error_ = text;
  if (!done.ok()) return kRetry;
  if (renewed) return nanoseconds(0);  // the managers wait for the new one to be shown
  return answer->heartbeat_period > 0 ? nanoseconds(answer->heartbeat_period) : kDefaultPeriod;
}

Result<NodeAnswer> Worker::AskManagers(const NodeRequest& request) {
  Result<NodeAnswer> answer = Unavailable("no manager is known");
  for (const auto& manager : local().managers) {
    answer = Ask(manager.addr, credentials_, request);
    if (answer.ok()) break;
  }
  return answer;
}

Status Worker::NoteManagers(const std::vector<types::SwarmPeer>& managers) {
  LocalState changed = local();
  const bool same = std::equal(
      managers.begin(), managers.end(), changed.managers.begin(), changed.managers.end(),
      [](const auto& a, const auto& b) { return a.node_id == b.node_id && a.addr == b.addr; });
  if (same || managers.empty()) return Ok();
  changed.managers = managers;
  BUOY_TRY(files_.SaveState(changed));
  std::lock_guard lock(mutex_);
  local_ = std::move(changed);
  return Ok();
}

bool Worker::RenewalDue() const {
  // Of a former root where a crash cut the last renewal short.
  auto read = ReadNodeCertificate(credentials_.roots, credentials_.own.certificate);
  if (!read.ok()) return true;
  return time(nullptr) >= read->not_before + (read->not_after - read->not_before) / 5 * 3;
}

// Both keys are in the file while it is not certain which certificate is.
Status Worker::Renew() {
  BUOY_ASSIGN(CertificateRequest asked, NewCertificateRequest());
  NodeRequest request;
  request.kind = kAskRenew;
  request.certificate_request = asked.request;
  BUOY_ASSIGN(NodeAnswer answer, AskManagers(request));
  BUOY_TRY(ReadNodeCertificate(answer.root, answer.certificate));
  failpoint::Hit("swarm_renew.issued");
  BUOY_TRY(files_.SaveKeys({"", credentials_.own.key + asked.key}, ""));
  failpoint::Hit("swarm_renew.keys");
  BUOY_TRY(files_.SaveCertificates(answer.root, answer.certificate));
  failpoint::Hit("swarm_renew.certificates");
  BUOY_TRY(files_.SaveKeys({"", asked.key}, ""));
  credentials_ = {{answer.certificate, asked.key}, answer.root};
  log::Info("swarm: the node's certificate is renewed", {{"node.id", answer.node_id}});
  return Ok();
}

void Worker::SayLeave() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (keeper_.joinable()) keeper_.join();
  NodeRequest request;
  request.kind = kAskLeave;
  auto said = AskManagers(request);
  if (!said.ok()) log::Warn("swarm: left unheard", {{"error", said.error().message()}});
}

}  // namespace buoy::swarm
