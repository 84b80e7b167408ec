#include "cli/opts/mount.h"

#include "cli/flags/strconv.h"
#include "cli/flags/units.h"
#include "cli/opts/csv.h"
#include "cli/opts/text.h"
#include "cli/opts/volume_path.h"

namespace buoy::cli::opts {
namespace {

class MountParser {
 public:
  explicit MountParser(std::string* warning) : warning_(warning) { mount_.type = "volume"; }

  Status Field(const std::string& field) {
    CutResult cut = Cut(field, '=');
    std::string key = Lower(cut.before);
    if (!cut.found) {
      if (key == "readonly" || key == "ro") {
        mount_.read_only = true;
      } else if (key == "volume-nocopy") {
        Volume().no_copy = true;
      } else if (key == "bind-nonrecursive") {
        Bind().non_recursive = true;
      } else {
        return InvalidArgument("invalid field '" + field + "' must be a key=value pair");
      }
      return Ok();
    }
    if (key.starts_with("bind-")) return BindField(key, cut.after, field);
    if (key.starts_with("volume-")) return VolumeField(key, cut.after, field);
    if (key.starts_with("tmpfs-")) return TmpfsField(key, cut.after, field);
    return PlainField(key, cut.after, field);
  }

  Result<types::Mount> Finish() {
    if (mount_.type.empty()) return InvalidArgument("type is required");
    if (mount_.target.empty()) return InvalidArgument("target is required");
    BUOY_TRY(CheckType(mount_.volume_options.has_value(), "volume"));
    BUOY_TRY(CheckType(mount_.image_options.has_value(), "image"));
    BUOY_TRY(CheckType(mount_.bind_options.has_value(), "bind"));
    BUOY_TRY(CheckType(mount_.tmpfs_options.has_value(), "tmpfs"));
    if (mount_.bind_options) BUOY_TRY(CheckRecursive(*mount_.bind_options));
    return std::move(mount_);
  }

 private:
  types::BindOptions& Bind() {
    if (!mount_.bind_options) mount_.bind_options.emplace();
    return *mount_.bind_options;
  }
  types::VolumeOptions& Volume() {
    if (!mount_.volume_options) {
      mount_.volume_options.emplace();
      mount_.volume_options->labels = json::Map<std::string>::Empty();
      mount_.volume_options->driver_config.emplace();
    }
    return *mount_.volume_options;
  }
  types::TmpfsOptions& Tmpfs() {
    if (!mount_.tmpfs_options) mount_.tmpfs_options.emplace();
    return *mount_.tmpfs_options;
  }
  static Error Invalid(const std::string& key, const std::string& value) {
    return InvalidArgument("invalid value for " + key + ": " + value);
  }
  static Error Unexpected(const std::string& key, const std::string& field) {
    return InvalidArgument("unexpected key '" + key + "' in '" + field + "'");
  }
  static void SetPair(json::Map<std::string>& target, const std::string& pair) {
    CutResult cut = Cut(pair, '=');
    if (!cut.before.empty()) target[cut.before] = cut.after;
  }

  Status PlainField(const std::string& key, const std::string& value, const std::string& field) {
    if (key == "type") {
      mount_.type = Lower(value);
    } else if (key == "source" || key == "src") {
      mount_.source = value.starts_with('.') ? AbsolutePath(value) : value;
    } else if (key == "target" || key == "dst" || key == "destination") {
      mount_.target = value;
    } else if (key == "readonly" || key == "ro") {
      auto flag = ParseBool(value);
      if (!flag.ok()) return Invalid(key, value);
      mount_.read_only = *flag;
    } else if (key == "consistency") {
      mount_.consistency = Lower(value);
    } else if (key == "image-subpath") {
      if (!mount_.image_options) mount_.image_options.emplace();
      mount_.image_options->subpath = value;
    } else {
      return Unexpected(key, field);
    }
    return Ok();
  }

  Status BindField(const std::string& key, const std::string& value, const std::string& field) {
    if (key == "bind-propagation") {
      Bind().propagation = Lower(value);
    } else if (key == "bind-nonrecursive") {
      auto flag = ParseBool(value);
      if (!flag.ok()) return Invalid(key, value);
      Bind().non_recursive = *flag;
      *warning_ = "bind-nonrecursive is deprecated, use bind-recursive=disabled instead";
    } else if (key == "bind-recursive") {
      if (value == "enabled") return Ok();
      if (value == "disabled") {
        Bind().non_recursive = true;
      } else if (value == "writable") {
        Bind().read_only_non_recursive = true;
      } else if (value == "readonly") {
        Bind().read_only_force_recursive = true;
      } else {
        return InvalidArgument("invalid value for " + key + ": " + value +
                               " (must be \"enabled\", \"disabled\", \"writable\", or "
                               "\"readonly\")");
      }
    } else {
      return Unexpected(key, field);
    }
    return Ok();
  }

  Status VolumeField(const std::string& key, const std::string& value, const std::string& field) {
    if (key == "volume-subpath") {
      Volume().subpath = value;
    } else if (key == "volume-nocopy") {
      auto flag = ParseBool(value);
      if (!flag.ok()) return Invalid("volume-nocopy", value);
      Volume().no_copy = *flag;
    } else if (key == "volume-label") {
      SetPair(Volume().labels, value);
    } else if (key == "volume-driver") {
      Volume().driver_config->name = value;
    } else if (key == "volume-opt") {
      SetPair(Volume().driver_config->options, value);
    } else {
      return Unexpected(key, field);
    }
    return Ok();
  }

  Status TmpfsField(const std::string& key, const std::string& value, const std::string& field) {
    if (key == "tmpfs-size") {
      auto size = RamInBytes(value);
      if (!size.ok()) return Invalid(key, value);
      Tmpfs().size_bytes = *size;
    } else if (key == "tmpfs-mode") {
      auto mode = ParseUint(value, 8, 32);
      if (!mode.ok()) return Invalid(key, value);
      Tmpfs().mode = static_cast<uint32_t>(*mode);
    } else {
      return Unexpected(key, field);
    }
    return Ok();
  }

  Status CheckType(bool has_options, const char* type) const {
    if (!has_options || mount_.type == type) return Ok();
    return InvalidArgument("cannot mix '" + std::string(type) + "-*' options with mount type '" +
                           mount_.type + "'");
  }

  Status CheckRecursive(const types::BindOptions& bind) const {
    auto requires_text = [](const char* value, const char* needed) {
      return InvalidArgument(std::string("option 'bind-recursive=") + value + "' requires '" +
                             needed + "' to be specified in conjunction");
    };
    if (bind.read_only_non_recursive && !mount_.read_only) {
      return requires_text("writable", "readonly");
    }
    if (bind.read_only_force_recursive) {
      if (!mount_.read_only) return requires_text("readonly", "readonly");
      if (bind.propagation != "rprivate") {
        return requires_text("readonly", "bind-propagation=rprivate");
      }
    }
    return Ok();
  }

  types::Mount mount_;
  std::string* warning_;
};

}  // namespace

Result<types::Mount> ParseMount(const std::string& text, std::string* warning) {
  BUOY_ASSIGN(auto fields, ReadCsv(text));
  MountParser parser(warning);
  for (const std::string& field : fields) BUOY_TRY(parser.Field(field));
  return parser.Finish();
}

}  // namespace buoy::cli::opts
