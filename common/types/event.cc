#include "common/types/event.h"

#include "common/json/codec.h"

namespace buoy::types {

template <class V>
void Fields(V& v, EventActor& s) {
  v("ID", s.id);
  v("Attributes", s.attributes);
}
template <class V>
void Fields(V& v, Event& s) {
  // status, id and from are Docker's old names, for container and image events only.
  if (s.type == "container" || s.type == "image") {
    std::string status = s.action, id = s.actor.id, from;
    if (auto it = s.actor.attributes.find("image"); it != s.actor.attributes.end()) {
      from = it->second;
    }
    v("status", status, json::kOmitEmpty);
    v("id", id, json::kOmitEmpty);
    v("from", from, json::kOmitEmpty);
  }
  int64_t seconds = s.time_nano / 1'000'000'000;
  v("Type", s.type);
  v("Action", s.action);
  v("Actor", s.actor);
  v("scope", s.scope, json::kOmitEmpty);
  v("time", seconds, json::kOmitEmpty);
  v("timeNano", s.time_nano, json::kOmitEmpty);
}

}  // namespace buoy::types

namespace buoy {

BUOY_JSON_TYPE(types::Event)

}  // namespace buoy
