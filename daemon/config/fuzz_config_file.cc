#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/config/command_line.h"
#include "daemon/config/config_json.h"
#include "daemon/config/load.h"
#include "daemon/config/reload_plan.h"

// One daemon.json, however broken, through parser, checks, plan and answers. Aborts when an error
// comes without a text, or when a valid configuration is not stable.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace buoy::config;
  static const Settings running;
  std::string text(reinterpret_cast<const char*>(data), size);
  CommandLine line;
  line.values["mtu"] = int64_t{1400};  // so that conflicts are met too
  auto loaded = LoadText(line, text);
  if (!loaded.ok()) {
    if (loaded.error().message().empty()) __builtin_trap();
    return 0;
  }
  auto again = LoadText(line, text);
  if (!again.ok() || !(*again == *loaded)) __builtin_trap();
  ReloadPlan plan = PlanReload(running, *loaded);
  Settings next = ApplyReload(running, *loaded, plan);
  if (ReloadPlanJson(plan, "f", false).empty()) __builtin_trap();
  if (ConfigJson(next, *loaded, "f").empty()) __builtin_trap();
  ReloadEventAttributes(next, {});
  return 0;
}
