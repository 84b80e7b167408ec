#include <unistd.h>

#include <csignal>
#include <string>

#include "cli/command/registry.h"

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  sigset_t window;
  sigemptyset(&window);
  sigaddset(&window, SIGWINCH);
  pthread_sigmask(SIG_BLOCK, &window, nullptr);  // left to the thread that resizes terminals
  std::string program = argc > 0 ? argv[0] : "buoy";
  program = program.substr(program.rfind('/') + 1);
  auto* cli = new buoy::cli::Cli(program == "docker" ? "docker" : "buoy");
  int status =
      buoy::cli::RunCli(*cli, {argv + 1, argv + argc}, buoy::cli::AllCommands(cli->program()));
  _exit(status);  // threads may still be blocked in reads
}
