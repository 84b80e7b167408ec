#pragma once

#include <condition_variable>
#include <mutex>
#include <string>

#include "cli/command/cli.h"
#include "common/archive/stream.h"

namespace buoy::cli {

// The progress of a change of the swarm's root, as a stream of messages for ShowProgress(). It ends
// when every node has followed, or at SIGINT, while the change goes on.
class RootRotation : public ByteSource {
 public:
  explicit RootRotation(Cli& cli);

  Result<size_t> Read(std::span<char> buffer) override;

 private:
  Status Step();
  bool Interrupted();
  void Message(const std::string& id, const std::string& status, int64_t current, int64_t total);
  // True when all nodes have the root.
  bool Describe(const Value& swarm, const ValueList& nodes);

  // What the signals' thread, which outlives this, tells.
  struct Interrupt {
    std::mutex mutex;
    std::condition_variable changed;
    bool come = false;
  };

  Cli& cli_;
  std::shared_ptr<Interrupt> interrupt_;
  std::string text_;  // not read yet
  bool begun_ = false, done_ = false, ended_ = false;
};

}  // namespace buoy::cli
