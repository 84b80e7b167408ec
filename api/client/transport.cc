#include "api/client/transport.h"

#include <sys/socket.h>

#include <thread>

#include "api/http/pump.h"
#include "common/unix/socket.h"

namespace buoy::api {

std::string RequestWriter::Head(const Call& call, const std::string& target, bool upgrade) const {
  std::string authority =
      host_.name.find(':') == std::string::npos ? host_.name : "[" + host_.name + "]";
  Headers headers;
  headers.Set("Host", host_.is_unix            ? "api.moby.localhost"
                      : !host_.command.empty() ? "docker.example.com"
                                               : authority + ":" + host_.port);
  headers.Set("User-Agent", options_.user_agent.empty() ? "buoy-client" : options_.user_agent);
  for (const auto& [name, value] : options_.headers.fields()) headers.Set(name, value);
  for (const auto& [name, value] : call.headers.fields()) headers.Set(name, value);
  if (upgrade) {
    headers.Set("Connection", "Upgrade");
    if (!headers.Has("Upgrade")) headers.Set("Upgrade", "tcp");
  }
  if (call.upload != nullptr) {
    headers.Set("Content-Type", call.upload_type);
    if (call.upload_size >= 0) {
      headers.Set("Content-Length", std::to_string(call.upload_size));
    } else {
      headers.Set("Transfer-Encoding", "chunked");
    }
  } else if (!call.json.empty()) {
    headers.Set("Content-Type", "application/json");
    headers.Set("Content-Length", std::to_string(call.json.size()));
  } else if (call.method == "POST" || call.method == "PUT") {
    headers.Set("Content-Length", "0");
  }
  std::string head = call.method + " " + target + " HTTP/1.1\r\n";
  for (const auto& [name, value] : headers.fields()) {
    if (value.find_first_of("\r\n") == std::string::npos) head += name + ": " + value + "\r\n";
  }
  return head + "\r\n";
}

Status RequestWriter::SendUpload(const Call& call) {
  ChunkWriter writer(connection_, call.upload_size < 0);
  std::string buffer(64 * 1024, '\0');
  int64_t sent = 0;
  while (true) {
    Result<size_t> got = call.upload->Read(buffer);
    if (!got.ok()) {
      source_failed_ = true;
      connection_.Abort();
      return std::move(got).error();
    }
    if (*got == 0) break;
    sent += static_cast<int64_t>(*got);
    if (call.upload_size >= 0 && sent > call.upload_size) break;
    BUOY_TRY(writer.Write(std::string_view(buffer).substr(0, *got)));
  }
  if (call.upload_size >= 0 && sent != call.upload_size) {
    source_failed_ = true;
    connection_.Abort();
    return InvalidArgument("http: ContentLength=" + std::to_string(call.upload_size) +
                           " with Body length " + std::to_string(sent));
  }
  return writer.Finish();
}

Status RequestWriter::Send(const Call& call, const std::string& target, bool upgrade) {
  BUOY_TRY(connection_.Write(Head(call, target, upgrade)));
  if (call.upload != nullptr) return SendUpload(call);
  BUOY_TRY(connection_.Write(call.json));
  return connection_.Flush();
}

Result<Fd> DetachConnection(std::unique_ptr<Connection> connection, std::string& leftover) {
  if (!connection->is_tls()) {
    leftover = connection->TakeReadAhead();
    BUOY_TRY(SetNonBlocking(connection->fd(), false));
    return connection->ReleaseFd();
  }
  BUOY_ASSIGN(FdPair pair, SocketPair(SOCK_STREAM));
  std::thread([outer = std::move(connection), inner = std::move(pair.second)]() mutable {
    // The server's side ends the stream here.
    Connection local(std::move(inner));
    PumpConnections(local, *outer);
  }).detach();
  return std::move(pair.first);
}

}  // namespace buoy::api
