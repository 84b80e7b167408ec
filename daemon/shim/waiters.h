#pragma once

#include <string>
#include <vector>

#include "daemon/shim/wait_client.h"

namespace buoy::shim {

// The clients of `wait` and what they wait for.
class Waiters {
 public:
  explicit Waiters(ClientList& clients) : clients_(clients) {}
  // `met`: not-running is true already.
  void Add(Fd fd, bool chunked, WaitCondition condition, bool met, int32_t exit_code);
  // A run has ended: answers all but those that wait for the removal.
  void OnExit(int32_t exit_code, const std::string& error);
  // Answers everybody.
  void OnRemoved(int32_t exit_code, const std::string& error);

 private:
  void Answer(bool removed_too, int32_t exit_code, const std::string& error);

  ClientList& clients_;
  std::vector<WaitClient*> waiting_;
};

}  // namespace buoy::shim
