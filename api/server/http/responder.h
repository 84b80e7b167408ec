#pragma once

#include <functional>
#include <memory>

#include "api/server/http/exchange.h"

namespace buoy::api {

// Runs a handler on an exchange and writes what it replied, by cpp-httplib. Thread-safe.
//
// httplib's own listener, router, head parser and body reader are not used (regex routes overflow
// the stack, heads are limited to 8 KB lines at compile time, bodies are pushed, a POST without a
// length hangs): it gets a short head with what it needs to know, judges method and protocol, calls
// the handler as its "pre-routing handler", and serialises the buffered answer.
class Responder {
 public:
  using Handler = std::function<void(Exchange&)>;
  explicit Responder(Handler handler);
  ~Responder();

  // False: the connection is broken.
  bool Run(Exchange& exchange, Connection& connection);

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace buoy::api
