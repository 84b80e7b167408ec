#include "cli/opts/validate.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "cli/flags/quote.h"
#include "cli/opts/text.h"
#include "common/net/ip.h"

namespace buoy::cli::opts {
namespace {

bool IsAlnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// The labels of a domain name: letters and digits, dashes inside. Docker's expression allows a
// colon before each part by a slip, which nobody relies on.
bool IsDomain(const std::string& text) {
  for (const std::string& label : Split(text, '.')) {
    if (label.empty() || !IsAlnum(label.front()) || !IsAlnum(label.back())) return false;
    if (!std::all_of(label.begin(), label.end(), [](char c) { return IsAlnum(c) || c == '-'; })) {
      return false;
    }
  }
  return true;
}

bool IsNumberOrStar(const std::string& text) {
  return text == "*" ||
         (!text.empty() && std::all_of(text.begin(), text.end(),
                                       [](unsigned char c) { return std::isdigit(c) != 0; }));
}

}  // namespace

Result<std::string> ValidateEnv(const std::string& value) {
  CutResult cut = Cut(value, '=');
  if (cut.before.empty()) return InvalidArgument("invalid environment variable: " + value);
  if (cut.found) return value;
  const char* inherited = getenv(value.c_str());
  return inherited == nullptr ? value : value + "=" + inherited;
}

Result<std::string> ValidateIpAddress(const std::string& value) {
  auto address = net::IpAddress::Parse(Trim(value));
  if (!address) return InvalidArgument("IP address is not correctly formatted: " + value);
  return address->ToString();
}

Result<std::string> ValidateDnsSearch(const std::string& value) {
  std::string domain = value;
  domain.erase(0, domain.find_first_not_of(' '));
  domain.erase(domain.find_last_not_of(' ') + 1);
  if (domain == ".") return domain;
  std::string bare = domain;
  if (bare.ends_with('.')) bare.pop_back();
  bool letter =
      std::any_of(bare.begin(), bare.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
  if (!letter || bare.size() >= 255 || !IsDomain(bare)) {
    return InvalidArgument(domain + " is not a valid domain");
  }
  return bare;
}

Result<std::string> ValidateLabel(const std::string& value) {
  std::string key = Cut(value, '=').before;
  key.erase(0, key.find_first_not_of(" \t"));
  if (key.empty()) return InvalidArgument("invalid label '" + value + "': empty name");
  if (key.find_first_of(" \t") != std::string::npos) {
    return InvalidArgument("label '" + key + "' contains whitespaces");
  }
  return value;
}

Result<std::string> ValidateSysctl(const std::string& value) {
  static constexpr const char* kAllowed[] = {
      "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem",
      "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced"};
  CutResult cut = Cut(value, '=');
  bool allowed =
      cut.found &&
      (cut.before.starts_with("net.") || cut.before.starts_with("fs.mqueue.") ||
       std::find(std::begin(kAllowed), std::end(kAllowed), cut.before) != std::end(kAllowed));
  if (!allowed) return InvalidArgument("sysctl '" + value + "' is not allowed");
  return value;
}

Result<std::string> ValidateLink(const std::string& value) {
  if (value.empty()) return InvalidArgument("empty string specified for links");
  if (std::count(value.begin(), value.end(), ':') > 1) {
    return InvalidArgument("bad format for links: " + value);
  }
  return value;
}

Result<std::string> ValidateExtraHost(const std::string& value) {
  CutResult cut = Cut(value, '=');
  if (!cut.found) cut = Cut(value, ':');
  if (!cut.found || cut.before.empty() || cut.before.find(':') != std::string::npos) {
    return InvalidArgument("bad format for add-host: " + Quote(value));
  }
  std::string ip = cut.after;
  if (ip != "host-gateway") {
    if (ip.size() > 2 && ip.front() == '[' && ip.back() == ']') ip = ip.substr(1, ip.size() - 2);
    if (!ValidateIpAddress(ip).ok()) {
      return InvalidArgument("invalid IP address in add-host: " + Quote(ip));
    }
  }
  return cut.before + ":" + ip;
}

Result<std::string> ValidateAttach(const std::string& value) {
  std::string stream = Lower(value);
  if (stream == "stdin" || stream == "stdout" || stream == "stderr") return stream;
  return InvalidArgument("valid streams are STDIN, STDOUT and STDERR");
}

Result<std::string> ValidateDeviceCgroupRule(const std::string& value) {
  std::vector<std::string> parts = Split(value, ' ');
  bool valid = parts.size() == 3 && parts[0].size() == 1 &&
               std::string_view("acb").find(parts[0]) != std::string_view::npos;
  if (valid) {
    CutResult numbers = Cut(parts[1], ':');
    const std::string& mode = parts[2];
    valid = numbers.found && IsNumberOrStar(numbers.before) && IsNumberOrStar(numbers.after) &&
            !mode.empty() && mode.size() <= 3 && mode.find_first_not_of("rwm") == std::string::npos;
  }
  if (!valid) return InvalidArgument("invalid device cgroup format '" + value + "'");
  return value;
}

bool IsMacAddress(const std::string& value) { return net::ParseMac(Trim(value)).has_value(); }

}  // namespace buoy::cli::opts
