#include "daemon/swarm/root_ca.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "daemon/swarm/base36.h"
#include "daemon/swarm/x509_pem.h"

namespace buoy::swarm {
namespace {

constexpr char kRootName[] = "swarm-ca";
constexpr char kManagerUnit[] = "swarm-manager", kWorkerUnit[] = "swarm-worker";
constexpr int64_t kRootSeconds = 20LL * 365 * 24 * 3600;
constexpr int64_t kBackdate = 3600;

Error Failed(const char* what) { return Internal(std::string("swarm CA: cannot ") + what); }

bool AddName(X509_NAME* name, const char* field, const std::string& value) {
  return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(value.data()),
                                    static_cast<int>(value.size()), -1, 0) == 1;
}

bool AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

// A root that its owner has made may have no key identifier; then there is none to point at.
bool AddAuthorityKey(X509* certificate, X509* issuer) {
  return X509_get0_subject_key_id(issuer) == nullptr ||
         AddExtension(certificate, issuer, NID_authority_key_identifier, "keyid");
}

// The very identifier of `from`, which need not be the key's hash.
bool CopyKeyIdentifier(X509* certificate, X509* from) {
  const int at = X509_get_ext_by_NID(from, NID_subject_key_identifier, -1);
  return at < 0 || X509_add_ext(certificate, X509_get_ext(from, at), -1) == 1;
}

bool SetSerial(X509* certificate) {
  std::string bytes = RandomBytes(16);
  bytes[0] = static_cast<char>((bytes[0] & 0x7f) | 1);  // positive, and not short by chance
  BIGNUM* number = BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                             static_cast<int>(bytes.size()), nullptr);
  if (number == nullptr) return false;
  const bool set = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

// A version 3 certificate for `key`, with serial number and validity.
X509Ptr NewCertificate(EVP_PKEY* key, int64_t seconds) {
  X509Ptr certificate(X509_new());
  const int64_t now = time(nullptr);
  const bool made =
      certificate && X509_set_version(certificate.get(), 2) == 1 && SetSerial(certificate.get()) &&
      ASN1_TIME_set(X509_getm_notBefore(certificate.get()), now - kBackdate) != nullptr &&
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), now + seconds) != nullptr &&
      X509_set_pubkey(certificate.get(), key) == 1;
  return made ? std::move(certificate) : nullptr;
}

std::string NameField(X509_NAME* name, int nid) {
  char text[256] = {};
  return X509_NAME_get_text_by_NID(name, nid, text, sizeof text) < 0 ? "" : text;
}

int64_t UnixTime(const ASN1_TIME* time) {
  tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? static_cast<int64_t>(timegm(&parts)) : 0;
}

}  // namespace

Result<KeyPair> NewRootCa() {
  KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return Failed("make a key");
  X509Ptr root = NewCertificate(key.get(), kRootSeconds);
  if (!root || !AddName(X509_get_subject_name(root.get()), "CN", kRootName) ||
      X509_set_issuer_name(root.get(), X509_get_subject_name(root.get())) != 1 ||
      !AddExtension(root.get(), root.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !AddExtension(root.get(), root.get(), NID_basic_constraints, "critical,CA:TRUE") ||
      !AddExtension(root.get(), root.get(), NID_subject_key_identifier, "hash") ||
      X509_sign(root.get(), key.get(), EVP_sha256()) == 0) {
    return Failed("make the root certificate");
  }
  return KeyPair{CertificatePem(root.get()), KeyPem(key.get())};
}

Status CheckRootCa(const KeyPair& root) {
  X509Ptr certificate = ReadCertificate(root.certificate);
  if (!certificate) return InvalidArgument("the CA certificate is no PEM certificate");
  KeyPtr key = ReadKey(root.key);
  if (!key) return InvalidArgument("the CA key is no PEM key");
  if (X509_check_ca(certificate.get()) != 1) return InvalidArgument("the certificate is no CA's");
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return InvalidArgument("certificate key mismatch");
  }
  if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) < 0) {
    return InvalidArgument("the CA certificate has expired");
  }
  // Before anything depends on it: a key of a kind that we cannot sign with is found here.
  if (!IssueNodeCertificate(root, {"n", false, "c"}, kBackdate).ok()) {
    return InvalidArgument("the CA's key cannot sign certificates");
  }
  return Ok();
}

namespace {

// A node's certificate for `key`.
Result<X509Ptr> SignNodeKey(const KeyPair& root, EVP_PKEY* key, const NodeIdentity& identity,
                            int64_t seconds) {
  X509Ptr issuer = ReadCertificate(root.certificate);
  KeyPtr issuer_key = ReadKey(root.key);
  if (!issuer || !issuer_key) return Failed("read the root certificate or its key");
  X509Ptr node = NewCertificate(key, seconds);
  if (!node) return Failed("make a certificate");
  const std::string unit = identity.manager ? kManagerUnit : kWorkerUnit;
  X509_NAME* name = X509_get_subject_name(node.get());
  if (!AddName(name, "O", identity.cluster_id) || !AddName(name, "OU", unit) ||
      !AddName(name, "CN", identity.node_id) ||
      X509_set_issuer_name(node.get(), X509_get_subject_name(issuer.get())) != 1 ||
      !AddExtension(node.get(), issuer.get(), NID_key_usage,
                    "critical,digitalSignature,keyEncipherment") ||
      !AddExtension(node.get(), issuer.get(), NID_ext_key_usage, "serverAuth,clientAuth") ||
      !AddExtension(node.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !AddExtension(node.get(), issuer.get(), NID_subject_key_identifier, "hash") ||
      !AddAuthorityKey(node.get(), issuer.get()) ||
      !AddExtension(node.get(), issuer.get(), NID_subject_alt_name,
                    "DNS:" + unit + ",DNS:" + identity.node_id) ||
      X509_sign(node.get(), issuer_key.get(), EVP_sha256()) == 0) {
    return Failed("make a node's certificate");
  }
  return node;
}

}  // namespace

Result<KeyPair> IssueNodeCertificate(const KeyPair& root, const NodeIdentity& identity,
                                     int64_t seconds) {
  KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return Failed("make a key");
  BUOY_ASSIGN(X509Ptr node, SignNodeKey(root, key.get(), identity, seconds));
  return KeyPair{CertificatePem(node.get()), KeyPem(key.get())};
}

Result<CertificateRequest> NewCertificateRequest() {
  KeyPtr key(EVP_EC_gen("P-256"));
  RequestPtr request(X509_REQ_new());
  if (!key || !request || X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) == 0) {
    return Failed("make a certificate request");
  }
  return CertificateRequest{RequestPem(request.get()), KeyPem(key.get())};
}

Result<std::string> SignCertificateRequest(const KeyPair& root, const std::string& request,
                                           const NodeIdentity& identity, int64_t seconds) {
  RequestPtr read = ReadRequest(request);
  EVP_PKEY* key = read ? X509_REQ_get0_pubkey(read.get()) : nullptr;
  if (key == nullptr || X509_REQ_verify(read.get(), key) != 1) {
    return InvalidArgument("no valid certificate request");
  }
  BUOY_ASSIGN(X509Ptr node, SignNodeKey(root, key, identity, seconds));
  return CertificatePem(node.get());
}

Result<std::string> CrossSign(const std::string& root_certificate, const KeyPair& former) {
  X509Ptr root = ReadCertificate(root_certificate), issuer = ReadCertificate(former.certificate);
  KeyPtr issuer_key = ReadKey(former.key);
  if (!root || !issuer || !issuer_key) return Failed("read the roots");
  X509Ptr cross = NewCertificate(X509_get0_pubkey(root.get()), kRootSeconds);
  if (!cross || X509_set_subject_name(cross.get(), X509_get_subject_name(root.get())) != 1 ||
      X509_set_issuer_name(cross.get(), X509_get_subject_name(issuer.get())) != 1 ||
      !AddExtension(cross.get(), issuer.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !AddExtension(cross.get(), issuer.get(), NID_basic_constraints, "critical,CA:TRUE") ||
      !CopyKeyIdentifier(cross.get(), root.get()) || !AddAuthorityKey(cross.get(), issuer.get()) ||
      X509_sign(cross.get(), issuer_key.get(), EVP_sha256()) == 0) {
    return Failed("sign the new root by the former");
  }
  return CertificatePem(cross.get());
}

Result<NodeCertificate> ReadNodeCertificate(const std::string& root_certificate,
                                            const std::string& certificate) {
  X509Ptr issuer = ReadCertificate(root_certificate), node = ReadCertificate(certificate);
  if (!issuer || !node) return Unauthorized("no PEM certificate");
  if (X509_check_issued(issuer.get(), node.get()) != X509_V_OK ||
      X509_verify(node.get(), X509_get0_pubkey(issuer.get())) != 1) {
    return Unauthorized("the certificate is not of this swarm");
  }
  return ReadVerifiedCertificate(certificate);
}

Result<NodeCertificate> ReadVerifiedCertificate(const std::string& certificate) {
  X509Ptr node = ReadCertificate(certificate);
  if (!node) return Unauthorized("no PEM certificate");
  X509_NAME* name = X509_get_subject_name(node.get());
  const std::string unit = NameField(name, NID_organizationalUnitName);
  if (unit != kManagerUnit && unit != kWorkerUnit) {
    return Unauthorized("the certificate has no role");
  }
  NodeCertificate read;
  read.identity = {NameField(name, NID_commonName), unit == kManagerUnit,
                   NameField(name, NID_organizationName)};
  read.not_before = UnixTime(X509_get0_notBefore(node.get()));
  read.not_after = UnixTime(X509_get0_notAfter(node.get()));
  return read;
}

bool CertificateFitsKey(const KeyPair& pair) {
  X509Ptr certificate = ReadCertificate(pair.certificate);
  KeyPtr key = ReadKey(pair.key);
  return certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
}

Result<IssuerInfo> DescribeIssuer(const std::string& root_certificate) {
  X509Ptr root = ReadCertificate(root_certificate);
  if (!root) return Internal("the root certificate is no PEM certificate");
  unsigned char *name = nullptr, *key = nullptr;
  const int name_size = i2d_X509_NAME(X509_get_subject_name(root.get()), &name);
  const int key_size = i2d_PUBKEY(X509_get0_pubkey(root.get()), &key);
  IssuerInfo info;
  if (name_size > 0) info.subject.assign(reinterpret_cast<char*>(name), name_size);
  if (key_size > 0) info.public_key.assign(reinterpret_cast<char*>(key), key_size);
  OPENSSL_free(name);
  OPENSSL_free(key);
  return info;
}

}  // namespace buoy::swarm
