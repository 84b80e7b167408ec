#pragma once

#include <string>

#include "cli/formatter/template.h"
#include "cli/formatter/value.h"

// Events as text, and their times.
namespace buoy::cli {

int64_t EventTimeNs(const Value& event);
// "<local time> container start <id> (image=x, name=y)\n".
std::string EventText(const Value& event);
// The event as templates see it.
Value TypedEvent(Value event);
// Errors also for fields that no event has.
Result<Template> ParseEventFormat(const std::string& format);
// An attribute that the event does not have prints as "<no value>".
Result<std::string> FormatEvent(const Template& format, const Value& event);
// "seconds.nanoseconds" for --since of the API.
std::string EventTimestamp(int64_t ns);
// Whether an API timestamp lies in the past; "" = never.
bool TimestampPassed(const std::string& timestamp);

}  // namespace buoy::cli
