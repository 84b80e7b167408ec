#pragma once

#include "api/server/backend/system_backend.h"
#include "api/server/handover.h"
#include "daemon/events/event_log.h"

namespace buoy::events {

// Answers GET /events: JSON lines until `until`, until the client has gone or until the log's
// subscriptions are closed. Holds the calling thread.
Status Stream(EventLog& log, const api::EventsOptions& options, api::Handover& client);

}  // namespace buoy::events
