#include <algorithm>
#include <cctype>
#include <sstream>

#include "common/json/codec.h"
#include "common/runtime_text/runtime_text.h"
#include "daemon/oci/runtime.h"

namespace buoy::oci {

struct LogLine {
  std::string level, msg;
};

template <class V>
void Fields(V& v, LogLine& s) {
  v("level", s.level);
  v("msg", s.msg);
}

namespace {

// The value of msg="..." in a logfmt line, unquoted.
std::string LogfmtMessage(const std::string& line) {
  size_t at = line.find("msg=");
  if (at == std::string::npos) return {};
  at += 4;
  if (at >= line.size() || line[at] != '"') return line.substr(at, line.find(' ', at) - at);
  std::string message;
  for (++at; at < line.size() && line[at] != '"'; ++at) {
    if (line[at] == '\\' && at + 1 < line.size()) {
      ++at;
      message += line[at] == 'n' ? '\n' : line[at] == 't' ? '\t' : line[at];
    } else {
      message += line[at];
    }
  }
  return message;
}

bool Has(std::string text, const char* part) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text.find(part) != std::string::npos;
}

std::string First(const std::vector<std::string>& args) { return args.empty() ? "" : args[0]; }

// Docker's reading of the text: exit code, kind and hints.
StartFailure Classify(std::string text) {
  if (Has(text, "permission denied")) return {InvalidArgument(text), 126};
  if (Has(text, "is a directory")) return {InvalidArgument(text + ": permission denied"), 126};
  if (Has(text, "not a directory")) {
    return {
        InvalidArgument(text + ": Are you trying to mount a directory onto a file (or vice-versa)? "
                               "Check if the specified host path exists and is the expected type"),
        127};
  }
  for (const char* missing : {"executable file not found", "no such file or directory",
                              "failed to run runc create/exec call"}) {
    if (Has(text, missing)) return {InvalidArgument(text), 127};
  }
  return {Internal(text), 128};
}

}  // namespace

std::string LastRuntimeError(const std::string& log_text) {
  std::istringstream lines(log_text);
  std::string line, last, error;
  while (std::getline(lines, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    last = line;
    if (line[0] == '{') {
      auto parsed = FromJson<LogLine>(line);
      if (parsed.ok() && (parsed->level == "error" || parsed->level == "fatal")) {
        error = parsed->msg;
      }
      if (parsed.ok() && !parsed->msg.empty()) last = parsed->msg;
    } else if (line.find("level=error") != std::string::npos ||
               line.find("level=fatal") != std::string::npos) {
      error = LogfmtMessage(line);
    }
  }
  return error.empty() ? last : error;
}

StartFailure CreateFailure(const std::string& runtime_text, const std::vector<std::string>& args) {
  return Classify(
      "failed to create task for container: failed to create shim task: OCI runtime create "
      "failed: " +
      InRuncsWords(runtime_text, RuntimeVerb::kCreate, First(args)) + ": unknown");
}

StartFailure ExecFailure(const std::string& runtime_text, const std::vector<std::string>& args) {
  return Classify("OCI runtime exec failed: " +
                  InRuncsWords(runtime_text, RuntimeVerb::kExec, First(args)) + ": unknown");
}

}  // namespace buoy::oci
