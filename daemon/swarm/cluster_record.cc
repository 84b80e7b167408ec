#include "daemon/swarm/cluster_record.h"

#include "common/base64/base64.h"
#include "common/json/codec.h"
#include "common/types/swarm_json.h"

namespace buoy::swarm {

template <class V>
void Fields(V& v, ClusterRecord& s) {
  v("Info", s.info);
  v("RootCertificate", s.root.certificate);
  v("RootKey", s.root.key);
  v("Tokens", s.tokens);
  v("FormerRoots", s.former_roots, json::kOmitEmpty);
  v("CrossCertificates", s.cross_certificates, json::kOmitEmpty);
  v("UnlockKey", s.unlock_key, json::kOmitEmpty);
}

std::string EncodeCluster(const ClusterRecord& record) { return ToJson(record); }

Result<ClusterRecord> DecodeCluster(const StoreEntry& entry) {
  BUOY_ASSIGN_CONTEXT(auto record, FromJson<ClusterRecord>(entry.value),
                      "swarm store: " + entry.key);
  record.info.version.index = static_cast<uint64_t>(entry.revision);
  return record;
}

Result<types::SwarmTlsInfo> DescribeTls(const std::string& root_certificate) {
  BUOY_ASSIGN(IssuerInfo issuer, DescribeIssuer(root_certificate));
  return types::SwarmTlsInfo{root_certificate, Base64Encode(issuer.subject),
                             Base64Encode(issuer.public_key)};
}

}  // namespace buoy::swarm
