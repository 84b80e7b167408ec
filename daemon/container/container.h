#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "common/types/container.h"
#include "common/unix/pidfd.h"
#include "daemon/container/container_data.h"
#include "daemon/container/exec_record.h"
#include "daemon/shim_client/shim_client.h"

namespace buoy::container {

// One container as the daemon knows it. Three locks, always in this order:
//  - `operation` is held for the whole of start, removal, pause, update, rename and cleanup, so
//  that
//    these exclude each other. Never held while waiting for another container.
//  - `shim_mutex` is held while a shim is started, ended for idleness, or given a client, so that
//  no
//    client is given to a shim that is about to go.
//  - `mutex` guards the fields below and is never held across a request to a shim, the network or
//    the storage. `changed` is notified after every change.
class Container {
 public:
  explicit Container(ContainerData initial) : id(initial.id), data(std::move(initial)) {}

  const std::string id;
  std::mutex operation;
  std::recursive_mutex shim_mutex;

  mutable std::mutex mutex;
  std::condition_variable changed;

  // --- guarded by mutex ---
  ContainerData data;
  std::shared_ptr<shim::ShimClient> shim;  // null = none (not started yet, or it is gone)
  uint64_t applied_seq = 0;                // of the journal; >= data.journal_seq
  types::Health health;                    // status "" = no health check
  std::map<std::string, ExecRecord> execs;
  // Its init runs on without a shim (that was killed): all that can be done is watch and signal it.
  Pidfd adopted;
  // A shim of another major version runs it; left alone.
  bool unmanaged = false;
  bool removal_in_progress = false;
  bool removed = false;              // its row is gone
  bool manually_restarting = false;  // `restart` is between stop and start: no auto-remove
  bool needs_cleanup = false;        // network and mounts of its last run are still there
  int file_views = 0;                // of the stopped container: its mounts stay for them
  bool clients_handed_over = false;  // somebody may learn from the shim before we do

  ContainerData Snapshot() const {
    std::lock_guard lock(mutex);
    return data;
  }
  State state() const {
    std::lock_guard lock(mutex);
    return data.state;
  }
  std::shared_ptr<shim::ShimClient> ShimOrNull() const {
    std::lock_guard lock(mutex);
    return shim;
  }
  // Waits until `condition` (called with the mutex held) is true. False at the timeout; no value =
  // for ever.
  bool WaitFor(const std::function<bool()>& condition,
               std::optional<std::chrono::milliseconds> timeout) {
    std::unique_lock lock(mutex);
    if (!timeout) {
      changed.wait(lock, condition);
      return true;
    }
    return changed.wait_for(lock, *timeout, condition);
  }
};

using ContainerPtr = std::shared_ptr<Container>;

}  // namespace buoy::container
