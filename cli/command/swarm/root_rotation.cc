#include "cli/command/swarm/root_rotation.h"

#include <algorithm>
#include <chrono>

#include "cli/command/signals.h"
#include "common/digest/digest.h"

namespace buoy::cli {
namespace {

constexpr char kDigest[] = "desired root digest";
constexpr char kCertificates[] = "  rotated TLS certificates";
constexpr char kRoots[] = "  rotated CA certificates";
constexpr std::chrono::milliseconds kPause{200};

Value Text(const std::string& status) { return Value::Object({{"status", status}}); }

}  // namespace

RootRotation::RootRotation(Cli& cli) : cli_(cli), interrupt_(std::make_shared<Interrupt>()) {
  SignalThread::Start(SignalThread::Only(SIGINT), [state = interrupt_](int) {
    {
      std::lock_guard lock(state->mutex);
      state->come = true;
    }
    state->changed.notify_all();
  });
}

Result<size_t> RootRotation::Read(std::span<char> buffer) {
  while (text_.empty() && !ended_) BUOY_TRY(Step());
  const size_t size = std::min(buffer.size(), text_.size());
  std::copy_n(text_.begin(), size, buffer.begin());
  text_.erase(0, size);
  return size;
}

bool RootRotation::Interrupted() {
  std::unique_lock lock(interrupt_->mutex);
  return interrupt_->changed.wait_for(lock, kPause, [this] { return interrupt_->come; });
}

Status RootRotation::Step() {
  if (!begun_) {
    begun_ = true;
    Message(kDigest, "", 0, 0);
    Message(kCertificates, "", 0, 0);
    Message(kRoots, " ", 0, 0);
  } else if (Interrupted()) {
    ended_ = true;
    if (done_) return Ok();
    text_ += Text("Operation continuing in background.").Dump() + "\n";
    text_ += Text("Use `swarmctl cluster inspect default` to check progress.").Dump() + "\n";
    return Ok();
  }
  BUOY_ASSIGN(Value swarm, cli_.Get("/swarm"));
  ended_ = done_;
  if (ended_) return Ok();
  BUOY_ASSIGN(Value nodes, cli_.Get("/nodes"));
  done_ = Describe(swarm, nodes.List());
  return Ok();
}

void RootRotation::Message(const std::string& id, const std::string& status, int64_t current,
                           int64_t total) {
  Value message = Text(status);
  message.Set("id", id);
  Value detail = Value::Object();
  if (total > 0) detail.Set("current", current).Set("total", total).Set("units", "nodes");
  message.Set("progressDetail", detail);
  text_ += message.Dump() + "\n";
}

bool RootRotation::Describe(const Value& swarm, const ValueList& nodes) {
  const Value& wanted = swarm.At("TLSInfo");
  Message(kDigest, Sha256Digest(wanted.Str("TrustRoot")), 0, 0);
  int64_t certificates = 0, roots = 0;
  for (const Value& node : nodes) {
    const Value& own = node.At("Description", "TLSInfo");
    const bool issued = own.Str("CertIssuerPublicKey") == wanted.Str("CertIssuerPublicKey") &&
                        own.Str("CertIssuerSubject") == wanted.Str("CertIssuerSubject");
    certificates += issued ? 1 : 0;
    roots += own.Str("TrustRoot") == wanted.Str("TrustRoot") ? 1 : 0;
  }
  const auto total = static_cast<int64_t>(nodes.size());
  Message(kCertificates, "", certificates, total);
  // While certificates are still to be renewed no root counts as rotated.
  const bool renewed = certificates == total && !swarm.Bool("RootRotationInProgress");
  Message(kRoots, " ", renewed ? roots : 0, total);
  return renewed && roots == total;
}

}  // namespace buoy::cli
