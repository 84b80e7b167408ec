#include <algorithm>
#include <cctype>
#include <sstream>

#include "common/json/codec.h"
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

// "...: Permission denied" -> "...: permission denied": strerror's texts as Go writes them.
std::string LowerTail(std::string text) {
  size_t colon = text.rfind(": ");
  if (colon != std::string::npos && colon + 2 < text.size()) {
    text[colon + 2] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[colon + 2])));
  }
  return text;
}

std::string TailOf(const std::string& text) {
  size_t colon = text.rfind(": ");
  return colon == std::string::npos ? text : text.substr(colon + 2);
}

std::string Between(const std::string& text, char quote) {
  size_t begin = text.find(quote);
  size_t end = begin == std::string::npos ? begin : text.find(quote, begin + 1);
  return end == std::string::npos ? std::string() : text.substr(begin + 1, end - begin - 1);
}

// crun's words about what it could not start, in runc's. Empty = not about the executable.
std::string CrunExecText(const std::string& text, const std::vector<std::string>& args) {
  std::string named = Between(text, '`');
  if (text.starts_with("executable file `")) {
    if (named.find('/') == std::string::npos) {
      return "exec: \"" + named + "\": executable file not found in $PATH";
    }
    return "exec: \"" + named + "\": stat " + named + ": " + TailOf(LowerTail(text));
  }
  if (text.starts_with("open executable")) {
    std::string program = args.empty() ? "" : args[0];
    std::string why = TailOf(LowerTail(text));
    bool missing = why == "no such file or directory";
    return "exec: \"" + program + "\": " + (missing ? "stat " + program + ": " : "") + why;
  }
  if (text.starts_with("exec container process")) {
    std::string program = named.empty() && !args.empty() ? args[0] : named;
    return "exec: \"" + program + "\": " + TailOf(LowerTail(text));
  }
  return {};
}

// The part after "OCI runtime create failed: ", whichever runtime wrote it.
std::string Normalize(const std::string& raw, const std::string& verb,
                      const std::vector<std::string>& args) {
  std::string text = raw;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  const std::string prefix = verb == "exec" ? "exec failed: " : "runc create failed: ";
  for (const char* known : {"runc create failed: ", "runc run failed: ", "exec failed: ",
                            "runc exec failed: ", "crun: "}) {
    if (text.starts_with(known)) text = text.substr(std::string(known).size());
  }
  if (text.starts_with("unable to start container process: ")) return prefix + text;
  std::string about_executable = CrunExecText(text, args);
  if (!about_executable.empty()) {
    return prefix + "unable to start container process: " + about_executable;
  }
  return prefix + LowerTail(text);
}

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
      Normalize(runtime_text, "create", args) + ": unknown");
}

StartFailure ExecFailure(const std::string& runtime_text, const std::vector<std::string>& args) {
  return Classify("OCI runtime exec failed: " + Normalize(runtime_text, "exec", args) +
                  ": unknown");
}

}  // namespace buoy::oci
