#include "common/digest/digest.h"
#include "daemon/swarm/join_token.h"
#include "daemon/swarm/seal.h"
#include "daemon/swarm/swarm_texts.h"
#include "daemon/swarm/worker.h"
#include "daemon/swarm/worker_calls.h"

// How a node becomes a worker: it fetches the root certificate, compares it with its token's
// digest, and shows the token to who has a certificate of that root only.
namespace buoy::swarm {
namespace {

Result<std::string> FetchRoot(const std::string& manager, const JoinToken& token) {
  NodeRequest request;
  request.kind = kAskRoot;
  BUOY_ASSIGN(NodeAnswer answer, Ask(manager, {}, request));
  if (Sha256Digest(answer.root) != token.root_digest) {
    return Unauthorized("remote CA does not match fingerprint. Expected: " +
                        DigestHex(token.root_digest));
  }
  return answer.root;
}

struct Membership {
  NodeAnswer answer;
  std::string key;
};

Result<Membership> JoinBy(const std::string& manager, const JoinToken& parsed,
                          NodeRequest& request) {
  BUOY_ASSIGN(std::string root, FetchRoot(manager, parsed));
  BUOY_ASSIGN(CertificateRequest asked, NewCertificateRequest());
  request.certificate_request = asked.request;
  BUOY_ASSIGN(NodeAnswer answer, Ask(manager, {{}, root}, request));
  BUOY_TRY(ReadNodeCertificate(root, answer.certificate));
  answer.root = root;
  return Membership{std::move(answer), asked.key};
}

}  // namespace

Result<std::unique_ptr<Worker>> Worker::Join(const LocalFiles& files, LocalState state,
                                             const std::string& token,
                                             const std::string& availability, Describe describe) {
  BUOY_ASSIGN(JoinToken parsed, ParseJoinToken(token));
  NodeRequest request;
  request.kind = kAskJoin;
  request.token = token;
  request.node.description = describe();
  request.node.spec.availability = availability;
  Result<Membership> joined = Unavailable("no manager");
  for (const auto& manager : state.managers) {
    joined = JoinBy(manager.addr, parsed, request);
    if (joined.ok()) break;
  }
  if (!joined.ok()) return std::move(joined).error();
  state.role = kWorkerRole;
  state.node_id = joined->answer.node_id;
  state.managers = joined->answer.managers;
  BUOY_TRY(files.Clear());
  BUOY_TRY(files.MakeFolders());
  BUOY_TRY(files.SaveKeys({"", joined->key}, ""));
  BUOY_TRY(files.SaveCertificates(joined->answer.root, joined->answer.certificate));
  BUOY_TRY(files.SaveState(state));
  return Open(files, std::move(describe));
}

Result<std::unique_ptr<Worker>> Worker::Open(const LocalFiles& files, Describe describe) {
  BUOY_ASSIGN(LocalState state, files.LoadState());
  BUOY_ASSIGN(NodeKeys keys, files.LoadKeys(""));
  BUOY_ASSIGN(std::string certificate, files.NodeCertificate());
  BUOY_ASSIGN(std::string root, files.RootCertificate());
  // A renewal that a crash cut short has left two keys; the certificate says which one counts.
  const size_t second = keys.node_key.find("-----BEGIN", 1);
  KeyPair own{certificate, keys.node_key.substr(0, second)};
  if (second != std::string::npos && !CertificateFitsKey(own)) {
    own.key = keys.node_key.substr(second);
  }
  if (!CertificateFitsKey(own)) return Internal("the node's certificate does not fit its key");
  BUOY_ASSIGN(NodeCertificate read, ReadVerifiedCertificate(certificate));
  if (read.not_after < time(nullptr)) return Unauthorized(kCertificatesExpired);
  std::unique_ptr<Worker> worker(
      new Worker(files, std::move(state), {std::move(own), std::move(root)}, std::move(describe)));
  worker->Beat();
  worker->keeper_ = std::thread([raw = worker.get()] { raw->Keep(); });
  return worker;
}

}  // namespace buoy::swarm
