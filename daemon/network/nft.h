#pragma once

#include <memory>
#include <string>

#include "common/result/result.h"

struct nft_ctx;

namespace buoy::network {

// libnftables in process. Works on the network namespace of the thread that opened it. Not
// thread-safe.
class Nft {
 public:
  static Result<Nft> Open();

  // Runs the commands as one transaction: all or nothing. The error is nft's text.
  Result<std::string> Run(const std::string& commands);
  // `nft list table FAMILY NAME`, "" when there is no such table.
  Result<std::string> ListTable(const std::string& family, const std::string& name);
  // With rule handles; "" when there is no such chain.
  Result<std::string> ListChain(const std::string& family, const std::string& table,
                                const std::string& chain);

 private:
  struct Closer {
    void operator()(nft_ctx* context) const;
  };
  explicit Nft(nft_ctx* context) : context_(context) {}
  Result<std::string> ListIfThere(const std::string& command);
  std::unique_ptr<nft_ctx, Closer> context_;
};

}  // namespace buoy::network
