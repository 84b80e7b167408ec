#include <map>

#include "cli/command/list.h"
#include "cli/command/node/node.h"
#include "cli/flags/units.h"

namespace buoy::cli {
namespace {

std::string Labels(const char* title, const Value& labels) {
  std::map<std::string, std::string> sorted;
  for (const auto& [key, value] : labels.Fields()) sorted[key] = value.Str();
  if (sorted.empty()) return "";
  std::string out = std::string(title) + ":\n";
  for (const auto& [key, value] : sorted) {
    out += " - " + key + (value.empty() ? "" : "=" + value) + "\n";
  }
  return out;
}

std::string StatusLines(const Value& node) {
  const Value& status = node.At("Status");
  std::string out = "Status:\n State:\t\t\t" + Capitalized(status.Str("State")) + "\n";
  if (!status.Str("Message").empty()) {
    out += " Message:              \t" + Capitalized(status.Str("Message")) + "\n";
  }
  out += " Availability:         \t" + Capitalized(node.At("Spec").Str("Availability")) + "\n";
  if (!status.Str("Addr").empty()) out += " Address:\t\t" + status.Str("Addr") + "\n";
  const Value& manager = node.At("ManagerStatus");
  if (manager.IsNull()) return out;
  return out + "Manager Status:\n Address:\t\t" + manager.Str("Addr") + "\n Raft Status:\t\t" +
         Capitalized(manager.Str("Reachability")) + "\n Leader:\t\t" +
         (manager.Bool("Leader") ? "Yes" : "No") + "\n";
}

std::string Plugins(const Value& plugins) {
  std::map<std::string, std::string> names;
  for (const Value& plugin : plugins.List()) {
    std::string& all = names[plugin.Str("Type")];
    all += (all.empty() ? "" : ", ") + plugin.Str("Name");
  }
  if (names.empty()) return "";
  std::string out = "Plugins:\n";
  for (const auto& [type, text] : names) {
    out += " " + type + ":" + (text.empty() ? "" : "\t\t" + text) + "\n";
  }
  return out;
}

std::string Tls(const Value& info) {
  const std::string& root = info.Str("TrustRoot");
  const std::string& subject = info.Str("CertIssuerSubject");
  const std::string& key = info.Str("CertIssuerPublicKey");
  if (root.empty() && subject.empty() && key.empty()) return "";
  return "TLS Info:\n TrustRoot:\n" + root + "\n Issuer Subject:\t" + subject +
         "\n Issuer Public Key:\t" + key + "\n";
}

}  // namespace

std::string PrettyNode(const Value& node) {
  const Value& spec = node.At("Spec");
  const Value& about = node.At("Description");
  const Value& engine = about.At("Engine");
  const int64_t memory = about.At("Resources").Int("MemoryBytes");
  std::string out = "ID:\t\t\t" + node.Str("ID") + "\n";
  if (!spec.Str("Name").empty()) out += "Name:\t\t\t" + spec.Str("Name") + "\n";
  out += Labels("Labels", spec.At("Labels"));
  out += "Hostname:              \t" + about.Str("Hostname") + "\n";
  out += "Joined at:             \t" + Capitalized(GoTimeUtc(node.Str("CreatedAt"))) + "\n";
  out += StatusLines(node);
  out += "Platform:\n Operating System:\t" + about.At("Platform").Str("OS") +
         "\n Architecture:\t\t" + about.At("Platform").Str("Architecture") + "\n";
  out += "Resources:\n CPUs:\t\t\t" +
         std::to_string(about.At("Resources").Int("NanoCPUs") / 1'000'000'000) + "\n Memory:\t\t" +
         (memory == 0 ? "" : BytesSize(static_cast<double>(memory))) + "\n";
  out += Plugins(engine.At("Plugins"));
  out += "Engine Version:\t\t" + engine.Str("EngineVersion") + "\n";
  out += Labels("Engine Labels", engine.At("Labels"));
  return out + Tls(about.At("TLSInfo"));
}

}  // namespace buoy::cli
