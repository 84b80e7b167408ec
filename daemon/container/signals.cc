#include "daemon/container/signals.h"

#include <signal.h>

#include <charconv>
#include <utility>

namespace buoy::container {
namespace {

constexpr int kRtMin = 34;
constexpr int kRtMax = 64;

constexpr std::pair<const char*, int> kSignals[] = {
    {"ABRT", SIGABRT}, {"ALRM", SIGALRM}, {"BUS", SIGBUS},       {"CHLD", SIGCHLD},
    {"CLD", SIGCHLD},  {"CONT", SIGCONT}, {"FPE", SIGFPE},       {"HUP", SIGHUP},
    {"ILL", SIGILL},   {"INT", SIGINT},   {"IO", SIGIO},         {"IOT", SIGIOT},
    {"KILL", SIGKILL}, {"PIPE", SIGPIPE}, {"POLL", SIGPOLL},     {"PROF", SIGPROF},
    {"PWR", SIGPWR},   {"QUIT", SIGQUIT}, {"SEGV", SIGSEGV},     {"STKFLT", SIGSTKFLT},
    {"STOP", SIGSTOP}, {"SYS", SIGSYS},   {"TERM", SIGTERM},     {"TRAP", SIGTRAP},
    {"TSTP", SIGTSTP}, {"TTIN", SIGTTIN}, {"TTOU", SIGTTOU},     {"URG", SIGURG},
    {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"VTALRM", SIGVTALRM}, {"WINCH", SIGWINCH},
    {"XCPU", SIGXCPU}, {"XFSZ", SIGXFSZ}, {"RTMIN", kRtMin},     {"RTMAX", kRtMax},
};

bool ParseInt(std::string_view text, int* value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// "RTMIN+3", "RTMAX-14"; 0 = none. Each counts up to 15 and 14, as the names of the C library do.
int RealTime(std::string_view name) {
  int offset = 0;
  if (name.size() <= 6 || !ParseInt(name.substr(6), &offset) || offset < 1) return 0;
  if (name.substr(0, 6) == "RTMIN+" && offset <= 15) return kRtMin + offset;
  if (name.substr(0, 6) == "RTMAX-" && offset <= 14) return kRtMax - offset;
  return 0;
}

}  // namespace

Result<int> ParseSignal(const std::string& text) {
  int number = 0;
  std::string_view digits = text;
  if (digits.size() > 1 && digits.front() == '+') digits.remove_prefix(1);
  if (ParseInt(digits, &number)) {
    if (number == 0) return InvalidArgument("invalid signal: " + text);
    return number;
  }
  std::string name;
  for (char c : text) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (name.rfind("SIG", 0) == 0) name.erase(0, 3);
  for (const auto& [known, value] : kSignals) {
    if (name == known) return value;
  }
  if (int value = RealTime(name); value != 0) return value;
  return InvalidArgument("invalid signal: " + text);
}

bool IsKnownSignal(int signal) {
  return (signal >= 1 && signal <= 31) || (signal >= kRtMin && signal <= kRtMax);
}

}  // namespace buoy::container
