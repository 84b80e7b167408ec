#include "daemon/metrics/histogram.h"

#include <charconv>

namespace buoy::metrics {

std::string Number(double value) {
  char text[32];
  auto end = std::to_chars(text, text + sizeof text, value);
  return {text, end.ptr};
}

std::string LabelValue(const std::string& value) {
  std::string out = "\"";
  for (char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

void Histogram::Observe(double seconds) {
  ++count_;
  sum_ += seconds;
  for (size_t i = 0; i < kBounds.size(); ++i) {
    if (seconds > kBounds[i]) continue;
    ++counts_[i];
    return;
  }
}

void Histogram::Write(std::string& out, const std::string& name, const std::string& labels) const {
  const std::string more = labels.empty() ? "" : labels + ",";
  uint64_t below = 0;
  for (size_t i = 0; i < kBounds.size(); ++i) {
    below += counts_[i];
    out += name + "_bucket{" + more + "le=\"" + Number(kBounds[i]) + "\"} " +
           std::to_string(below) + "\n";
  }
  out += name + "_bucket{" + more + "le=\"+Inf\"} " + std::to_string(count_) + "\n";
  const std::string braces = labels.empty() ? "" : "{" + labels + "}";
  out += name + "_sum" + braces + " " + Number(sum_) + "\n";
  out += name + "_count" + braces + " " + std::to_string(count_) + "\n";
}

}  // namespace buoy::metrics
