#pragma once

#include <string>
#include <utility>

#include "common/shim_protocol/state.h"
#include "daemon/shim/client.h"

namespace buoy::shim {

// A client of `wait`.
class WaitClient final : public Client {
 public:
  WaitClient(ClientList& list, Fd fd, bool chunked, WaitCondition condition,
             std::function<void(WaitClient*)> on_gone)
      : Client(list, std::move(fd), chunked), condition_(condition), on_gone_(std::move(on_gone)) {}
  void Start() { UpdateWatch(); }
  WaitCondition condition() const { return condition_; }
  // {"StatusCode":N} with an "Error" if there is a text; then the response is complete.
  void Answer(int32_t exit_code, const std::string& error);

 private:
  void OnGone() override { on_gone_(this); }

  const WaitCondition condition_;
  std::function<void(WaitClient*)> on_gone_;
};

}  // namespace buoy::shim
