#include "daemon/plugin/plugin_address.h"

#include <dirent.h>
#include <sys/stat.h>

#include <memory>
#include <set>

#include "common/json/codec.h"
#include "common/unix/file.h"

namespace buoy::plugin {
namespace {

struct SpecTls {
  bool insecure = false;
  std::string ca, cert, key;
};
struct SpecFile {
  std::string addr;
  std::optional<SpecTls> tls;
};
template <class V>
void Fields(V& v, SpecTls& s) {
  v("InsecureSkipVerify", s.insecure);
  v("CAFile", s.ca);
  v("CertFile", s.cert);
  v("KeyFile", s.key);
}
template <class V>
void Fields(V& v, SpecFile& s) {
  v("Addr", s.addr);
  v("TLSConfig", s.tls);
}

constexpr size_t kMaxSpec = 1 << 20;

bool IsSocket(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode);
}

std::vector<std::string> Names(const std::string& folder) {
  std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(folder.c_str()), closedir);
  std::vector<std::string> names;
  while (dir) {
    dirent* entry = readdir(dir.get());
    if (entry == nullptr) break;
    if (entry->d_name[0] != '.') names.push_back(entry->d_name);
  }
  return names;
}

// name.ext, or name/name.ext.
std::vector<std::string> Candidates(const std::string& base, const std::string& name,
                                    const std::string& extension) {
  return {base + "/" + name + extension, base + "/" + name + "/" + name + extension};
}

std::string Trimmed(const std::string& text) {
  size_t begin = text.find_first_not_of(" \t\r\n"), end = text.find_last_not_of(" \t\r\n");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

Result<PluginAddress> ReadSpec(const std::string& name, const std::string& path) {
  PluginAddress address{.name = name};
  BUOY_ASSIGN(std::string text, ReadFile(path, kMaxSpec));
  if (path.ends_with(".spec")) {
    address.url = Trimmed(text);
    if (address.url.find("://") == std::string::npos) return Internal("Unknown protocol");
    return address;
  }
  BUOY_ASSIGN_CONTEXT(auto spec, FromJson<SpecFile>(text), path);
  address.url = spec.addr;
  if (spec.tls) {
    address.ca = spec.tls->ca;
    address.cert = spec.tls->cert;
    address.key = spec.tls->key;
    address.insecure = spec.tls->insecure || spec.tls->ca.empty();
  }
  return address;
}

}  // namespace

Result<PluginAddress> FindPlugin(const PluginPaths& paths, const std::string& name) {
  const Error missing = NotFound("plugin \"" + name + "\" not found");
  if (name.empty() || name.find('/') != std::string::npos || name.starts_with(".")) return missing;
  for (const auto& path : Candidates(paths.sockets, name, ".sock")) {
    if (IsSocket(path)) return PluginAddress{.name = name, .url = "unix://" + path};
  }
  for (const auto& folder : paths.specs) {
    for (const char* extension : {".spec", ".json"}) {
      for (const auto& path : Candidates(folder, name, extension)) {
        if (PathExists(path)) return ReadSpec(name, path);
      }
    }
  }
  return missing;
}

std::vector<std::string> ScanPlugins(const PluginPaths& paths) {
  std::set<std::string> found;
  auto scan = [&found](const std::string& folder, const char* extension) {
    for (const auto& entry : Names(folder)) {
      if (entry.ends_with(extension)) {
        found.insert(entry.substr(0, entry.size() - std::string(extension).size()));
      } else if (PathExists(folder + "/" + entry + "/" + entry + extension)) {
        found.insert(entry);
      }
    }
  };
  scan(paths.sockets, ".sock");
  for (const auto& folder : paths.specs) {
    for (const char* extension : {".spec", ".json"}) scan(folder, extension);
  }
  return {found.begin(), found.end()};
}

}  // namespace buoy::plugin
