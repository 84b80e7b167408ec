#include <gtest/gtest.h>

#include <ctime>

#include "common/digest/digest.h"
#include "daemon/swarm/base36.h"
#include "daemon/swarm/join_token.h"
#include "daemon/swarm/root_ca.h"
#include "daemon/swarm/seal.h"
#include "daemon/swarm/unlock_key.h"

namespace buoy::swarm {
namespace {

TEST(Base36, ThereAndBack) {
  EXPECT_EQ(ToBase36(std::string("\x01\x00", 2), 0), "74");
  EXPECT_EQ(ToBase36(std::string(32, '\xff'), 50),
            "6dp5qcb22im238nr3wvp0ic7q99w035jmy2iw7i6n43d37jtof");
  EXPECT_EQ(FromBase36("00074", 2), std::string("\x01\x00", 2));
  EXPECT_EQ(FromBase36("zzzz", 2), std::nullopt);
  EXPECT_EQ(FromBase36("7A", 2), std::nullopt);
  const std::string bytes = RandomBytes(16);
  EXPECT_EQ(FromBase36(ToBase36(bytes, 25), 16), bytes);
  EXPECT_EQ(NewSwarmId().size(), 25u);
  EXPECT_NE(NewSwarmId(), NewSwarmId());
}

TEST(JoinToken, IsOfDockersForm) {
  const std::string token = NewJoinToken("PEM");
  EXPECT_EQ(token.size(), 9u + 50 + 1 + 25);
  auto parsed = ParseJoinToken(token);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->root_digest, Sha256Digest("PEM"));
  EXPECT_TRUE(SameSecret(parsed->secret, token.substr(60)));
  EXPECT_NE(NewJoinToken("PEM"), token);
  // One of Docker's documentation.
  EXPECT_TRUE(ParseJoinToken("SWMTKN-1-3pu6hszjas19xyp7ghgosyx9k8atbfcr8p2is99znpy26u2lkl-"
                             "1awxwuwd3z9j1z3puu7rcgdbx")
                  .ok());
  for (std::string wrong : {std::string(), std::string("SWMTKN-1-a-b"), token + "x",
                            "SWMTKN-2" + token.substr(8), std::string(85, '-')}) {
    ASSERT_FALSE(ParseJoinToken(wrong).ok()) << wrong;
    EXPECT_EQ(ParseJoinToken(wrong).error().message(), "invalid join token");
  }
}

TEST(UnlockKey, IsOfDockersForm) {
  const std::string key = NewUnlockKey();
  EXPECT_EQ(key.size(), 9u + 43);
  EXPECT_TRUE(key.starts_with("SWMKEY-1-"));
  auto bytes = ParseUnlockKey(key);
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(bytes->size(), 32u);
  EXPECT_EQ(ParseUnlockKey("SWMKEY-1-short").error().message(), "invalid key string");
  EXPECT_EQ(ParseUnlockKey(key.substr(9)).error().message(), "invalid key string");
}

TEST(Seal, OpensWithItsKeyAtItsPlaceOnly) {
  const std::string key = RandomBytes(32), other = RandomBytes(32);
  auto sealed = Seal(key, "here", "text");
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(*Unseal(key, "here", *sealed), "text");
  EXPECT_FALSE(Unseal(other, "here", *sealed).ok());
  EXPECT_FALSE(Unseal(key, "there", *sealed).ok());
  for (size_t i = 0; i < sealed->size(); ++i) {
    std::string damaged = *sealed;
    damaged[i] ^= 1;
    EXPECT_FALSE(Unseal(key, "here", damaged).ok()) << i;
  }
  EXPECT_FALSE(Unseal(key, "here", "short").ok());
  EXPECT_EQ(*Unseal(key, "", *Seal(key, "", "")), "");
}

TEST(RootCa, IssuesCertificatesThatSayWhoANodeIs) {
  auto root = NewRootCa();
  ASSERT_TRUE(root.ok());
  EXPECT_TRUE(CheckRootCa(*root).ok());
  auto node = IssueNodeCertificate(*root, {"node1", true, "cluster1"}, 7200);
  ASSERT_TRUE(node.ok());
  auto read = ReadNodeCertificate(root->certificate, node->certificate);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->identity.node_id, "node1");
  EXPECT_TRUE(read->identity.manager);
  EXPECT_EQ(read->identity.cluster_id, "cluster1");
  EXPECT_NEAR(static_cast<double>(read->not_after - time(nullptr)), 7200, 60);
  EXPECT_LT(read->not_before, time(nullptr));
  auto worker = IssueNodeCertificate(*root, {"node2", false, "cluster1"}, 7200);
  EXPECT_FALSE(ReadNodeCertificate(root->certificate, worker->certificate)->identity.manager);
}

TEST(RootCa, RefusesStrangers) {
  auto root = NewRootCa(), foreign = NewRootCa();
  ASSERT_TRUE(root.ok() && foreign.ok());
  auto node = IssueNodeCertificate(*foreign, {"node1", true, "cluster1"}, 7200);
  EXPECT_FALSE(ReadNodeCertificate(root->certificate, node->certificate).ok())
      << "the same name of the issuer, another key";
  EXPECT_FALSE(ReadNodeCertificate(root->certificate, root->certificate).ok()) << "no node";
  EXPECT_FALSE(ReadNodeCertificate(root->certificate, "nonsense").ok());
  EXPECT_EQ(CheckRootCa({root->certificate, foreign->key}).error().message(),
            "certificate key mismatch");
  EXPECT_FALSE(CheckRootCa(*node).ok()) << "a node is no CA";
  EXPECT_FALSE(CheckRootCa({"x", "y"}).ok());
}

TEST(RootCa, SignsRequestsWhateverTheySayOfTheirSender) {
  auto root = NewRootCa();
  ASSERT_TRUE(root.ok());
  auto asked = NewCertificateRequest();
  ASSERT_TRUE(asked.ok());
  auto node = SignCertificateRequest(*root, asked->request, {"node3", false, "cluster1"}, 7200);
  ASSERT_TRUE(node.ok());
  auto read = ReadNodeCertificate(root->certificate, *node);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->identity.node_id, "node3");
  EXPECT_FALSE(read->identity.manager);
  EXPECT_TRUE(CertificateFitsKey({*node, asked->key}));
  auto none = SignCertificateRequest(*root, root->certificate, {"node3", true, "cluster1"}, 7200);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().kind(), ErrorKind::kInvalidArgument);
}

TEST(RootCa, LeadsFromAFormerRootToTheNewOne) {
  auto former = NewRootCa(), root = NewRootCa();
  ASSERT_TRUE(former.ok() && root.ok());
  auto node = IssueNodeCertificate(*root, {"node1", true, "cluster1"}, 7200);
  auto cross = CrossSign(root->certificate, *former);
  ASSERT_TRUE(node.ok() && cross.ok());
  EXPECT_FALSE(ReadNodeCertificate(former->certificate, node->certificate).ok());
  EXPECT_TRUE(ReadNodeCertificate(*cross, node->certificate).ok());
}

TEST(RootCa, DescribesItself) {
  auto root = NewRootCa();
  auto issuer = DescribeIssuer(root->certificate);
  ASSERT_TRUE(issuer.ok());
  EXPECT_NE(issuer->subject.find("swarm-ca"), std::string::npos);
  EXPECT_EQ(issuer->public_key.size(), 91u);  // P-256
}

}  // namespace
}  // namespace buoy::swarm
