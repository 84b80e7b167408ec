#pragma once

#include <map>
#include <set>
#include <string>

namespace buoy::api {

// The decoded "filters" query: {"label": {"a=b", "c"}, "status": {"running"}}.
using Filters = std::map<std::string, std::set<std::string>>;

}  // namespace buoy::api
