#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace buoy::metrics {

// Durations in seconds, in the buckets of Prometheus' clients. Not thread-safe.
class Histogram {
 public:
  void Observe(double seconds);
  // The lines of one series: NAME_bucket, NAME_sum, NAME_count. `labels` is `a="b"` or "".
  void Write(std::string& out, const std::string& name, const std::string& labels) const;

 private:
  static constexpr std::array<double, 11> kBounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                     0.5,   1,    2.5,   5,    10};
  std::array<uint64_t, kBounds.size()> counts_{};  // each of its own bucket alone
  uint64_t count_ = 0;
  double sum_ = 0;
};

// A value as the text format has it: "1", "0.25", "1.6e+10".
std::string Number(double value);
// A label's value with its escapes, quoted.
std::string LabelValue(const std::string& value);

}  // namespace buoy::metrics
