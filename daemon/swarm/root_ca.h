#pragma once

#include <cstdint>
#include <string>

#include "common/result/result.h"

namespace buoy::swarm {

// Both PEM.
struct KeyPair {
  std::string certificate, key;
};

// What a node's certificate says.
struct NodeIdentity {
  std::string node_id;     // CN
  bool manager = false;    // OU swarm-manager, else swarm-worker
  std::string cluster_id;  // O
};

struct NodeCertificate {
  NodeIdentity identity;
  int64_t not_before = 0, not_after = 0;  // Unix time
};

// The subject and key of a certificate's issuer, as the API shows them.
struct IssuerInfo {
  std::string subject, public_key;  // DER
};

// A new authority: P-256, "swarm-ca", 20 years.
Result<KeyPair> NewRootCa();
// Checks that the certificate may sign others, is valid now and belongs to the key.
// kInvalidArgument.
Status CheckRootCa(const KeyPair& root);

// A new key and a certificate for it, valid from an hour ago (clocks differ) for `seconds` from
// now. Serves both ends of a TLS connection; its DNS names are its role and its ID.
Result<KeyPair> IssueNodeCertificate(const KeyPair& root, const NodeIdentity& identity,
                                     int64_t seconds);

// The same in two steps, so that the key never leaves its node.
struct CertificateRequest {
  std::string request, key;  // both PEM
};
Result<CertificateRequest> NewCertificateRequest();
// The certificate's PEM. What the request says of its sender counts for nothing. kInvalidArgument
// when it is none or not signed by its own key.
Result<std::string> SignCertificateRequest(const KeyPair& root, const std::string& request,
                                           const NodeIdentity& identity, int64_t seconds);

// `root_certificate` once more, signed by `former`: who trusts only that one follows it to this
// one.
Result<std::string> CrossSign(const std::string& root_certificate, const KeyPair& former);

// Who this is, if `root_certificate` has signed it. Its time of validity is the caller's to judge.
// kUnauthorized.
Result<NodeCertificate> ReadNodeCertificate(const std::string& root_certificate,
                                            const std::string& certificate);
// The same of a certificate that TLS has verified.
Result<NodeCertificate> ReadVerifiedCertificate(const std::string& certificate);
bool CertificateFitsKey(const KeyPair& pair);
// Of a root certificate, which is the issuer of every node's.
Result<IssuerInfo> DescribeIssuer(const std::string& root_certificate);

}  // namespace buoy::swarm
