#include "cli/command/progress.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "cli/command/terminal.h"
#include "cli/flags/units.h"
#include "cli/formatter/json_lines.h"
#include "common/gotime/duration.h"
#include "common/gotime/time.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

constexpr int64_t kBarWidth = 50;
constexpr unsigned kNarrow = 110;  // below, Docker leaves the bar out

std::string Bar(int64_t current, int64_t total) {
  int64_t percent = std::min<int64_t>(total > 0 ? current * 100 / total / 2 : 0, kBarWidth);
  std::string spaces(static_cast<size_t>(kBarWidth - percent), ' ');
  return "[" + std::string(static_cast<size_t>(percent), '=') + ">" + spaces + "] ";
}

std::string ProgressText(const Value& detail, unsigned width) {
  int64_t current = detail.Int("current");
  int64_t total = detail.Int("total");
  if (current <= 0 && total <= 0) return "";
  const std::string& units = detail.Str("units");
  char padded[32];
  snprintf(padded, sizeof padded, "%8s", HumanSize(static_cast<double>(current)).c_str());
  const std::string now = units.empty() ? padded : std::to_string(current);
  const std::string suffix = units.empty() ? "" : " " + units;
  if (total <= 0) return now + suffix;
  std::string bar = width > kNarrow ? Bar(current, total) : "";
  if (detail.Bool("hidecounts")) return bar;
  if (current > total) return bar + now + suffix;
  const std::string all =
      units.empty() ? HumanSize(static_cast<double>(total)) : std::to_string(total);
  return bar + now + "/" + all + suffix;
}

class Display {
 public:
  explicit Display(int fd) : fd_(fd), terminal_(fd >= 0 && IsTerminal(fd)) {
    if (terminal_) width_ = TerminalSize(fd).width;
  }

  Status Show(const Value& message) {
    const Value& detail = message.At("errorDetail");
    if (!detail.IsNull()) return Internal(detail.Str("message"));
    if (!message.Str("error").empty()) return Internal(message.Str("error"));
    if (fd_ < 0) return Ok();
    std::string progress = ProgressText(message.At("progressDetail"), width_);
    if (progress.empty()) progress = message.Str("progress");
    const std::string& id = message.Str("id");
    std::string out;
    if (!terminal_ && !progress.empty() && message.Str("stream").empty()) return Ok();
    size_t up = 0;
    if (terminal_ && !id.empty() && message.Str("stream").empty()) up = LineOf(id, out);
    if (up > 0) out += "\x1b[" + std::to_string(up) + "A";
    bool moving = terminal_ && message.Str("stream").empty() && !progress.empty();
    if (terminal_ && (moving || up > 0)) out += "\x1b[2K\r";
    if (!id.empty()) out += id + ": ";
    if (!message.Str("from").empty()) out += "(from " + message.Str("from") + ") ";
    if (moving) {
      out += message.Str("status") + " " + progress + "\r";
    } else if (!message.Str("stream").empty()) {
      out += message.Str("stream");
    } else {
      out += message.Str("status") + (up > 0 ? "\r" : "\n");
    }
    if (up > 0) out += "\x1b[" + std::to_string(up) + "B";
    return WriteAll(fd_, out);
  }

 private:
  // How many lines above the cursor the id's line is; a new id gets a new line.
  size_t LineOf(const std::string& id, std::string& out) {
    auto [it, added] = lines_.try_emplace(id, lines_.size());
    if (added) out += "\n";
    return lines_.size() - it->second;
  }

  int fd_;
  bool terminal_;
  unsigned width_ = 0;
  std::map<std::string, size_t> lines_;
};

}  // namespace

Status ShowProgress(ByteSource& stream, int fd, const std::function<void(const Value&)>& aux) {
  Display display(fd);
  JsonLines lines(stream);
  while (true) {
    BUOY_ASSIGN(auto message, lines.Next());
    if (!message) return Ok();
    if (aux && !message->At("aux").IsNull()) {
      aux(message->At("aux"));
      continue;
    }
    BUOY_TRY(display.Show(*message));
  }
}

}  // namespace buoy::cli
