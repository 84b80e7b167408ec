#include "cli/opts/network.h"

#include "cli/flags/strconv.h"
#include "cli/opts/csv.h"
#include "cli/opts/text.h"
#include "cli/opts/validate.h"

namespace buoy::cli::opts {
namespace {

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Docker takes "\w=\w" anywhere in the value for the long form.
bool IsLongForm(const std::string& text) {
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '=' && IsWord(text[i - 1]) && IsWord(text[i + 1])) return true;
  }
  return false;
}

Status SetField(NetworkAttachment& out, const std::string& key, const std::string& value) {
  if (key == "name") {
    out.target = value;
  } else if (key == "alias") {
    out.aliases.push_back(value);
  } else if (key == "ip") {
    out.ipv4 = value;
  } else if (key == "ip6") {
    out.ipv6 = value;
  } else if (key == "mac-address") {
    out.mac = value;
  } else if (key == "link-local-ip") {
    out.link_local_ips.push_back(value);
  } else if (key == "driver-opt") {
    CutResult option = Cut(value, '=');
    if (!option.found || option.before.empty()) {
      return InvalidArgument("invalid key value pair format in driver options");
    }
    out.driver_opts[Trim(option.before)] = Trim(option.after);
  } else if (key == "gw-priority") {
    auto priority = Atoi(value);
    if (!priority.ok()) {
      return InvalidArgument("invalid gw-priority (" + value +
                             "): " + BareReason(priority.error().message()));
    }
    out.gw_priority = static_cast<int>(*priority);
  } else {
    return InvalidArgument("invalid field key " + key);
  }
  return Ok();
}

}  // namespace

Result<NetworkAttachment> ParseNetwork(const std::string& text) {
  NetworkAttachment out;
  if (!IsLongForm(text)) {
    out.target = text;
    return out;
  }
  BUOY_ASSIGN(auto fields, ReadCsv(text));
  for (const std::string& field : fields) {
    CutResult cut = Cut(Lower(field), '=');
    if (!cut.found || cut.before.empty()) return InvalidArgument("invalid field " + field);
    BUOY_TRY(SetField(out, Trim(cut.before), Trim(cut.after)));
  }
  if (out.target.empty()) return InvalidArgument("network name/id is not specified");
  return out;
}

bool IsUserDefinedNetwork(const std::string& mode) {
  return mode != "default" && mode != "bridge" && mode != "host" && mode != "none" &&
         !mode.starts_with("container:");
}

Result<types::EndpointSettings> ToEndpoint(const NetworkAttachment& attachment) {
  if (Trim(attachment.target).empty()) return InvalidArgument("no name set for network");
  if (!IsUserDefinedNetwork(attachment.target)) {
    if (!attachment.aliases.empty()) {
      return InvalidArgument("network-scoped aliases are only supported for user-defined networks");
    }
    if (!attachment.links.empty()) {
      return InvalidArgument("links are only supported for user-defined networks");
    }
  }
  types::EndpointSettings out;
  out.gw_priority = attachment.gw_priority;
  if (!attachment.aliases.empty()) out.aliases = attachment.aliases;
  if (!attachment.links.empty()) out.links = attachment.links;
  if (!attachment.driver_opts.empty()) out.driver_opts = attachment.driver_opts;
  if (!attachment.ipv4.empty() || !attachment.ipv6.empty() || !attachment.link_local_ips.empty()) {
    out.ipam_config.emplace();
    out.ipam_config->ipv4_address = attachment.ipv4;
    out.ipam_config->ipv6_address = attachment.ipv6;
    out.ipam_config->link_local_ips = attachment.link_local_ips;
  }
  if (!attachment.mac.empty()) {
    if (!IsMacAddress(attachment.mac)) {
      return InvalidArgument(attachment.mac + " is not a valid mac address");
    }
    out.mac_address = attachment.mac;
  }
  return out;
}

}  // namespace buoy::cli::opts
