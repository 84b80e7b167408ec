#include "cli/command/node/node.h"

namespace buoy::cli {

Status UpdateNodes(Cli& cli, const std::vector<std::string>& names, const NodeChange& change,
                   const std::function<void(const std::string&)>& done) {
  for (const std::string& name : names) {
    BUOY_ASSIGN(Value node, cli.Get("/nodes/" + api::EscapePath(name)));
    Value spec = Value::Object(node.At("Spec").Fields());
    BUOY_ASSIGN(bool changed, change(node, spec));
    if (!changed) continue;
    const api::Query query = {{"version", std::to_string(node.At("Version").Int("Index"))}};
    BUOY_TRY(cli.Do("POST", "/nodes/" + api::EscapePath(node.Str("ID")) + "/update", query,
                    spec.Dump(true)));
    done(name);
  }
  return Ok();
}

}  // namespace buoy::cli
