#include "api/distribution/certs.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace buoy::distribution {

Result<api::TlsFiles> CertificatesOf(const std::string& folder) {
  api::TlsFiles files;
  files.verify = true;
  std::set<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    names.insert(at->path().filename());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return InvalidArgument("open " + folder + ": " + error.message());
  }
  for (const auto& name : names) {
    const std::string path = folder + "/" + name;
    if (name.ends_with(".crt")) {
      files.more_cas.push_back(path);
    } else if (name.ends_with(".cert")) {
      const std::string key = name.substr(0, name.size() - 5) + ".key";
      if (!names.contains(key)) {
        return InvalidArgument("missing key " + key + " for client certificate " + name +
                               ". CA certificates must use the extension .crt");
      }
      if (files.cert.empty()) {
        files.cert = path;
        files.key = folder + "/" + key;
      }
    } else if (name.ends_with(".key")) {
      const std::string cert = name.substr(0, name.size() - 4) + ".cert";
      if (!names.contains(cert)) {
        return InvalidArgument("missing client certificate " + cert + " for key " + name);
      }
    }
  }
  return files;
}

}  // namespace buoy::distribution
