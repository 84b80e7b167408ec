#include "daemon/volume/mount_options.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/mount.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <sstream>

#include "common/unix/file.h"
#include "daemon/config/text.h"

namespace buoy::volume {
namespace {

struct Flag {
  bool clear;
  unsigned long bits;
};

const std::map<std::string, Flag>& Flags() {
  static const std::map<std::string, Flag> flags = {{"defaults", {false, 0}},
                                                    {"ro", {false, MS_RDONLY}},
                                                    {"rw", {true, MS_RDONLY}},
                                                    {"suid", {true, MS_NOSUID}},
                                                    {"nosuid", {false, MS_NOSUID}},
                                                    {"dev", {true, MS_NODEV}},
                                                    {"nodev", {false, MS_NODEV}},
                                                    {"exec", {true, MS_NOEXEC}},
                                                    {"noexec", {false, MS_NOEXEC}},
                                                    {"sync", {false, MS_SYNCHRONOUS}},
                                                    {"async", {true, MS_SYNCHRONOUS}},
                                                    {"dirsync", {false, MS_DIRSYNC}},
                                                    {"remount", {false, MS_REMOUNT}},
                                                    {"mand", {false, MS_MANDLOCK}},
                                                    {"nomand", {true, MS_MANDLOCK}},
                                                    {"atime", {true, MS_NOATIME}},
                                                    {"noatime", {false, MS_NOATIME}},
                                                    {"diratime", {true, MS_NODIRATIME}},
                                                    {"nodiratime", {false, MS_NODIRATIME}},
                                                    {"bind", {false, MS_BIND}},
                                                    {"rbind", {false, MS_BIND | MS_REC}},
                                                    {"relatime", {false, MS_RELATIME}},
                                                    {"norelatime", {true, MS_RELATIME}},
                                                    {"strictatime", {false, MS_STRICTATIME}},
                                                    {"nostrictatime", {true, MS_STRICTATIME}}};
  return flags;
}

const std::map<std::string, unsigned long>& Propagations() {
  static const std::map<std::string, unsigned long> flags = {
      {"private", MS_PRIVATE},       {"rprivate", MS_PRIVATE | MS_REC},
      {"shared", MS_SHARED},         {"rshared", MS_SHARED | MS_REC},
      {"slave", MS_SLAVE},           {"rslave", MS_SLAVE | MS_REC},
      {"unbindable", MS_UNBINDABLE}, {"runbindable", MS_UNBINDABLE | MS_REC}};
  return flags;
}

std::string Get(const std::map<std::string, std::string>& options, const char* key) {
  auto found = options.find(key);
  return found == options.end() ? std::string() : found->second;
}

Result<std::string> Resolve(const std::string& host) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0 || found == nullptr) {
    return Internal("error resolving passed in network volume address: lookup " + host +
                    ": no such host");
  }
  char text[INET6_ADDRSTRLEN] = "";
  const void* address =
      found->ai_family == AF_INET
          ? static_cast<const void*>(&reinterpret_cast<sockaddr_in*>(found->ai_addr)->sin_addr)
          : &reinterpret_cast<sockaddr_in6*>(found->ai_addr)->sin6_addr;
  inet_ntop(found->ai_family, address, text, sizeof text);
  freeaddrinfo(found);
  return std::string(text);
}

// "addr=nas.example" needs an address: the kernel does not look names up.
Result<std::string> ResolveAddr(const std::string& word) {
  std::string host = word.substr(5);
  in_addr v4{};
  if (host.empty() || inet_pton(AF_INET, host.c_str(), &v4) == 1) return word;
  BUOY_ASSIGN(std::string address, Resolve(host));
  return "addr=" + address;
}

// "//nas.example/share" likewise, when the options name no address.
Result<std::string> ResolveCifsDevice(const std::string& device) {
  if (!device.starts_with("//")) return device;
  const size_t end = std::min(device.find('/', 2), device.size());
  const std::string host = device.substr(2, end - 2);
  in6_addr any{};
  if (host.empty() || host[0] == '[' || inet_pton(AF_INET, host.c_str(), &any) == 1) return device;
  BUOY_ASSIGN(std::string address, Resolve(host));
  return "//" + (address.find(':') == std::string::npos ? address : "[" + address + "]") +
         device.substr(end);
}

std::string HidePassword(const std::string& data) {
  size_t at = data.find("password=");
  if (at == std::string::npos) return data;
  size_t end = data.find(',', at);
  return data.substr(0, at) + "password=********" +
         (end == std::string::npos ? "" : data.substr(end));
}

// "//host:445/share".
bool HasPort(const std::string& url) {
  size_t host = url.find("//");
  if (host == std::string::npos) return false;
  size_t end = std::min(url.find('/', host + 2), url.size());
  size_t colon = url.find(':', url.find(']', host) < end ? url.find(']', host) : host);
  return colon + 1 < end;
}

}  // namespace

Status CheckLocalOptions(const std::map<std::string, std::string>& options) {
  for (const auto& [key, value] : options) {
    if (key != "type" && key != "o" && key != "device" && key != "size") {
      return InvalidArgument("invalid option: \"" + key + "\"");
    }
  }
  if (auto size = options.find("size"); size != options.end()) {
    BUOY_ASSIGN(int64_t bytes, config::ParseBytes(size->second));
    if (bytes > 0) return InvalidArgument("quota size requested but no quota support");
  }
  if (Get(options, "type") == "cifs" && HasPort(Get(options, "device"))) {
    return InvalidArgument("port not allowed in CIFS device URL, include 'port' in 'o='");
  }
  auto missing = [&](const char* given, const char* needed) {
    return options.contains(given) && !options.contains(needed);
  };
  if (missing("type", "device") || missing("o", "device")) {
    return InvalidArgument("missing required option: \"device\"");
  }
  if (missing("device", "type") || missing("o", "type")) {
    return InvalidArgument("missing required option: \"type\"");
  }
  return Ok();
}

bool NeedsMount(const std::map<std::string, std::string>& options) {
  return !Get(options, "type").empty() || !Get(options, "device").empty();
}

Result<LocalMount> ParseLocalMount(const std::map<std::string, std::string>& options) {
  LocalMount mount;
  mount.type = Get(options, "type");
  mount.device = Get(options, "device");
  if (mount.device.empty()) return InvalidArgument("missing device in volume options");
  bool network = mount.type == "nfs" || mount.type == "cifs", has_address = false;
  std::stringstream words(Get(options, "o"));
  std::string word;
  while (std::getline(words, word, ',')) {
    if (auto flag = Flags().find(word); flag != Flags().end()) {
      mount.flags =
          flag->second.clear ? mount.flags & ~flag->second.bits : mount.flags | flag->second.bits;
      continue;
    }
    if (auto flag = Propagations().find(word); flag != Propagations().end()) {
      mount.propagation = flag->second;
      continue;
    }
    if (network && word.starts_with("addr=")) {
      has_address = true;
      BUOY_ASSIGN(word, ResolveAddr(word));
    }
    mount.data += (mount.data.empty() ? "" : ",") + word;
  }
  if (mount.type == "cifs" && !has_address) {
    BUOY_ASSIGN(mount.device, ResolveCifsDevice(mount.device));
  }
  return mount;
}

Status MountLocal(const LocalMount& mount, const std::string& target) {
  auto failed = [&](unsigned long flags) {
    int error = errno;
    char hex[32];
    snprintf(hex, sizeof hex, "0x%lx", flags);
    std::string what = "failed to mount local volume: mount " + mount.device + ":" + target;
    if (flags != 0) what += std::string(", flags: ") + hex;
    if (!mount.data.empty()) what += ", data: " + HidePassword(mount.data);
    return ErrnoError(what, error);
  };
  if (::mount(mount.device.c_str(), target.c_str(), mount.type.c_str(), mount.flags,
              mount.data.c_str()) != 0) {
    return failed(mount.flags);
  }
  // A bind takes neither read-only nor propagation with it: both need a second call.
  unsigned long read_only_bind = MS_BIND | MS_RDONLY;
  bool ok = true;
  unsigned long flags = mount.flags | MS_REMOUNT;
  if ((mount.flags & read_only_bind) == read_only_bind) {
    ok = ::mount(mount.device.c_str(), target.c_str(), "", flags, "") == 0;
  }
  if (ok && mount.propagation != 0) {
    flags = mount.propagation;
    ok = ::mount("", target.c_str(), "", flags, "") == 0;
  }
  if (ok) return Ok();
  Error error = failed(flags);
  umount2(target.c_str(), 0);
  return error;
}

bool IsMountPoint(const std::string& path) {
  auto text = ReadFile("/proc/self/mountinfo");
  if (!text.ok()) return false;
  std::string escaped;
  for (char c : path) {
    char octal[8];
    snprintf(octal, sizeof octal, "\\%03o", static_cast<unsigned char>(c));
    escaped +=
        c == ' ' || c == '\t' || c == '\n' || c == '\\' ? std::string(octal) : std::string(1, c);
  }
  std::istringstream lines(*text);
  std::string line, skip, mount_point;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    fields >> skip >> skip >> skip >> skip >> mount_point;
    if (mount_point == escaped) return true;
  }
  return false;
}

}  // namespace buoy::volume
