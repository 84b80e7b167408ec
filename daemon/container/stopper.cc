#include "daemon/container/stopper.h"

#include <signal.h>

#include "daemon/container/signals.h"
#include "daemon/logging/log.h"

namespace buoy::container {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool WaitStopped(const ContainerPtr& container, std::optional<milliseconds> timeout) {
  return container->WaitFor([&] { return !IsRunning(container->data.state); }, timeout);
}

bool WaitState(const ContainerPtr& container, State state) {
  return container->WaitFor(
      [&] { return container->data.state == state || !IsRunning(container->data.state); },
      seconds(10));
}

// Of a user's signal, not of the daemon's own shutdown: outlives the daemon.
void RememberStopped(Engine& engine, const ContainerPtr& container) {
  if (engine.shutting_down) return;
  ContainerData data;
  {
    std::lock_guard lock(container->mutex);
    if (container->data.manually_stopped) return;
    container->data.manually_stopped = true;
    data = container->data;
  }
  engine.SaveState(data);
}

Error Unmanaged(const std::string& id) {
  return Conflict("container " + id + " is run by another release of buoy and is left alone");
}

}  // namespace

Status SendSignal(Engine& engine, const ContainerPtr& container, int signal) {
  ContainerData data;
  std::shared_ptr<shim::ShimClient> client;
  bool adopted = false;
  {
    std::lock_guard lock(container->mutex);
    data = container->data;
    if (!IsRunning(data.state)) return NotRunning(container->id);
    if (container->unmanaged) return Unmanaged(container->id);
    client = container->shim;
    adopted = container->adopted.valid();
  }
  auto stop_signal =
      ParseSignal(data.config.stop_signal.empty() ? "TERM" : data.config.stop_signal);
  const bool ends = signal == SIGKILL || data.config.stop_signal.empty() ||
                    (stop_signal.ok() && *stop_signal == signal);
  RememberStopped(engine, container);
  if (data.state == State::kRestarting && client != nullptr) return client->MarkStopped(true);
  if (adopted) {
    std::lock_guard lock(container->mutex);
    BUOY_TRY(container->adopted.Signal(signal));
  } else {
    if (client == nullptr) return NotRunning(container->id);
    shim::SignalRequest request;
    request.signal = signal;
    request.mark_stopped = ends;
    request.by_user = !engine.shutting_down;
    BUOY_TRY(client->Signal(request));
    if (ends && data.state == State::kPaused) (void)client->Resume();
  }
  engine.Publish(data, "kill", {{"signal", std::to_string(signal)}});
  return Ok();
}

Status KillAndWait(Engine& engine, const ContainerPtr& container) {
  if (!IsRunning(container->state())) return NotRunning(container->id);
  auto sent = SendSignal(engine, container, SIGKILL);
  if (!sent.ok() && sent.error().kind() != ErrorKind::kNotFound) {
    if (IsRunning(container->state())) return sent;
  }
  if (WaitStopped(container, seconds(10))) return Ok();
  // The shim's word did not help: straight to the process.
  ContainerData data = container->Snapshot();
  if (auto init = Pidfd::Open(data.pid, data.pid_start); init.ok()) (void)init->Signal(SIGKILL);
  if (WaitStopped(container, seconds(2))) return Ok();
  return Internal("tried to kill container, but did not receive an exit event");
}

Status KillContainer(Engine& engine, const ContainerPtr& container, const std::string& text) {
  int signal = SIGKILL;
  if (!text.empty()) {
    BUOY_ASSIGN(signal, ParseSignal(text));
    if (!IsKnownSignal(signal)) {
      return InvalidArgument("the linux daemon does not support signal " + std::to_string(signal));
    }
  }
  if (signal == SIGKILL) return KillAndWait(engine, container);
  auto sent = SendSignal(engine, container, signal);
  if (!sent.ok() && sent.error().kind() == ErrorKind::kNotFound) {
    return NotRunning(container->id);
  }
  return sent;
}

Status StopContainer(Engine& engine, const ContainerPtr& container, const std::string& signal_text,
                     std::optional<int> timeout) {
  ContainerData data = container->Snapshot();
  if (!IsRunning(data.state)) return Ok();
  std::string text = !signal_text.empty() ? signal_text : data.config.stop_signal;
  BUOY_ASSIGN(int signal, ParseSignal(text.empty() ? "TERM" : text));
  int limit = engine.options()->default_stop_timeout;
  if (data.config.stop_timeout) limit = *data.config.stop_timeout;
  if (timeout) limit = *timeout;

  auto sent = SendSignal(engine, container, signal);
  std::optional<milliseconds> wait = seconds(limit);
  if (!sent.ok()) wait = seconds(2);
  if (limit < 0) wait.reset();
  bool stopped = WaitStopped(container, wait);
  if (!stopped) {
    log::Info("container failed to exit in time, using the force",
              {{"container", container->id}, {"signal", signal}});
    auto killed = KillAndWait(engine, container);
    if (!killed.ok() && IsRunning(container->state())) return killed;
  }
  engine.Publish(data, "stop");
  return Ok();
}

Status PauseContainer(Engine& engine, const ContainerPtr& container) {
  (void)engine;
  std::lock_guard operation(container->operation);
  const State state = container->state();
  if (!IsRunning(state)) return NotRunning(container->id);
  if (state == State::kPaused) {
    return Conflict("Container " + container->id + " is already paused");
  }
  if (state == State::kRestarting) {
    return Conflict("Container " + container->id +
                    " is restarting, wait until the container is running");
  }
  auto client = container->ShimOrNull();
  if (client == nullptr) return Unmanaged(container->id);
  BUOY_TRY_CONTEXT(client->Pause(), "cannot pause container " + container->id);
  WaitState(container, State::kPaused);
  return Ok();
}

Status UnpauseContainer(Engine& engine, const ContainerPtr& container) {
  (void)engine;
  std::lock_guard operation(container->operation);
  if (container->state() != State::kPaused) {
    return Internal("Container " + container->id + " is not paused");
  }
  auto client = container->ShimOrNull();
  if (client == nullptr) return Unmanaged(container->id);
  BUOY_TRY_CONTEXT(client->Resume(), "Cannot unpause container " + container->id);
  WaitState(container, State::kRunning);
  return Ok();
}

}  // namespace buoy::container
