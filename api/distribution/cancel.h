#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace buoy::distribution {

// Ends what goes on in other threads. Thread-safe; copies are the same source.
class CancelSource {
 public:
  void Cancel();
  bool cancelled() const;

  // While it lives, Cancel() runs its action; at once when it was called before. After the
  // destructor the action does not run any more.
  class [[nodiscard]] Guard {
   public:
    Guard() = default;
    Guard(Guard&& other) noexcept { *this = std::move(other); }
    Guard& operator=(Guard&& other) noexcept;
    ~Guard() { Release(); }

   private:
    friend class CancelSource;
    struct State;
    Guard(std::shared_ptr<State> state, uint64_t id) : state_(std::move(state)), id_(id) {}
    void Release();
    std::shared_ptr<State> state_;
    uint64_t id_ = 0;
  };
  Guard OnCancel(std::function<void()> action);

 private:
  static std::shared_ptr<Guard::State> NewState();
  std::shared_ptr<Guard::State> state_ = NewState();
};

}  // namespace buoy::distribution
