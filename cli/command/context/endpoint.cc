#include "api/client/client.h"
#include "cli/command/context/context.h"
#include "cli/flags/quote.h"
#include "cli/flags/strconv.h"
#include "cli/opts/csv.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

constexpr std::pair<const char*, const char*> kKeys[] = {
    {"from", "Copy named context's Docker endpoint configuration"},
    {"host", "Docker endpoint on which to connect"},
    {"ca", "Trust certs signed only by this CA"},
    {"cert", "Path to TLS certificate file"},
    {"key", "Path to TLS key file"},
    {"skip-tls-verify", "Skip TLS certificate validation"}};

std::string Option(const EndpointOptions& options, const char* key) {
  auto found = options.find(key);
  return found == options.end() ? "" : found->second;
}

Status CheckKeys(const EndpointOptions& options) {
  std::string errors;
  for (const auto& [key, value] : options) {
    bool known = false;
    for (const auto& [name, about] : kKeys) known = known || key == name;
    if (known) continue;
    errors += (errors.empty() ? "" : "\n") + ("unrecognized config key: " + key);
  }
  return errors.empty() ? Ok() : InvalidArgument(errors);
}

// pflag's stringToString.
Status AddPairs(EndpointOptions& options, const std::string& text) {
  std::vector<std::string> pairs = {text};
  size_t first = text.find('=');
  if (first == std::string::npos) {
    return InvalidArgument(text + " must be formatted as key=value");
  }
  if (text.find('=', first + 1) != std::string::npos) {
    BUOY_ASSIGN(pairs, opts::ReadCsv(text));
  } else if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    pairs = {text.substr(1, text.size() - 2)};
  }
  for (const auto& pair : pairs) {
    size_t equals = pair.find('=');
    if (equals == std::string::npos) {
      return InvalidArgument(pair + " must be formatted as key=value");
    }
    options[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return Ok();
}

bool HasPem(const std::string& text, const char* what) {
  size_t at = text.find("-----BEGIN ");
  return at != std::string::npos && text.find(what, at) != std::string::npos;
}

Status CheckTls(const TlsMaterial& tls) {
  auto ca = tls.find("ca.pem");
  if (ca != tls.end() && !HasPem(ca->second, "CERTIFICATE-----")) {
    return InvalidArgument("failed to retrieve context tls info: ca.pem seems invalid");
  }
  auto key = tls.find("key.pem");
  if (key == tls.end() || !tls.contains("cert.pem")) return Ok();
  if (!HasPem(key->second, "KEY-----")) return InvalidArgument("no valid private key found");
  if (key->second.find("ENCRYPTED") != std::string::npos) {
    return InvalidArgument(
        "private key is encrypted - support for encrypted private keys has been removed, see "
        "https://docs.docker.com/go/deprecated/");
  }
  if (!HasPem(tls.at("cert.pem"), "CERTIFICATE-----")) {
    return InvalidArgument(
        "failed to retrieve context tls info: tls: failed to find any PEM data in certificate "
        "input");
  }
  return Ok();
}

Status CheckHost(const std::string& host, const TlsMaterial& tls) {
  if (host.empty()) return Ok();
  if (host.starts_with("ssh://")) {
    BUOY_TRY_CONTEXT(api::CheckSshUrl(host), "invalid docker endpoint options");
    return Ok();
  }
  if (!host.starts_with("unix://") && !host.starts_with("fd://")) {
    BUOY_TRY_CONTEXT(CheckTls(tls), "invalid docker endpoint options");
  }
  size_t scheme = host.find("://");
  if (scheme == std::string::npos || scheme == 0) {
    return InvalidArgument(
        "unable to apply docker endpoint options: unable to parse docker host `" + host + "`");
  }
  return Ok();
}

Result<bool> SkipsVerify(const EndpointOptions& options) {
  auto given = options.find("skip-tls-verify");
  if (given == options.end()) return false;
  auto parsed = ParseBool(given->second);
  if (parsed.ok()) return parsed;
  return InvalidArgument("skip-tls-verify: parsing " + Quote(given->second) + ": invalid syntax");
}

Result<Endpoint> CopyEndpoint(Cli& cli, const std::string& name) {
  BUOY_ASSIGN(Value source, GetContext(cli, name));
  Endpoint endpoint{source.At("Endpoints").At(kDockerEndpoint), {}};
  if (!endpoint.meta.IsNull()) return endpoint;
  return NotFound("unable to get endpoint from context " + Quote(name));
}

Result<Endpoint> Made(Cli& cli, const EndpointOptions& options) {
  BUOY_TRY(CheckKeys(options));
  if (options.contains("from")) return CopyEndpoint(cli, Option(options, "from"));
  Endpoint endpoint;
  for (const auto& [key, file] :
       {std::pair{"ca", "ca.pem"}, std::pair{"cert", "cert.pem"}, std::pair{"key", "key.pem"}}) {
    if (std::string path = Option(options, key); !path.empty()) {
      BUOY_ASSIGN(endpoint.tls[file], ReadFile(path));
    }
  }
  BUOY_ASSIGN(bool skip, SkipsVerify(options));
  BUOY_TRY(CheckHost(Option(options, "host"), endpoint.tls));
  endpoint.meta = Value::Object();
  if (!Option(options, "host").empty()) endpoint.meta.Set("Host", Option(options, "host"));
  endpoint.meta.Set("SkipTLSVerify", skip);
  return endpoint;
}

}  // namespace

void AddEndpointFlag(FlagSet& flags, EndpointOptions* options) {
  flags
      .Custom("docker", 0, "stringToString", "set the docker endpoint",
              [options](const std::string& text) { return AddPairs(*options, text); })
      .default_value = "[]";
}

std::string EndpointHelp(const std::string& brief, const std::string& verb) {
  std::string text = brief + "\n\nDocker endpoint config:\n\nNAME                DESCRIPTION\n";
  for (const auto& [name, about] : kKeys) {
    std::string column = name;
    column.resize(20, ' ');
    text += column + about + "\n";
  }
  return text + "\nExample:\n\n$ docker context " + verb +
         " my-context --description \"some description\" --docker "
         "\"host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file\"";
}

Result<Endpoint> MakeEndpoint(Cli& cli, const EndpointOptions& options) {
  auto made = Made(cli, options);
  if (made.ok()) return made;
  return std::move(made).error().Context("unable to create docker endpoint config");
}

}  // namespace buoy::cli
