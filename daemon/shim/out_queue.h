#pragma once

#include <string>
#include <string_view>

namespace buoy::shim {

// Bytes on their way to a non-blocking descriptor.
class OutQueue {
 public:
  void Append(std::string_view data) { data_.append(data.data(), data.size()); }
  // To append to in place.
  std::string* buffer() { return &data_; }
  size_t size() const { return data_.size() - done_; }
  bool empty() const { return size() == 0; }
  void Clear();
  // Writes what goes without waiting. False (errno) when the other side is gone.
  bool Flush(int fd);

 private:
  std::string data_;
  size_t done_ = 0;
};

}  // namespace buoy::shim
