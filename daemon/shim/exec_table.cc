#include "daemon/shim/exec_table.h"

#include <cerrno>
#include <utility>

#include "daemon/shim/stream_client.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

void ExecTable::Start(const Control::Token& token, const std::string& container_id,
                      uint32_t pipe_size, ExecRequest request, Fd client) {
  if (Find(request.exec_id) != nullptr) {
    control_->Reply(token, EEXIST, "exec " + request.exec_id + " is already running", "");
    return;
  }
  entries_.push_back(std::make_unique<Entry>());
  Entry* entry = entries_.back().get();
  entry->token = token;
  entry->request = std::move(request);
  entry->exec = std::make_unique<Exec>(loop_, reaper_, runtime_);
  const ExecRequest& wanted = entry->request;
  if (client) AttachClient(entry, std::move(client));
  ProcessIo::Options io;
  io.tty = wanted.tty;
  io.want_stdin = wanted.attach_stdin;
  io.close_stdin = true;
  io.want_stdout = wanted.attach_stdout;
  // Standard error is always piped: it carries the runtime's text when it fails without a log.
  io.want_stderr = true;
  io.pipe_size = pipe_size;
  io.console_size = wanted.console_size;
  Exec::Handlers handlers;
  handlers.on_started = [this, entry] { OnStarted(entry); };
  handlers.on_failed = [this, entry](const std::string& text) { OnFailed(entry, text); };
  handlers.on_exited = [this, entry](int exit_code) { OnExited(entry, exit_code); };
  entry->exec->Start(container_id, "exec-" + Number(++names_), wanted.process_path, io,
                     std::move(handlers));
}

void ExecTable::AttachClient(Entry* entry, Fd fd) {
  const ExecRequest& wanted = entry->request;
  StreamClient::Options options;
  options.multiplexed = wanted.client.multiplexed;
  options.attach_stdin = wanted.attach_stdin;
  options.attach_stdout = wanted.attach_stdout;
  options.attach_stderr = wanted.attach_stderr;
  options.detach_keys = wanted.detach_keys;
  options.read_ahead = wanted.client.read_ahead;
  const std::string exec_id = wanted.exec_id;
  auto client = std::make_unique<StreamClient>(clients_, std::move(fd), entry->exec->io(),
                                               std::move(options), [this, exec_id] {
                                                 Record record;
                                                 record.kind = RecordKind::kDetached;
                                                 record.exec_id = exec_id;
                                                 recorder_.Write(record, false);
                                               });
  StreamClient* added = client.get();
  clients_.Add(std::move(client));
  added->Start();
}

void ExecTable::OnStarted(Entry* entry) {
  entry->last_pid = entry->exec->pid();
  Record record;
  record.kind = RecordKind::kExecStarted;
  record.exec_id = entry->request.exec_id;
  record.pid = entry->exec->pid();
  record.pid_start_time = entry->exec->start_time();
  recorder_.Write(record, false);
  ExecReply reply;
  reply.pid = entry->exec->pid();
  reply.pid_start_time = entry->exec->start_time();
  std::string payload;
  EncodeFields(reply, &payload);
  control_->Reply(entry->token, 0, "", payload);
}

void ExecTable::OnFailed(Entry* entry, const std::string& text) {
  Record record;
  record.kind = RecordKind::kExecExited;
  record.exec_id = entry->request.exec_id;
  record.exit_code = ExitCodeOfStartError(text);
  record.text = text.empty() ? "unknown error" : text;
  const uint64_t seq = recorder_.Write(record, false);
  control_->Reply(entry->token, EREMOTEIO, record.text, "");
  if (!entry->request.detach) {
    entry->exec->io().SendText(entry->request.error_prefix + record.text +
                               entry->request.error_suffix);
  }
  Finish(entry, seq);
}

void ExecTable::OnExited(Entry* entry, int exit_code) {
  Record record;
  record.kind = RecordKind::kExecExited;
  record.exec_id = entry->request.exec_id;
  record.pid = entry->last_pid;
  record.exit_code = exit_code;
  Finish(entry, recorder_.Write(record, false));
}

// The client's stream ends when the daemon knows the exit code, for clients ask for it at once.
void ExecTable::Finish(Entry* entry, uint64_t seq) {
  auto end = [this, entry] {
    for (size_t i = 0; i < entries_.size(); i++) {
      if (entries_[i].get() != entry) continue;
      entries_.erase(entries_.begin() + static_cast<long>(i));
      return;
    }
  };
  if (entry->request.detach) {
    recorder_.AfterAck(seq, std::move(end));
  } else {
    recorder_.AfterAckOfNextDaemon(seq, std::move(end));
  }
}

Exec* ExecTable::Find(const std::string& exec_id) {
  for (const auto& entry : entries_) {
    if (entry->request.exec_id == exec_id) return entry->exec.get();
  }
  return nullptr;
}

std::vector<ExecState> ExecTable::States() const {
  std::vector<ExecState> states;
  for (const auto& entry : entries_) {
    ExecState state;
    state.exec_id = entry->request.exec_id;
    state.pid = entry->exec->pid();
    state.pid_start_time = entry->exec->start_time();
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace buoy::shim
