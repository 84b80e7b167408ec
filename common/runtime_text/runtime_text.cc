#include "common/runtime_text/runtime_text.h"

#include "common/loglines/json_scan.h"

namespace buoy {
namespace {

constexpr std::string_view kMissing = "no such file or directory";

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// After the last ": ", as Go writes errors: strerror's first letter is a small one.
size_t ReasonAt(std::string_view text) {
  const size_t colon = text.rfind(": ");
  return colon == std::string_view::npos ? 0 : colon + 2;
}

std::string SmallReason(std::string_view text) {
  std::string out(text);
  const size_t at = ReasonAt(text);
  const bool capital = at > 0 && at < out.size() && out[at] >= 'A' && out[at] <= 'Z';
  if (capital) out[at] = static_cast<char>(out[at] - 'A' + 'a');
  return out;
}

std::string Reason(std::string_view text) {
  const std::string small = SmallReason(text);
  return small.substr(ReasonAt(small));
}

// `like this`
std::string Quoted(std::string_view text) {
  const size_t begin = text.find('`');
  const size_t end = begin == std::string_view::npos ? begin : text.find('`', begin + 1);
  if (end == std::string_view::npos) return "";
  return std::string(text.substr(begin + 1, end - begin - 1));
}

std::string Exec(const std::string& program, const std::string& reason) {
  return "exec: \"" + program + "\": " + reason;
}

// crun's words about what it could not start. Empty = about something else.
std::string OfCrun(std::string_view text, std::string_view program) {
  const std::string quoted = Quoted(text), reason = Reason(text);
  std::string_view rest = text;
  if (TakePrefix(rest, "executable file `")) {
    if (quoted.find('/') == std::string::npos) {
      return Exec(quoted, "executable file not found in $PATH");
    }
    return Exec(quoted, "stat " + quoted + ": " + std::string(kMissing));
  }
  if (TakePrefix(rest, "open executable")) {
    const std::string name(program);
    // It refuses what is no file with EPERM.
    if (reason == "operation not permitted") return Exec(name, "permission denied");
    const bool path = reason == kMissing || reason == "not a directory";
    return Exec(name, path ? "stat " + name + ": " + reason : reason);
  }
  if (TakePrefix(rest, "exec container process")) {
    return Exec(quoted.empty() ? std::string(program) : quoted, reason);
  }
  if (TakePrefix(rest, "chdir `")) {
    return "chdir to cwd (\"" + quoted + "\") set in config.json failed: " + reason;
  }
  return "";
}

}  // namespace

std::string InRuncsWords(std::string_view text, RuntimeVerb verb, std::string_view program) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  for (const char* known : {"runc create failed: ", "runc run failed: ", "exec failed: ",
                            "runc exec failed: ", "crun: "}) {
    TakePrefix(text, known);
  }
  const std::string prefix = verb == RuntimeVerb::kExec ? "exec failed: " : "runc create failed: ";
  const std::string start = "unable to start container process: ";
  if (text.substr(0, start.size()) == start) return prefix + std::string(text);
  const std::string about_process = OfCrun(text, program);
  return prefix + (about_process.empty() ? SmallReason(text) : start + about_process);
}

std::string ProgramOf(std::string_view json) {
  std::string key, program;
  std::string_view value;
  for (loglines::ObjectScanner scanner(json); scanner.Next(&key, &value);) {
    if (key == "process") return ProgramOf(value);
    if (key != "args") continue;
    value.remove_prefix(value.empty() ? 0 : 1);  // the list's bracket
    const size_t begin = value.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || value[begin] != '"') return "";
    size_t end = begin + 1;
    while (end < value.size() && value[end] != '"') end += value[end] == '\\' ? 2 : 1;
    loglines::AppendUnescaped(value.substr(begin, end + 1 - begin), &program);
    return program;
  }
  return program;
}

}  // namespace buoy
