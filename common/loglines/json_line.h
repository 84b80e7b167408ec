#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace buoy::loglines {

// One entry of a json-file log: a line with its newline, or a piece of a long line without.
struct LogEntry {
  int64_t time = 0;  // ns since the epoch
  bool is_stderr = false;
  bool known_stream = true;  // readers skip entries of other streams
  std::string log;
  std::string raw_attrs;  // the JSON object, or empty
};

// {"log":...,"stream":...,"attrs":...,"time":...} and a newline: Docker's bytes. `log` is what the
// entry holds, its newline included. `raw_attrs` is an encoded object or empty.
void AppendLogLine(std::string_view log, bool is_stderr, std::string_view raw_attrs, int64_t time,
                   std::string* out);
// False for anything that is not such an object.
bool ParseLogLine(std::string_view line, LogEntry* entry);

// {"key", "value", "key", "value" ...} to the JSON object as Go writes a map (sorted by key);
// "" when there is none.
std::string EncodeAttrs(const std::vector<std::string>& pairs);

struct RenderOptions {
  bool timestamps = false;
  bool details = false;
};
// What `docker logs` shows of an entry: "2026-...Z key=value,k=v line\n".
void AppendRendered(const LogEntry& entry, const RenderOptions& options, std::string* out);

}  // namespace buoy::loglines
