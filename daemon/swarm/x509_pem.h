#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

// Owners of OpenSSL's objects and their PEM. Include in .cc files of the swarm's CA only.
namespace buoy::swarm {

struct OpensslFree {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_REQ* request) const { X509_REQ_free(request); }
};
using X509Ptr = std::unique_ptr<X509, OpensslFree>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslFree>;
using RequestPtr = std::unique_ptr<X509_REQ, OpensslFree>;

// null when it cannot be read. Keys with a passphrase cannot.
X509Ptr ReadCertificate(const std::string& pem);
KeyPtr ReadKey(const std::string& pem);
RequestPtr ReadRequest(const std::string& pem);

std::string CertificatePem(X509* certificate);
std::string RequestPem(X509_REQ* request);
std::string KeyPem(EVP_PKEY* key);  // PKCS#8

}  // namespace buoy::swarm
