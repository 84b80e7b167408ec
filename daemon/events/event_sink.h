#pragma once

#include "common/types/event.h"

namespace buoy::events {

// Where the areas of the daemon report what happened. Thread-safe; never blocks on disk.
class EventSink {
 public:
  virtual ~EventSink() = default;
  // time_nano 0 = now; set it for what happened while the daemon was away.
  virtual void Publish(types::Event event) = 0;
};

}  // namespace buoy::events
