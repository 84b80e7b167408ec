#pragma once

#include "common/types/event.h"

namespace buoy::events {

// Where every area sends what happened. Thread-safe; never blocks on a reader of events.
class EventSink {
 public:
  virtual ~EventSink() = default;
  // `time_nano` 0 = now. Events of a journal keep their own time.
  virtual void Publish(types::Event event) = 0;
};

}  // namespace buoy::events
