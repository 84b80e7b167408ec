#include "daemon/image/progress_lines.h"

#include <algorithm>
#include <cstdio>

#include "common/json/codec.h"

namespace buoy::image {

namespace {

// go-units' HumanSize.
std::string HumanSize(int64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  double size = static_cast<double>(bytes);
  int unit = 0;
  while (size >= 1000.0 && unit < 6) {
    size /= 1000.0;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.4g%s", size, kUnits[unit]);
  return text;
}

std::string Bar(int64_t current, int64_t total) {
  if (current <= 0 && total <= 0) return "";
  char numbers[96];
  if (total <= 0) {
    std::snprintf(numbers, sizeof numbers, "%8s", HumanSize(current).c_str());
    return numbers;
  }
  int filled =
      static_cast<int>(static_cast<double>(current) / static_cast<double>(total) * 100) / 2;
  filled = std::clamp(filled, 0, 50);
  if (current > total) {
    std::snprintf(numbers, sizeof numbers, "%8s", HumanSize(current).c_str());
  } else {
    std::snprintf(numbers, sizeof numbers, "%8s/%s", HumanSize(current).c_str(),
                  HumanSize(total).c_str());
  }
  return "[" + std::string(static_cast<size_t>(filled), '=') + ">" +
         std::string(static_cast<size_t>(50 - filled), ' ') + "] " + numbers;
}

}  // namespace

std::string StreamLine(const std::string& text) {
  json::Json line;
  line["stream"] = text;
  return json::Dump(line);
}

std::string StatusLine(const std::string& status, const std::string& id) {
  json::Json line;
  line["status"] = status;
  if (!id.empty()) {
    line["progressDetail"] = json::Json::object();
    line["id"] = id;
  }
  return json::Dump(line);
}

std::string ProgressLine(const std::string& status, const std::string& id, int64_t current,
                         int64_t total) {
  json::Json line;
  line["status"] = status;
  json::Json detail = json::Json::object();
  if (current != 0) detail["current"] = current;
  if (total > 0) detail["total"] = total;
  line["progressDetail"] = detail;
  if (std::string bar = Bar(current, total); !bar.empty()) line["progress"] = bar;
  if (!id.empty()) line["id"] = id;
  return json::Dump(line);
}

Result<size_t> ProgressSource::Read(std::span<char> buffer) {
  constexpr int64_t kStep = 512 * 1024;
  constexpr std::chrono::milliseconds kPause(100);
  BUOY_ASSIGN(size_t n, inner_.Read(buffer));
  current_ += static_cast<int64_t>(n);
  const auto now = std::chrono::steady_clock::now();
  const bool step = current_ - reported_ >= kStep && now - last_ >= kPause;
  if (step || (n == 0 && !ended_)) {
    ended_ = n == 0;
    reported_ = current_;
    last_ = now;
    BUOY_TRY(report_(current_));
  }
  return n;
}

}  // namespace buoy::image
