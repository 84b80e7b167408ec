#include "daemon/oci/mount_grammar.h"

#include <algorithm>

namespace buoy::oci {
namespace {

bool In(const std::string& word, std::initializer_list<const char*> list) {
  return std::any_of(list.begin(), list.end(), [&](const char* item) { return word == item; });
}

}  // namespace

std::vector<std::string> SplitOn(const std::string& text, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != separator) continue;
    parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return parts;
}

std::string CleanPath(const std::string& path) {
  bool absolute = path.starts_with("/");
  std::vector<std::string> kept;
  for (auto& part : SplitOn(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else if (part != ".." || !absolute) {
      kept.push_back(part);
    }
  }
  std::string result;
  for (const auto& part : kept) result += (result.empty() && !absolute ? "" : "/") + part;
  if (result.empty()) return absolute ? "/" : ".";
  return result;
}

bool IsPropagation(const std::string& word) {
  return In(word, {"private", "rprivate", "slave", "rslave", "shared", "rshared"});
}

bool ValidMountMode(const std::string& mode) {
  if (mode.empty()) return true;
  int access = 0, label = 0, propagation = 0, copy = 0, consistency = 0;
  for (const auto& word : SplitOn(mode, ',')) {
    if (In(word, {"rw", "ro"})) {
      ++access;
    } else if (In(word, {"z", "Z"})) {
      ++label;
    } else if (IsPropagation(word)) {
      ++propagation;
    } else if (word == "nocopy") {
      ++copy;
    } else if (In(word, {"consistent", "cached", "delegated"})) {
      ++consistency;
    } else {
      return false;
    }
  }
  return access <= 1 && label <= 1 && propagation <= 1 && copy <= 1 && consistency <= 1;
}

bool ModeIsReadWrite(const std::string& mode) {
  auto words = SplitOn(mode, ',');
  return ValidMountMode(mode) && std::find(words.begin(), words.end(), "ro") == words.end();
}

std::string PropagationOf(const std::string& mode) {
  for (const auto& word : SplitOn(mode, ',')) {
    if (IsPropagation(word)) return word;
  }
  return {};
}

}  // namespace buoy::oci
