#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cli/command/cli.h"
#include "cli/command/container/stats_sample.h"

namespace buoy::cli {

struct StatsOptions {
  bool all = false, no_stream = false, no_trunc = false;
  std::string format;
};

// Follows the usage of containers, each in a thread of its own. Never destroyed: its threads may
// wait for the daemon until the process ends.
class StatsCollector {
 public:
  // `survives` = a lost connection is tried again, since the daemon comes back with the containers.
  StatsCollector(Cli& cli, bool stream, bool survives)
      : cli_(cli), stream_(stream), survives_(survives) {}

  // Begins to follow a container, unless it is followed.
  void Add(const std::string& container, const std::string& id = "");
  void Remove(const std::string& id);
  // Until each container has a sample or has failed.
  void WaitForFirst();
  // Errors met since the last call; what failed is no longer followed.
  std::vector<Error> TakeErrors();
  // In the order of Add.
  std::vector<StatsSample> Samples();
  bool empty();

 private:
  struct Entry {
    StatsSample sample;
    bool first = false;
    bool removed = false;
  };
  void Follow(std::shared_ptr<Entry> entry);
  // One stream to its end.
  Status ReadStream(Entry& entry);

  Cli& cli_;
  bool stream_, survives_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<Entry>> entries_;
  std::vector<Error> errors_;
};

}  // namespace buoy::cli
