#include "daemon/swarm/x509_pem.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace buoy::swarm {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, FreeBio>;

BioPtr Source(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string Content(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : "";
}

int NoPassphrase(char*, int, int, void*) { return 0; }

}  // namespace

X509Ptr ReadCertificate(const std::string& pem) {
  BioPtr bio = Source(pem);
  X509Ptr read(PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr));
  if (!read) ERR_clear_error();
  return read;
}

KeyPtr ReadKey(const std::string& pem) {
  BioPtr bio = Source(pem);
  KeyPtr read(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (!read) ERR_clear_error();
  return read;
}

RequestPtr ReadRequest(const std::string& pem) {
  BioPtr bio = Source(pem);
  RequestPtr read(PEM_read_bio_X509_REQ(bio.get(), nullptr, NoPassphrase, nullptr));
  if (!read) ERR_clear_error();
  return read;
}

std::string RequestPem(X509_REQ* request) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  return PEM_write_bio_X509_REQ(bio.get(), request) == 1 ? Content(bio.get()) : "";
}

std::string CertificatePem(X509* certificate) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  return PEM_write_bio_X509(bio.get(), certificate) == 1 ? Content(bio.get()) : "";
}

std::string KeyPem(EVP_PKEY* key) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  const int written =
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return written == 1 ? Content(bio.get()) : "";
}

}  // namespace buoy::swarm
