#include "daemon/config/notices.h"

#include "common/net/ip.h"
#include "daemon/config/key.h"
#include "daemon/config/text.h"

namespace buoy::config {
namespace {

std::string Where(const Key& key, Source source) {
  if (source == Source::kFlag) return "The flag --" + std::string(key.flag);
  return "The configuration file's " + Quote(key.name);
}

bool IsLoopback(const std::string& host) {
  std::string address = host.substr(std::string("tcp://").size());
  address = address.substr(0, address.rfind(':'));
  if (address == "localhost") return true;
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  auto ip = net::IpAddress::Parse(address);
  return ip && ip->IsLoopback();
}

void Notice(const Key& key, const Settings& settings, std::vector<std::string>& notices) {
  if (!settings.IsSet(key.name) || settings.Get(key.name) == DefaultValue(key)) return;
  std::string where = Where(key, settings.SourceOf(key.name));
  if (key.in_effect == InEffect::kNotYet) {
    notices.push_back(where + " is accepted but not in effect yet");
  } else if (key.in_effect == InEffect::kMoot) {
    notices.push_back(where +
                      " has no effect: it belongs to a part of Docker that Buoy does not have");
  }
  if (key.type != Type::kFeatures) return;
  for (const auto& [feature, on] : settings.GetMap(key.name)) {
    if (on == "true") {
      notices.push_back(where + ": the feature " + Quote(feature) + " has no effect");
    }
  }
}

}  // namespace

std::vector<std::string> Notices(const Settings& settings) {
  std::vector<std::string> notices;
  for (const Key& key : Keys()) Notice(key, settings, notices);
  return notices;
}

std::vector<std::string> Notices(const Settings& settings, const ReloadPlan& plan) {
  std::vector<std::string> notices;
  for (const Change& change : plan.changes) Notice(*change.key, settings, notices);
  return notices;
}

std::vector<std::string> HostWarnings(const Settings& settings, const std::string& host) {
  if (!host.starts_with("tcp://") || settings.Bool("tlsverify")) return {};
  std::vector<std::string> warnings = {
      "Binding to IP address without --tlsverify is insecure and gives root access on this machine "
      "to everyone who has access to your network.",
      "Binding to an IP address, even on localhost, can also give access to scripts run in a "
      "browser. Be safe out there!",
      "[DEPRECATION NOTICE] In future versions this will be a hard failure preventing the daemon "
      "from starting! Learn more at: https://docs.docker.com/go/api-security/"};
  // Who says --tls=false or --tlsverify=false means it.
  if (settings.IsSet("tls") || settings.IsSet("tlsverify") || IsLoopback(host)) return warnings;
  warnings.insert(
      warnings.end(),
      {"Binding to an IP address without --tlsverify is deprecated.",
       "Please consider generating tls certificates with client validation to prevent exposing "
       "unauthenticated root access to your network",
       "You can override this by explicitly specifying '--tls=false' or '--tlsverify=false'",
       "Support for listening on TCP without authentication or explicit intent to run without "
       "authentication will be removed in the next release"});
  return warnings;
}

}  // namespace buoy::config
