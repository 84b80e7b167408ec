#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/formatter/value.h"
#include "common/result/result.h"

namespace buoy::cli {

inline constexpr char kDefaultContext[] = "default";
inline constexpr char kDockerEndpoint[] = "docker";

// PEM files by name ("ca.pem", "cert.pem", "key.pem").
using TlsMaterial = std::map<std::string, std::string>;
// By endpoint.
using ContextTls = std::map<std::string, TlsMaterial>;

// The contexts in ~/.docker/contexts, in the docker CLI's own format: meta/<SHA-256 of the
// name>/meta.json, tls/<the same>/<endpoint>/<file>. Knows nothing of the context "default", which
// is no file.
class ContextStore {
 public:
  explicit ContextStore(const std::string& config_dir) : base_(config_dir + "/contexts") {}

  // Docker's rules for the name of a stored context.
  static Status CheckName(const std::string& name);

  // {"Name":..,"Metadata":{..},"Endpoints":{..}}. kNotFound: `context "x": context not found: ...`.
  Result<Value> Get(const std::string& name) const;
  // In the natural order of their names.
  Result<std::vector<Value>> List() const;
  // Creates or replaces the context that `meta` names.
  Status Put(const Value& meta) const;
  // A context that is not there is no error.
  Status Remove(const std::string& name) const;

  Result<ContextTls> Tls(const std::string& name) const;
  // Replaces all there is.
  Status SetTls(const std::string& name, const ContextTls& tls) const;
  Status SetEndpointTls(const std::string& name, const std::string& endpoint,
                        const TlsMaterial& files) const;

  std::string MetaPath(const std::string& name) const;
  std::string TlsPath(const std::string& name) const;

 private:
  std::string base_;
};

}  // namespace buoy::cli
