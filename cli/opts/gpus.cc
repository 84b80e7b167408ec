#include "cli/opts/gpus.h"

#include <set>

#include "cli/flags/strconv.h"
#include "cli/opts/csv.h"
#include "cli/opts/env_file.h"
#include "cli/opts/text.h"

namespace buoy::cli::opts {
namespace {

Result<int> ParseCount(const std::string& text) {
  if (text == "all") return -1;
  auto count = Atoi(text);
  if (!count.ok()) {
    return InvalidArgument(
        "invalid count (" + text +
        "): value must be either \"all\" or an integer: " + BareReason(count.error().message()));
  }
  return static_cast<int>(*count);
}

Status SetField(types::DeviceRequest& out, const CutResult& cut, const std::string& field) {
  if (cut.before == "driver") {
    out.driver = cut.after;
  } else if (cut.before == "count") {
    BUOY_ASSIGN(out.count, ParseCount(cut.after));
  } else if (cut.before == "device") {
    out.device_ids = Split(cut.after, ',');
  } else if (cut.before == "capabilities") {
    std::vector<std::string> capabilities = Split(cut.after, ',');
    capabilities.push_back("gpu");
    out.capabilities = {capabilities};
  } else if (cut.before == "options") {
    BUOY_ASSIGN_CONTEXT(auto options, ReadCsv(cut.after), "failed to read gpu options");
    for (auto& [key, value] : ToMap(options)) out.options[key] = value;
  } else {
    return InvalidArgument("unexpected key '" + cut.before + "' in '" + field + "'");
  }
  return Ok();
}

}  // namespace

Result<types::DeviceRequest> ParseGpus(const std::string& text) {
  BUOY_ASSIGN(auto fields, ReadCsv(text));
  types::DeviceRequest out;
  out.options = json::Map<std::string>::Empty();
  std::set<std::string> seen;
  for (const std::string& field : fields) {
    CutResult cut = Cut(field, '=');
    if (!seen.insert(cut.before).second) {
      return InvalidArgument("gpu request key '" + cut.before + "' can be specified only once");
    }
    if (!cut.found) {
      seen.insert("count");
      BUOY_ASSIGN(out.count, ParseCount(cut.before));
    } else {
      BUOY_TRY(SetField(out, cut, field));
    }
  }
  if (!seen.contains("count") && out.device_ids.empty()) out.count = 1;
  if (out.capabilities.empty()) out.capabilities = {std::vector<std::string>{"gpu"}};
  return out;
}

}  // namespace buoy::cli::opts
