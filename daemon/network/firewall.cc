#include "daemon/network/firewall.h"

#include <utility>

namespace buoy::network {

Result<Firewall> Firewall::Open() {
  BUOY_ASSIGN(Nft nft, Nft::Open());
  return Firewall(std::move(nft));
}

// What the kernel has.
Status Firewall::Look() {
  BUOY_ASSIGN(std::string listing, nft_.ListTable("inet", kTableName));
  applied_ = ParseRuleset(listing);
  return Ok();
}

Status Firewall::Start(WantedRules wanted) {
  BUOY_TRY(Look());
  auto forward = applied_.chains.find("forward");
  drop_unrelated_ = forward != applied_.chains.end() && !forward->second.empty() &&
                    forward->second.back() == "drop";
  drop_unrelated_ = drop_unrelated_ || wanted.drop_unrelated;
  return Apply(std::move(wanted));
}

Status Firewall::Apply(WantedRules wanted) {
  wanted.drop_unrelated = drop_unrelated_;
  return Install(BuildRuleset(wanted));
}

Result<bool> Firewall::Mend(WantedRules wanted) {
  BUOY_TRY(Look());
  wanted.drop_unrelated = drop_unrelated_;
  const Ruleset ruleset = BuildRuleset(wanted);
  if (Transition(applied_, ruleset).empty()) return false;
  BUOY_TRY(Install(ruleset));
  return true;
}

Status Firewall::Install(const Ruleset& ruleset) {
  std::string commands = Transition(applied_, ruleset);
  if (commands.empty()) return Ok();
  auto done = nft_.Run(commands);
  if (!done.ok()) done = nft_.Run(Transition({}, ruleset));
  if (!done.ok()) return std::move(done).error();
  applied_ = ruleset;
  return Ok();
}

}  // namespace buoy::network
