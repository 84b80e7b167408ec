#include "daemon/shim/waiters.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace buoy::shim {

void Waiters::Add(Fd fd, bool chunked, WaitCondition condition, bool met, int32_t exit_code) {
  auto client = std::make_unique<WaitClient>(
      clients_, std::move(fd), chunked, condition, [this](WaitClient* gone) {
        waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), gone), waiting_.end());
      });
  WaitClient* added = client.get();
  clients_.Add(std::move(client));
  if (met && condition == WaitCondition::kNotRunning) {
    added->Answer(exit_code, "");
    return;
  }
  waiting_.push_back(added);
  added->Start();
}

void Waiters::Answer(bool removed_too, int32_t exit_code, const std::string& error) {
  std::vector<WaitClient*> keep, answer;
  for (WaitClient* client : waiting_) {
    const bool stays = !removed_too && client->condition() == WaitCondition::kRemoved;
    (stays ? keep : answer).push_back(client);
  }
  waiting_ = std::move(keep);
  for (WaitClient* client : answer) client->Answer(exit_code, error);
}

void Waiters::OnExit(int32_t exit_code, const std::string& error) {
  Answer(false, exit_code, error);
}
void Waiters::OnRemoved(int32_t exit_code, const std::string& error) {
  Answer(true, exit_code, error);
}

}  // namespace buoy::shim
