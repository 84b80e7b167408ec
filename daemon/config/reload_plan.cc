#include "daemon/config/reload_plan.h"

#include <nlohmann/json.hpp>

#include "daemon/config/masked.h"
#include "daemon/config/text.h"

namespace buoy::config {
namespace {

using Json = nlohmann::ordered_json;

Verdict TableVerdict(const Key& key) {
  switch (key.reload) {
    case OnReload::kLive:
      return Verdict::kLive;
    case OnReload::kNewContainers:
      return Verdict::kNewContainers;
    case OnReload::kRestart:
      break;
  }
  return Verdict::kRestart;
}

// Go's json.Marshal of a []string: [] also for none, and <, > and & escaped.
std::string GoJsonList(const List& list) {
  std::string out;
  for (char c : ToJsonText(Type::kList, list)) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// "name:path name:path"
std::string RuntimesText(const Map& runtimes) {
  List items;
  for (const auto& [name, text] : runtimes) {
    auto json = nlohmann::json::parse(text);
    items.push_back(name + ":" + json.value("path", ""));
  }
  return Join(items, " ");
}

}  // namespace

std::string Change::VerdictText() const {
  switch (verdict) {
    case Verdict::kLive:
      return OnReloadText(OnReload::kLive);
    case Verdict::kNewContainers:
      return OnReloadText(OnReload::kNewContainers);
    case Verdict::kRestart:
      return OnReloadText(OnReload::kRestart);
    case Verdict::kRefused:
      break;
  }
  return "refused: " + why;
}

bool ReloadPlan::refused() const {
  for (const Change& change : changes) {
    if (change.verdict == Verdict::kRefused) return true;
  }
  return false;
}

std::string ReloadPlan::RefusedText() const {
  List texts;
  for (const Change& change : changes) {
    if (change.verdict == Verdict::kRefused) texts.push_back(change.why);
  }
  return Join(texts, "\n");
}

ReloadPlan PlanReload(const Settings& running, const Settings& loaded,
                      const std::vector<Refusal>& refusals) {
  ReloadPlan plan;
  Settings next = ApplyReload(running, loaded, {});
  for (const Key& key : Keys()) {
    const Value &before = running.Get(key.name), &after = loaded.Get(key.name);
    if (before == after) continue;
    Change change{&key,
                  TableVerdict(key),
                  "",
                  MaskedJson(key, before),
                  MaskedJson(key, after),
                  running.SourceOf(key.name),
                  loaded.SourceOf(key.name)};
    for (const Refusal& refusal : refusals) {
      if (refusal.key != key.name || !refusal.applies(next)) continue;
      change.verdict = Verdict::kRefused;
      change.why = refusal.text;
    }
    plan.changes.push_back(std::move(change));
  }
  return plan;
}

Settings ApplyReload(const Settings& running, const Settings& loaded, const ReloadPlan& plan) {
  if (plan.refused()) return running;
  Settings next = running;
  for (const Key& key : Keys()) {
    bool same = running.Get(key.name) == loaded.Get(key.name);
    if (!same && key.reload == OnReload::kRestart) continue;
    next.Set(key.name, loaded.Get(key.name), loaded.SourceOf(key.name));
  }
  return next;
}

std::string ReloadPlanJson(const ReloadPlan& plan, const std::string& config_file, bool dry_run) {
  Json changes = Json::array();
  for (const Change& change : plan.changes) {
    Json entry;
    entry["Key"] = change.key->name;
    entry["Verdict"] = change.VerdictText();
    entry["InEffect"] = InEffectText(change.key->in_effect);
    entry["Old"] = Json::parse(change.old_json);
    entry["OldSource"] = SourceText(change.old_source);
    entry["New"] = Json::parse(change.new_json);
    entry["NewSource"] = SourceText(change.new_source);
    changes.push_back(std::move(entry));
  }
  Json answer;
  answer["ConfigFile"] = config_file;
  answer["DryRun"] = dry_run;
  answer["Applied"] = !dry_run && !plan.refused();
  answer["Changes"] = std::move(changes);
  return answer.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::map<std::string, std::string> ReloadEventAttributes(const Settings& settings,
                                                         const EventFacts& facts) {
  std::map<std::string, std::string> attributes;
  for (const char* name : {"debug", "live-restore"}) {
    attributes[name] = settings.Bool(name) ? "true" : "false";
  }
  for (const char* name : {"max-concurrent-downloads", "max-concurrent-uploads",
                           "max-download-attempts", "shutdown-timeout", "default-shm-size"}) {
    attributes[name] = std::to_string(settings.Int(name));
  }
  for (const char* name : {"labels", "insecure-registries", "registry-mirrors"}) {
    attributes[name] = GoJsonList(settings.GetList(name));
  }
  attributes["features"] = FlagText(Type::kFeatures, settings.Get("features"));
  attributes["runtimes"] = RuntimesText(settings.GetMap("runtimes"));
  const std::string& runtime = settings.String("default-runtime");
  attributes["default-runtime"] = runtime.empty() ? facts.default_runtime : runtime;
  attributes["default-ipc-mode"] = settings.String("default-ipc-mode");
  const std::string& cgroupns = settings.String("default-cgroupns-mode");
  attributes["default-cgroupns-mode"] = cgroupns.empty() ? facts.cgroupns_mode : cgroupns;
  return attributes;
}

}  // namespace buoy::config
