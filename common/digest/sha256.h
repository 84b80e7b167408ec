#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace buoy {

// A running SHA-256 (OpenSSL EVP, which uses the CPU's SHA instructions).
class Sha256 {
 public:
  Sha256();
  void Update(std::string_view data);
  // The digest of what came so far, as "sha256:<hex>"; more may follow.
  std::string Digest() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace buoy
