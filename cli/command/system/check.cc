#include "cli/command/list.h"
#include "cli/command/system/system.h"

namespace buoy::cli {
namespace {

struct Options {
  bool repair = false;
  std::string format;
};

std::string Count(const Value& answer, const char* key, const std::string& noun) {
  const int64_t count = answer.Int(key);
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string Line(const Value& damage) {
  std::string line = damage.Str("Kind") + " " + damage.Str("ID") + ": " + damage.Str("Problem");
  std::vector<std::string> names;
  for (const Value& name : damage.At("Affects").List()) names.push_back(name.Str());
  if (!names.empty()) line += " (" + Join(names, ", ") + ")";
  const std::string& action = damage.Str("Action");
  return line + (action.empty() ? "" : ": " + action) + "\n";
}

Result<int> Run(Invocation& in, const Options& options) {
  BUOY_ASSIGN(api::Reply reply, in.cli.Do(options.repair ? "POST" : "GET", "/system/check"));
  BUOY_ASSIGN(Value answer, Value::Parse(reply.body));
  const bool as_json = options.format == "json";
  if (as_json) in.cli.Out(reply.body + (reply.body.ends_with('\n') ? "" : "\n"));
  size_t repaired = 0;
  const auto& damages = answer.At("Damages").List();
  for (const Value& damage : damages) {
    if (!as_json) in.cli.Out(Line(damage));
    if (damage.Bool("Repaired")) ++repaired;
  }
  if (!as_json) {
    in.cli.Out("Checked " + Count(answer, "Images", "image") + ", " +
               Count(answer, "Layers", "layer") + ", " + Count(answer, "Blobs", "blob") + ", " +
               Count(answer, "Containers", "container") + ": " +
               (damages.empty() ? "no damage"
                                : std::to_string(damages.size()) + " damaged, " +
                                      std::to_string(repaired) + " repaired") +
               "\n");
  }
  return repaired == damages.size() ? 0 : 1;
}

}  // namespace

Command SystemCheck() {
  auto options = std::make_shared<Options>();
  return {.use = "check [OPTIONS]",
          .brief = "Check the store of images, layers and containers, and repair it",
          .args = NoArgs(),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->repair, "repair", 0,
                           "Unpack damaged layers again and remove what nothing refers to");
                flags.String(&options->format, "format", 0,
                             "Print the daemon's report as it is: 'json'");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
