#include "cli/config/endpoint.h"

#include <openssl/sha.h>

#include <cstdio>
#include <cstdlib>

#include "cli/config/host.h"
#include "cli/flags/quote.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

std::string Env(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? "" : value;
}

// Docker's folder name for a context: the SHA-256 of its name.
std::string ContextId(const std::string& name) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(name.data()), name.size(), digest);
  std::string out;
  char hex[3];
  for (unsigned char byte : digest) {
    snprintf(hex, sizeof hex, "%02x", byte);
    out += hex;
  }
  return out;
}

Result<api::ClientOptions> FromContext(const std::string& name, const ConfigFile& config) {
  std::string base = config.dir() + "/contexts";
  std::string id = ContextId(name);
  auto text = ReadFile(base + "/meta/" + id + "/meta.json");
  if (!text.ok()) {
    return std::move(text).error().Context("context " + Quote(name) + ": context not found");
  }
  BUOY_ASSIGN(Value meta, Value::Parse(*text));
  const Value& endpoint = meta.At("Endpoints", "docker");
  api::ClientOptions out;
  BUOY_ASSIGN(out.host, ParseHost(false, endpoint.Str("Host")));
  std::string tls = base + "/tls/" + id + "/docker/";
  auto existing = [&](const char* file) { return PathExists(tls + file) ? tls + file : ""; };
  out.ca_file = existing("ca.pem");
  out.cert_file = existing("cert.pem");
  out.key_file = existing("key.pem");
  bool skip = endpoint.Bool("SkipTLSVerify");
  out.tls = skip || !out.ca_file.empty() || !out.cert_file.empty();
  out.tls_verify = out.tls && !skip;
  return out;
}

Result<api::ClientOptions> FromFlags(const GlobalOptions& options) {
  if (options.hosts.size() > 1) return InvalidArgument("Specify only one -H");
  api::ClientOptions out;
  out.tls = options.tls || options.tls_verify || options.tls_verify_given;
  BUOY_ASSIGN(out.host,
              ParseHost(out.tls, options.hosts.empty() ? Env("DOCKER_HOST") : options.hosts[0]));
  if (!out.tls) return out;
  out.tls_verify = options.tls_verify;
  out.ca_file = options.tls_verify ? options.tls_ca : "";
  out.cert_file = options.tls_cert_given || PathExists(options.tls_cert) ? options.tls_cert : "";
  out.key_file = options.tls_key_given || PathExists(options.tls_key) ? options.tls_key : "";
  return out;
}

}  // namespace

std::string CurrentContext(const GlobalOptions& options, const ConfigFile& config) {
  if (!options.context.empty()) return options.context;
  if (!options.hosts.empty() || !Env("DOCKER_HOST").empty()) return "default";
  if (std::string name = Env("DOCKER_CONTEXT"); !name.empty()) return name;
  const std::string& current = config.Get("currentContext");
  return current.empty() ? "default" : current;
}

Result<api::ClientOptions> ResolveEndpoint(const GlobalOptions& options, const ConfigFile& config) {
  std::string context = CurrentContext(options, config);
  auto endpoint = context == "default" ? FromFlags(options) : FromContext(context, config);
  if (!endpoint.ok()) {
    return std::move(endpoint).error().Context(
        "Failed to initialize: unable to resolve docker endpoint");
  }
  endpoint->api_version = Env("DOCKER_API_VERSION");
  for (const auto& [name, value] : config.root().At("HttpHeaders").Fields()) {
    endpoint->headers.Add(name, value.Str());
  }
  return endpoint;
}

}  // namespace buoy::cli
