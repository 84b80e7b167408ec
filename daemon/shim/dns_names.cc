#include "daemon/shim/dns_names.h"

#include <string_view>

#include "common/unix/same_file.h"
#include "daemon/shim/text.h"

namespace buoy::shim {
namespace {

constexpr size_t kMaxTable = 8 << 20, kMaxFile = 64 << 10;

std::string_view TakeLine(std::string_view* text) {
  const size_t end = text->find('\n');
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end == std::string_view::npos ? text->size() : end + 1);
  return line;
}

std::string_view TakeWord(std::string_view* line) {
  const size_t begin = line->find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  line->remove_prefix(begin);
  const size_t end = line->find_first_of(" \t\r");
  const std::string_view word = line->substr(0, end);
  line->remove_prefix(word.size());
  return word;
}

bool SameName(std::string_view a, std::string_view lower) {
  if (a.size() != lower.size()) return false;
  for (size_t i = 0; i < a.size(); i++) {
    const char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] - 'A' + 'a') : a[i];
    if (c != lower[i]) return false;
  }
  return true;
}

// The servers of a resolv.conf.
void ReadServers(const std::string& path, std::vector<std::string>* servers) {
  const std::string text = ReadSmallFile(path.c_str(), kMaxFile);
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = TakeLine(&rest);
    if (TakeWord(&line) == "nameserver") servers->emplace_back(TakeWord(&line));
  }
}

}  // namespace

void DnsNames::Refresh() {
  struct stat now;
  if (stat(path_.c_str(), &now) != 0 || SameFile(now, read_)) return;
  text_ = ReadSmallFile(path_.c_str(), kMaxTable);
  read_ = now;
}

std::vector<std::string> DnsNames::AddressesOf(const std::string& name) {
  Refresh();
  std::vector<std::string> found;
  for (std::string_view rest = text_; !rest.empty();) {
    std::string_view line = TakeLine(&rest);
    if (SameName(TakeWord(&line), name)) found.emplace_back(TakeWord(&line));
  }
  return found;
}

// A name's line is followed by the one with its network.
std::string DnsNames::NameOf(const std::string& address) {
  Refresh();
  std::string first;
  for (std::string_view rest = text_; !rest.empty();) {
    std::string_view line = TakeLine(&rest);
    const std::string_view name = TakeWord(&line);
    if (TakeWord(&line) != address) continue;
    if (first.empty()) {
      first = name;
      continue;
    }
    const bool with_network = name.size() > first.size() + 1 && name[first.size()] == '.' &&
                              name.substr(0, first.size()) == first;
    return with_network ? std::string(name) : first;
  }
  return first;
}

DnsResolvers ReadDnsResolvers(const std::string& path) {
  DnsResolvers resolvers;
  const std::string text = ReadSmallFile(path.c_str(), kMaxFile);
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = TakeLine(&rest);
    const std::string_view word = TakeWord(&line);
    const std::string value(TakeWord(&line));
    if (word == "ndots") resolvers.ndots = true;
    if (word == "server") resolvers.servers.push_back(value);
    if (word == "host") {
      resolvers.from_host = true;
      ReadServers(value, &resolvers.servers);
    }
  }
  return resolvers;
}

}  // namespace buoy::shim
