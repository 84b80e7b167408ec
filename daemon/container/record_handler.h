#pragma once

#include <string>
#include <vector>

#include "common/shim_protocol/state.h"
#include "daemon/container/engine.h"

namespace buoy::container {

// What a record makes of a container, as a value.
struct RecordOutcome {
  struct Event {
    std::string action;
    Attributes attributes;
  };
  std::vector<Event> events;
  bool ended = false;      // it runs no more and no restart is pending
  bool save_all = false;   // not only the state changed
  std::string ended_exec;  // an exec that is over
};

// Pure: applies one record of the shim's journal. `error_text` turns the runtime's words into
// Docker's for failed starts (text, exit code).
RecordOutcome ApplyRecord(const shim::Record& record, ContainerData& data, types::Health& health,
                          std::map<std::string, ExecRecord>& execs);

// Applies, persists, publishes and starts what follows (clean-up). Runs on `records` only. False =
// it could not be persisted (a full disk): the shim must keep it.
bool HandleRecord(Engine& engine, const ContainerPtr& container, const shim::Record& record);

// "starting", "healthy" ...; "none" for no health check.
std::string HealthName(shim::HealthStatus status);

}  // namespace buoy::container
