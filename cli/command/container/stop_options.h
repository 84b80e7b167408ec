#pragma once

#include <string>

#include "api/http/query.h"
#include "cli/flags/flag_set.h"

namespace buoy::cli {

// --signal, --timeout and the old --time of stop and restart.
struct StopOptions {
  std::string signal;
  int64_t timeout = 0;

  void AddFlags(FlagSet& flags) {
    flags.String(&signal, "signal", 's', "Signal to send to the container");
    flags.Int(&timeout, "timeout", 't', "Seconds to wait before killing the container");
    flags.Int(&timeout, "time", 0, "Seconds to wait before killing the container")
        .Deprecate("use --timeout instead");
  }

  Result<api::Query> ToQuery(const FlagSet& flags) const {
    if (flags.Changed("time") && flags.Changed("timeout")) {
      return InvalidArgument("conflicting options: cannot specify both --timeout and --time");
    }
    api::Query query;
    if (flags.Changed("time") || flags.Changed("timeout")) {
      query.Add("t", std::to_string(timeout));
    }
    query.AddIf("signal", signal);
    return query;
  }
};

}  // namespace buoy::cli
