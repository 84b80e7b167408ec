#include "cli/opts/volume.h"

#include "cli/opts/text.h"

namespace buoy::cli::opts {
namespace {

// Docker takes one letter before a colon for a Windows drive: "c:\\x:/y" has two parts.
std::vector<std::string> Parts(const std::string& spec) {
  std::vector<std::string> out(1);
  for (char c : spec) {
    bool drive = c == ':' && out.back().size() == 1 &&
                 std::isalpha(static_cast<unsigned char>(out.back()[0]));
    if (c == ':' && !drive) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

bool IsPath(const std::string& source) {
  if (source[0] == '.' || source[0] == '/' || source[0] == '~') return true;
  if (source.size() == 1) return false;
  if (source.starts_with("\\\\")) return true;
  return std::isalpha(static_cast<unsigned char>(source[0])) && source[1] == ':';
}

}  // namespace

Result<VolumeSpec> ParseVolume(const std::string& spec) {
  VolumeSpec out;
  if (spec.empty()) return InvalidArgument("invalid empty volume spec");
  if (spec.size() <= 2) {
    out.target = spec;
    return out;
  }
  std::vector<std::string> parts = Parts(spec);
  for (size_t i = 0; i < parts.size(); ++i) {
    bool last = i + 1 == parts.size();
    if (parts[i].empty()) {
      return InvalidArgument("invalid spec: " + spec + ": empty section between colons");
    }
    if (out.source.empty()) {
      (last ? out.target : out.source) = parts[i];
    } else if (out.target.empty()) {
      out.target = parts[i];
    } else if (!last) {
      return InvalidArgument("invalid spec: " + spec + ": too many colons");
    }
  }
  out.bind = !out.source.empty() && IsPath(out.source);
  return out;
}

}  // namespace buoy::cli::opts
