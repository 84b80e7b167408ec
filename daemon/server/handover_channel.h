#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/shim_protocol/codec.h"
#include "common/unix/fd.h"

// What two daemons say to one another while the first hands everything over to the second:
//
//   old                                   new (started with the socket as $BUOY_HANDOVER_FD)
//   Begin + listening sockets       ->    reads its configuration, looks at the database
//                                   <-    Prepared, or Failed and exit
//   (lets no request begin, closes the database and the shims' connections)
//   Go + the instance lock          ->    opens everything
//                                   <-    Ready, or Failed and exit
//   Commit                          ->    serves
//   Connection + client's socket    ->    for each client
//                                   <-    Serving
//   (ends when its last answer is written; the socket's end tells the new one)
//
// SEQPACKET, one message per packet: a little-endian u16 type, then fields as in the shim protocol,
// unknown ones skipped. Begin and Prepared carry (major, minor) of all this.
namespace buoy::server {

inline constexpr uint32_t kHandoverMajor = 1;
inline constexpr uint32_t kHandoverMinor = 0;
inline constexpr char kHandoverVariable[] = "BUOY_HANDOVER_FD";

struct HandoverBegin {
  static constexpr uint16_t kType = 1;
  uint32_t major = kHandoverMajor;
  uint32_t minor = kHandoverMinor;
  int32_t pid = 0;
  std::vector<std::string> addresses;  // of the sockets that come with it

  template <class V>
  void Fields(V& v) {
    v(1, major), v(2, minor), v(3, pid), v(4, addresses);
  }
};

struct HandoverPrepared {
  static constexpr uint16_t kType = 2;
  uint32_t major = kHandoverMajor;
  uint32_t minor = kHandoverMinor;
  std::string version;  // the release
  int32_t schema = 0;   // to which it is going to bring the database

  template <class V>
  void Fields(V& v) {
    v(1, major), v(2, minor), v(3, version), v(4, schema);
  }
};

template <uint16_t kNumber>
struct HandoverSignal {
  static constexpr uint16_t kType = kNumber;
  template <class V>
  void Fields(V&) {}
};
using HandoverGo = HandoverSignal<3>;
using HandoverReady = HandoverSignal<4>;
using HandoverCommit = HandoverSignal<5>;
using HandoverServing = HandoverSignal<6>;

struct HandoverConnection {
  static constexpr uint16_t kType = 7;
  std::string read_ahead, head, cursor;  // see api::Engine::Handed

  template <class V>
  void Fields(V& v) {
    v(1, read_ahead), v(2, head), v(3, cursor);
  }
};
using HandoverEnd = HandoverSignal<8>;

struct HandoverFailed {
  static constexpr uint16_t kType = 9;
  std::string error;

  template <class V>
  void Fields(V& v) {
    v(1, error);
  }
};

// One end of the socket. Sending is thread-safe.
class HandoverChannel {
 public:
  using Clock = std::chrono::steady_clock;
  struct Message {
    uint16_t type = 0;
    std::string body;
    std::vector<Fd> fds;
  };

  explicit HandoverChannel(Fd fd);

  template <class T>
  Status Send(const T& message, const std::vector<int>& fds = {}) {
    std::string body;
    shim::EncodeFields(message, &body);
    return SendRaw(T::kType, body, fds);
  }
  // ETIMEDOUT after the deadline, ECONNRESET when the other one has gone.
  Result<Message> Receive(Clock::time_point deadline);
  // The next message, which must be a T. What a HandoverFailed says is kUnavailable.
  template <class T>
  Result<T> Expect(Clock::time_point deadline, std::vector<Fd>* fds = nullptr) {
    BUOY_ASSIGN(Message message, Receive(deadline));
    T out;
    BUOY_TRY(Check(message, T::kType));
    if (!shim::DecodeFields(message.body, &out)) return Internal("malformed handover message");
    if (fds != nullptr) *fds = std::move(message.fds);
    return out;
  }
  // Ends both directions; wakes a thread in Receive().
  void Shutdown();

 private:
  Status SendRaw(uint16_t type, const std::string& body, const std::vector<int>& fds);
  static Status Check(const Message& message, uint16_t type);

  std::mutex send_mutex_;
  Fd fd_;
};

}  // namespace buoy::server
