#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace buoy {

// Runs its actions in reverse order unless released: the undo list of a multi-step operation.
class Cleanup {
 public:
  Cleanup() = default;
  explicit Cleanup(std::function<void()> action) { Add(std::move(action)); }
  Cleanup(Cleanup&& other) noexcept : actions_(std::exchange(other.actions_, {})) {}
  Cleanup& operator=(Cleanup&&) = delete;
  ~Cleanup() { Run(); }

  void Add(std::function<void()> action) { actions_.push_back(std::move(action)); }
  // The operation succeeded: nothing is undone.
  void Release() { actions_.clear(); }
  void Run() {
    while (!actions_.empty()) {
      auto action = std::move(actions_.back());
      actions_.pop_back();
      action();
    }
  }

 private:
  std::vector<std::function<void()>> actions_;
};

}  // namespace buoy
