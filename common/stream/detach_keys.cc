#include "common/stream/detach_keys.h"

namespace buoy::stream {

namespace {

// "ctrl-@" is 0, "ctrl-a" 1 ... "ctrl-_" 31.
constexpr std::string_view kControls = "@abcdefghijklmnopqrstuvwxyz[\\]^_";

bool ParseKey(std::string_view key, char* byte) {
  if (key.size() == 1) {
    *byte = key[0];
    return true;
  }
  if (key == "DEL") {
    *byte = 127;
    return true;
  }
  if (key.size() != 6 || key.substr(0, 5) != "ctrl-") return false;
  const size_t code = kControls.find(key[5]);
  if (code == std::string_view::npos) return false;
  *byte = static_cast<char>(code);
  return true;
}

}  // namespace

bool ParseDetachKeys(std::string_view spec, std::string* keys, std::string* error) {
  keys->clear();
  if (spec.empty()) return true;
  while (true) {
    const size_t comma = spec.find(',');
    const std::string_view key = spec.substr(0, comma);
    char byte = 0;
    if (!ParseKey(key, &byte)) {
      error->assign("Unknown character: '");
      error->append(key.data(), key.size());
      error->append("'");
      return false;
    }
    keys->push_back(byte);
    if (comma == std::string_view::npos) return true;
    spec.remove_prefix(comma + 1);
  }
}

bool DetachKeyFilter::Feed(std::string_view input, std::string* out) {
  if (keys_.empty()) {
    out->append(input.data(), input.size());
    return false;
  }
  for (const char byte : input) {
    if (byte == keys_[matched_]) {
      if (++matched_ == keys_.size()) return true;
      continue;
    }
    // As in Docker the byte that breaks a sequence does not start a new one.
    out->append(keys_, 0, matched_);
    out->push_back(byte);
    matched_ = 0;
  }
  return false;
}

}  // namespace buoy::stream
