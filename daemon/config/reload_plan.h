#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/config/key.h"
#include "daemon/config/settings.h"

namespace buoy::config {

enum class Verdict {
  kLive,           // takes effect now
  kNewContainers,  // takes effect for containers and networks created from now on
  kRestart,        // takes effect when the daemon starts next
  kRefused,        // the whole reload is refused because of it
};

struct Change {
  const Key* key = nullptr;
  Verdict verdict = Verdict::kLive;
  std::string why;                 // of kRefused
  std::string old_json, new_json;  // secrets masked
  Source old_source = Source::kDefault, new_source = Source::kDefault;

  // "live", "new containers", "restart needed", "refused: WHY".
  std::string VerdictText() const;
};

// What another part of the daemon has against a change: `applies` sees the configuration as it
// would become.
struct Refusal {
  std::string key;  // looked at only when this key changes
  std::function<bool(const Settings& next)> applies;
  std::string text;
};

struct ReloadPlan {
  std::vector<Change> changes;  // sorted by key
  bool refused() const;
  // The refusals' texts, for the log and the error.
  std::string RefusedText() const;
};

// Pure. `running` is what the daemon works by, `loaded` what Load() says now.
ReloadPlan PlanReload(const Settings& running, const Settings& loaded,
                      const std::vector<Refusal>& refusals = {});

// What the daemon works by after the plan: keys that need a restart keep their old value, so that
// the next plan names them again. A refused plan changes nothing.
Settings ApplyReload(const Settings& running, const Settings& loaded, const ReloadPlan& plan);

// The answer of POST /config/reload.
std::string ReloadPlanJson(const ReloadPlan& plan, const std::string& config_file, bool dry_run);

// What the table cannot know and the event shows.
struct EventFacts {
  std::string default_runtime;  // the one in use when no default-runtime is set
  std::string cgroupns_mode;    // the one in use when no default-cgroupns-mode is set
};

// The attributes of the event daemon/reload as dockerd 28 has them; the host's name is the
// caller's.
std::map<std::string, std::string> ReloadEventAttributes(const Settings& settings,
                                                         const EventFacts& facts);

}  // namespace buoy::config
