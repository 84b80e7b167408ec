#pragma once

#include <cstdint>
#include <string>

#include "common/json/list.h"

namespace buoy::types {

struct EventActor {
  std::string id;
  json::Map<std::string> attributes = json::Map<std::string>::Empty();
};

// One message of GET /events.
struct Event {
  std::string type;    // container, image, network, volume, daemon ...
  std::string action;  // "start", "die", "health_status: healthy" ...
  EventActor actor;
  std::string scope = "local";
  int64_t time_nano = 0;  // when it happened; "time" is derived
};

}  // namespace buoy::types
