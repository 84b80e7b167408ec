#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "daemon/network/nft.h"
#include "daemon/network/ruleset.h"

namespace buoy::network {

// Keeps the kernel's table equal to what is wanted. Not thread-safe.
class Firewall {
 public:
  static Result<Firewall> Open();

  // Looks at the kernel and changes, in one transaction, only what differs. `drop_unrelated` of an
  // earlier daemon that switched forwarding on is kept.
  Status Start(WantedRules wanted);
  // Later changes, compared with what was applied before; when the kernel does not agree (somebody
  // flushed the table) the whole table is put back.
  Status Apply(WantedRules wanted);
  // Looks at the kernel again, as in Start(); true when something was missing and has been put
  // back.
  Result<bool> Mend(WantedRules wanted);

 private:
  explicit Firewall(Nft nft) : nft_(std::move(nft)) {}
  Status Look();
  Status Install(const Ruleset& ruleset);

  Nft nft_;
  Ruleset applied_;
  bool drop_unrelated_ = false;
};

}  // namespace buoy::network
