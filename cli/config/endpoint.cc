#include "cli/config/endpoint.h"

#include <cstdlib>

#include "cli/config/context_store.h"
#include "cli/config/host.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

std::string Env(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? "" : value;
}

bool IsTcp(const std::string& host) { return host.starts_with("tcp://"); }

Result<api::ClientOptions> FromContext(const std::string& name, const ConfigFile& config) {
  ContextStore store(config.dir());
  BUOY_ASSIGN(Value meta, store.Get(name));
  const Value* endpoint = meta.At("Endpoints").Find(kDockerEndpoint);
  if (endpoint == nullptr) return NotFound("cannot find docker endpoint in context");
  api::ClientOptions out;
  BUOY_ASSIGN(out.host, ParseHost(false, endpoint->Str("Host")));
  if (!IsTcp(out.host)) return out;
  std::string tls = store.TlsPath(name) + "/" + kDockerEndpoint + "/";
  auto existing = [&](const char* file) { return PathExists(tls + file) ? tls + file : ""; };
  out.ca_file = existing("ca.pem");
  out.cert_file = existing("cert.pem");
  out.key_file = existing("key.pem");
  bool skip = endpoint->Bool("SkipTLSVerify");
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
  if (!IsTcp(out.host)) out.tls = false;
  if (!out.tls) return out;
  out.tls_verify = options.tls_verify;
  out.ca_file = options.tls_verify ? options.tls_ca : "";
  out.cert_file = options.tls_cert_given || PathExists(options.tls_cert) ? options.tls_cert : "";
  out.key_file = options.tls_key_given || PathExists(options.tls_key) ? options.tls_key : "";
  return out;
}

}  // namespace

Result<DefaultContext> ResolveDefaultContext(const GlobalOptions& options) {
  const bool tls = options.tls || options.tls_verify || options.tls_verify_given;
  if (options.hosts.size() > 1) return InvalidArgument("Specify only one -H");
  BUOY_ASSIGN(std::string host,
              ParseHost(tls, options.hosts.empty() ? Env("DOCKER_HOST") : options.hosts[0]));
  DefaultContext out;
  Value endpoint = Value::Object();
  endpoint.Set("Host", host).Set("SkipTLSVerify", tls && !options.tls_verify);
  out.meta = Value::Object();
  out.meta.Set("Name", kDefaultContext)
      .Set("Metadata", Value::Object())
      .Set("Endpoints", Value::Object({{kDockerEndpoint, std::move(endpoint)}}));
  if (!tls) return out;
  TlsMaterial& files = out.tls[kDockerEndpoint];
  if (options.tls_verify) {
    BUOY_ASSIGN(files["ca.pem"], ReadFile(options.tls_ca));
  }
  if (options.tls_cert_given || PathExists(options.tls_cert)) {
    BUOY_ASSIGN(files["cert.pem"], ReadFile(options.tls_cert));
  }
  if (options.tls_key_given || PathExists(options.tls_key)) {
    BUOY_ASSIGN(files["key.pem"], ReadFile(options.tls_key));
  }
  return out;
}

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
  if (endpoint->host.starts_with("ssh://")) {
    BUOY_TRY_CONTEXT(api::CheckSshUrl(endpoint->host), "Failed to initialize");
  }
  endpoint->api_version = Env("DOCKER_API_VERSION");
  for (const auto& [name, value] : config.root().At("HttpHeaders").Fields()) {
    endpoint->headers.Add(name, value.Str());
  }
  return endpoint;
}

}  // namespace buoy::cli
