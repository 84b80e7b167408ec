#include "daemon/swarm/swarm_service.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <ctime>

#include "common/digest/digest.h"
#include "common/json/json.h"
#include "common/unix/file.h"
#include "daemon/swarm/join_token.h"
#include "daemon/swarm/swarm_texts.h"

namespace buoy::swarm {
namespace {

// Any free port: these tests run beside others.
constexpr char kListen[] = "127.0.0.1:0", kAdvertise[] = "10.0.0.5:2377";

class SwarmServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* base = getenv("TEST_TMPDIR");
    folder_ = std::string(base == nullptr ? "/tmp" : base) + "/swarm.XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    ASSERT_TRUE(Restart().ok());
  }

  // What a daemon that was killed finds.
  Status Restart() {
    service_.reset();
    SwarmContext context;
    context.folder = folder_ + "/swarm";
    context.manager.describe = [] {
      types::NodeDescription node;
      node.hostname = "host1";
      return node;
    };
    context.manager.publish = [this](types::Event event) { events_.push_back(std::move(event)); };
    context.addresses = [] {
      return AddressContext{{{"eth0", *net::IpAddress::Parse("10.0.0.5"), true, true}}, {}};
    };
    context.default_advertise = [] { return std::string(); };
    context.live_restore_forbids = [this] { return live_restore_; };
    service_ = std::make_unique<SwarmService>(std::move(context));
    return service_->Start();
  }

  std::string Init(bool autolock = false) {
    types::SwarmInitRequest request;
    request.listen_addr = kListen;
    request.advertise_addr = kAdvertise;
    request.spec.encryption_config.auto_lock_managers = autolock;
    auto id = service_->Init(request);
    EXPECT_TRUE(id.ok()) << id.error().message();
    return id.ok() ? *id : "";
  }
  types::Swarm Inspect() {
    auto swarm = service_->Inspect();
    EXPECT_TRUE(swarm.ok()) << swarm.error().message();
    return swarm.ok() ? *swarm : types::Swarm{};
  }
  Status Update(types::SwarmSpec spec, api::SwarmUpdateOptions options = {}) {
    options.version = Inspect().cluster.version.index;
    return service_->Update(std::move(spec), options);
  }
  static void ExpectError(const Status& status, ErrorKind kind, const std::string& text) {
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind(), kind);
    EXPECT_EQ(status.error().message(), text);
  }
  LocalFiles files() const { return LocalFiles(folder_ + "/swarm"); }

  std::string folder_;
  std::vector<types::Event> events_;
  bool live_restore_ = false;
  std::unique_ptr<SwarmService> service_;
};

TEST_F(SwarmServiceTest, IsInNoneAtFirst) {
  EXPECT_EQ(service_->StateText(), "inactive");
  EXPECT_EQ(service_->Info().local_node_state, "inactive");
  ExpectError(service_->CheckManager(), ErrorKind::kUnavailable, kNotInSwarm);
  ExpectError(service_->Leave(true), ErrorKind::kUnavailable, kNotPartOfSwarm);
  ExpectError(service_->Unlock("x"), ErrorKind::kUnavailable, kNotInSwarm);
  EXPECT_FALSE(PathExists(folder_ + "/swarm")) << "nothing is made for those who have no swarm";
}

TEST_F(SwarmServiceTest, ComesBackAsItselfAfterAKill) {
  const std::string id = Init();
  const types::Swarm before = Inspect();
  EXPECT_EQ(service_->StateText(), "active/manager");
  ASSERT_TRUE(Restart().ok());
  const types::Swarm after = Inspect();
  EXPECT_EQ(service_->Info().node_id, id);
  EXPECT_EQ(ToJson(after), ToJson(before));
  EXPECT_EQ(after.cluster.spec.name, "default");
  EXPECT_EQ(after.cluster.default_addr_pool[0], "10.0.0.0/8");
  EXPECT_EQ(ParseJoinToken(after.join_tokens.worker)->root_digest,
            Sha256Digest(after.cluster.tls_info.trust_root));
  auto node = service_->InspectNode("host1");
  ASSERT_TRUE(node.ok());
  EXPECT_EQ(node->id, id);
  EXPECT_EQ(node->manager_status->addr, "10.0.0.5:2377");
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(events_[0].action, "create");
}

TEST_F(SwarmServiceTest, AnInitThatWasCutShortLeavesNothing) {
  Init();
  service_.reset();
  ASSERT_EQ(unlink((folder_ + "/swarm/docker-state.json").c_str()), 0);
  ASSERT_TRUE(Restart().ok());
  EXPECT_EQ(service_->StateText(), "inactive");
  EXPECT_FALSE(PathExists(folder_ + "/swarm/store.db"));
}

TEST_F(SwarmServiceTest, LeavesByForceOnly) {
  Init();
  types::SwarmInitRequest again;
  again.listen_addr = kListen;
  again.advertise_addr = kAdvertise;
  EXPECT_EQ(service_->Init(again).error().message(), kAlreadyInSwarm);
  ExpectError(service_->Leave(false), ErrorKind::kUnavailable, kLeaveLastManager);
  ASSERT_TRUE(service_->Leave(true).ok());
  EXPECT_EQ(service_->StateText(), "inactive");
  EXPECT_FALSE(PathExists(folder_ + "/swarm/store.db"));
  EXPECT_TRUE(PathExists(folder_ + "/swarm"));
  ASSERT_TRUE(Restart().ok());
  EXPECT_EQ(service_->StateText(), "inactive");
}

TEST_F(SwarmServiceTest, UpdatesWhatTheCallerHasSeen) {
  Init();
  const types::Swarm before = Inspect();
  api::SwarmUpdateOptions stale{.version = before.cluster.version.index + 1};
  ExpectError(service_->Update(before.cluster.spec, stale), ErrorKind::kInternal,
              "rpc error: code = Unknown desc = update out of sequence");
  types::SwarmSpec spec = before.cluster.spec;
  spec.orchestration.task_history_retention_limit = 7;
  ASSERT_TRUE(Update(spec, {.rotate_worker_token = true}).ok());
  const types::Swarm after = Inspect();
  EXPECT_EQ(after.cluster.spec.orchestration.task_history_retention_limit, 7);
  EXPECT_NE(after.join_tokens.worker, before.join_tokens.worker);
  EXPECT_EQ(after.join_tokens.manager, before.join_tokens.manager);
  EXPECT_GT(after.cluster.version.index, before.cluster.version.index);
  spec.ca_config.node_cert_expiry = 1;
  ExpectError(Update(spec), ErrorKind::kInvalidArgument,
              "rpc error: code = InvalidArgument desc = minimum certificate expiry time is: "
              "1h0m0s");
}

TEST_F(SwarmServiceTest, LocksAndUnlocks) {
  const std::string id = Init(true);
  const std::string key = *service_->UnlockKey();
  ExpectError(service_->Unlock(key), ErrorKind::kConflict, kNotLocked);
  auto keys = ReadFile(folder_ + "/swarm/keys.json");
  EXPECT_EQ(keys->find("PRIVATE"), std::string::npos);
  ASSERT_TRUE(Restart().ok());
  EXPECT_EQ(service_->StateText(), "locked");
  ExpectError(service_->CheckManager(), ErrorKind::kUnavailable, kLocked);
  ExpectError(service_->Leave(false), ErrorKind::kUnavailable, kLeaveLocked);
  ExpectError(service_->Unlock("x"), ErrorKind::kInvalidArgument, "invalid key string");
  std::string wrong = key;
  wrong[20] = wrong[20] == 'A' ? 'B' : 'A';
  ExpectError(service_->Unlock(wrong), ErrorKind::kUnauthorized, kInvalidUnlockKey);
  ASSERT_TRUE(service_->Unlock(key).ok());
  EXPECT_EQ(service_->Info().node_id, id);

  // Rotated: the former key opens nothing any more. Off: no key is needed.
  types::SwarmSpec spec = Inspect().cluster.spec;
  ASSERT_TRUE(Update(spec, {.rotate_manager_unlock_key = true}).ok());
  const std::string rotated = *service_->UnlockKey();
  EXPECT_NE(rotated, key);
  ASSERT_TRUE(Restart().ok());
  EXPECT_FALSE(service_->Unlock(key).ok());
  ASSERT_TRUE(service_->Unlock(rotated).ok());
  spec.encryption_config.auto_lock_managers = false;
  ASSERT_TRUE(Update(spec).ok());
  EXPECT_EQ(*service_->UnlockKey(), "");
  ASSERT_TRUE(Restart().ok());
  EXPECT_EQ(service_->StateText(), "active/manager");
}

TEST_F(SwarmServiceTest, ACrashBetweenStoreAndFilesIsMadeGood) {
  Init();
  auto before = ReadFile(folder_ + "/swarm/keys.json");
  types::SwarmSpec spec = Inspect().cluster.spec;
  spec.encryption_config.auto_lock_managers = true;
  ASSERT_TRUE(Update(spec).ok());
  service_.reset();
  ASSERT_TRUE(WriteFileAtomic(folder_ + "/swarm/keys.json", *before).ok());
  ASSERT_TRUE(Restart().ok());
  EXPECT_EQ(service_->StateText(), "active/manager") << "it was not locked yet";
  EXPECT_TRUE(*files().KeysLocked()) << "but is from now on";
}

TEST_F(SwarmServiceTest, RotatesItsRoot) {
  Init();
  const types::Swarm before = Inspect();
  types::SwarmSpec spec = before.cluster.spec;
  spec.ca_config.force_rotate = 1;
  ASSERT_TRUE(Update(spec).ok());
  const types::Swarm after = Inspect();
  EXPECT_NE(after.cluster.tls_info.trust_root, before.cluster.tls_info.trust_root);
  EXPECT_NE(after.join_tokens.worker, before.join_tokens.worker);
  auto certificate = files().NodeCertificate();
  EXPECT_TRUE(ReadNodeCertificate(after.cluster.tls_info.trust_root, *certificate).ok());
  EXPECT_FALSE(ReadNodeCertificate(before.cluster.tls_info.trust_root, *certificate).ok());
  EXPECT_EQ(service_->InspectNode("host1")->description.tls_info.trust_root,
            after.cluster.tls_info.trust_root);
  ASSERT_TRUE(Update(spec).ok());
  EXPECT_EQ(Inspect().cluster.tls_info.trust_root, after.cluster.tls_info.trust_root);
}

TEST_F(SwarmServiceTest, ALostOrForeignCertificateIsReplacedAtTheStart) {
  const std::string id = Init();
  const std::string root = Inspect().cluster.tls_info.trust_root;
  service_.reset();
  auto foreign = NewRootCa();
  ASSERT_TRUE(files().SaveCertificates(foreign->certificate, foreign->certificate).ok());
  ASSERT_TRUE(Restart().ok());
  auto read = ReadNodeCertificate(root, *files().NodeCertificate());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->identity.node_id, id);
  EXPECT_TRUE(read->identity.manager);
}

TEST_F(SwarmServiceTest, NodesAreUpdatedWithinTheRules) {
  const std::string id = Init();
  types::Node node = *service_->InspectNode(id.substr(0, 6));
  node.spec.availability = "DRAIN";
  node.spec.labels["disk"] = "ssd";
  ASSERT_TRUE(service_->UpdateNode(id, node.version.index, node.spec).ok());
  ExpectError(service_->UpdateNode(id, node.version.index, node.spec), ErrorKind::kInternal,
              "rpc error: code = Unknown desc = update out of sequence");
  EXPECT_EQ(service_->InspectNode(id)->spec.availability, "drain");
  EXPECT_EQ(events_.back().actor.attributes["availability.new"], "drain");
  EXPECT_EQ(service_->Nodes({{"node.label", {"disk=ssd"}}})->size(), 1u);
  EXPECT_EQ(service_->Nodes({{"role", {"worker"}}})->size(), 0u);
  EXPECT_EQ(service_->Nodes({{"x", {"y"}}}).error().message(), "invalid filter 'x'");
  node.spec.role = "worker";
  ExpectError(service_->UpdateNode(id, 0, node.spec), ErrorKind::kInvalidArgument,
              "rpc error: code = FailedPrecondition desc = attempting to demote the last manager "
              "of the swarm");
  EXPECT_FALSE(service_->RemoveNode(id, true).ok());
  ExpectError(service_->RemoveNode("nope", false), ErrorKind::kNotFound, "node nope not found");
}

TEST_F(SwarmServiceTest, LiveRestoreForbidsASwarm) {
  live_restore_ = true;
  types::SwarmInitRequest request;
  request.listen_addr = kListen;
  request.advertise_addr = kAdvertise;
  EXPECT_EQ(service_->Init(request).error().message(), kLiveRestore);
  types::SwarmJoinRequest join;
  join.listen_addr = kListen;
  join.advertise_addr = kAdvertise;
  join.remote_addrs = {std::string("10.0.0.1")};
  ExpectError(service_->Join(join), ErrorKind::kInternal, kLiveRestore);
  EXPECT_TRUE(Restart().ok()) << "a node without a swarm starts";
  live_restore_ = false;
  Init();
  live_restore_ = true;
  ExpectError(Restart(), ErrorKind::kUnavailable, kLiveRestore);
}

TEST_F(SwarmServiceTest, ForceNewClusterKeepsWhatTheSwarmKnew) {
  const std::string id = Init();
  const types::Swarm before = Inspect();
  types::SwarmInitRequest request;
  request.listen_addr = "0.0.0.0:2378";
  request.force_new_cluster = true;
  auto again = service_->Init(request);
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(*again, id);
  EXPECT_EQ(Inspect().join_tokens.worker, before.join_tokens.worker);
  EXPECT_EQ(service_->InspectNode(id)->manager_status->addr, "10.0.0.5:2378");
}

}  // namespace
}  // namespace buoy::swarm
