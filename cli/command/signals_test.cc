#include "cli/command/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace buoy::cli {
namespace {

TEST(SignalThread, EverySubscriberGetsEverySignal) {
  std::atomic<int> window = 0, all = 0;
  SignalThread::Start(SignalThread::Forwardable(), [&all](int) { all++; });
  SignalThread::Start(SignalThread::Only(SIGWINCH), [&window](int) { window++; });
  constexpr int kSignals = 20;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (int sent = 1; sent <= kSignals; ++sent) {
    kill(getpid(), SIGWINCH);
    while ((window < sent || all < sent) && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  EXPECT_EQ(window, kSignals);
  EXPECT_EQ(all, kSignals);
}

}  // namespace
}  // namespace buoy::cli
