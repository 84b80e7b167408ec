// The API over fakes, for trials with real clients and load generators:
//   fake_daemon SOCKET [TCP-PORT]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>

#include <cstdio>
#include <cstdlib>

#include "api/server/testing/fake_backends.h"

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  buoy::api::FakeDaemon daemon;
  buoy::Status status = daemon.Start(argv[1]);
  if (status.ok() && argc > 2) {
    buoy::Fd tcp(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int on = 1;
    setsockopt(tcp.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(atoi(argv[2])));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(tcp.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(tcp.get(), 1024) != 0) {
      perror("listen");
      return 1;
    }
    status = daemon.server->engine().AddListener(std::move(tcp));
  }
  if (!status.ok()) {
    fprintf(stderr, "%s\n", status.error().message().c_str());
    return 1;
  }
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  bool clean = daemon.server->engine().Drain(std::chrono::seconds(5));
  printf("drained: %s\n", clean ? "yes" : "no");
  return 0;
}
