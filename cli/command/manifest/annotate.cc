#include <algorithm>
#include <set>
#include <utility>

#include "cli/command/manifest/manifest.h"
#include "cli/command/manifest/manifest_store.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string os, arch, os_version, variant;
  std::vector<std::string> os_features;
};

bool IsValid(const std::string& os, const std::string& arch) {
  static const std::set<std::pair<std::string, std::string>> kValid = {
      {"darwin", "386"},      {"darwin", "amd64"},  {"darwin", "arm"},     {"darwin", "arm64"},
      {"dragonfly", "amd64"}, {"freebsd", "386"},   {"freebsd", "amd64"},  {"freebsd", "arm"},
      {"linux", "386"},       {"linux", "amd64"},   {"linux", "arm"},      {"linux", "arm64"},
      {"linux", "ppc64le"},   {"linux", "mips64"},  {"linux", "mips64le"}, {"linux", "riscv64"},
      {"linux", "s390x"},     {"netbsd", "386"},    {"netbsd", "amd64"},   {"netbsd", "arm"},
      {"openbsd", "386"},     {"openbsd", "amd64"}, {"openbsd", "arm"},    {"plan9", "386"},
      {"plan9", "amd64"},     {"solaris", "amd64"}, {"windows", "386"},    {"windows", "amd64"}};
  return kValid.contains({os, arch});
}

// `before` with what the flags say, in the order of OCI's type.
Value Annotated(const Value& before, const Options& options) {
  auto chosen = [&](const char* key, const std::string& flag) {
    return flag.empty() ? before.Str(key) : flag;
  };
  std::vector<std::string> features = before.At("os.features").StrList();
  for (const auto& feature : options.os_features) {
    if (std::find(features.begin(), features.end(), feature) == features.end()) {
      features.push_back(feature);
    }
  }
  Value out = Value::Object();
  out.Set("architecture", chosen("architecture", options.arch)).Set("os", chosen("os", options.os));
  if (auto text = chosen("os.version", options.os_version); !text.empty()) {
    out.Set("os.version", text);
  }
  if (!features.empty()) out.Set("os.features", Value::Strings(features));
  if (auto text = chosen("variant", options.variant); !text.empty()) out.Set("variant", text);
  return out;
}

Result<int> Run(Invocation& in, const Options& options) {
  const ManifestStore store(in.cli.config().dir());
  BUOY_ASSIGN_CONTEXT(Reference list, NormalizedReference(in.args[0]),
                      "annotate: error parsing name for manifest list " + in.args[0]);
  BUOY_ASSIGN_CONTEXT(Reference image, NormalizedReference(in.args[1]),
                      "annotate: error parsing name for manifest " + in.args[1]);
  auto manifest = store.Get(list, image);
  if (!manifest.ok() && manifest.error().kind() == ErrorKind::kNotFound) {
    return NotFound("manifest for image " + in.args[1] + " does not exist in " + in.args[0]);
  }
  BUOY_TRY(manifest);
  Value platform = Annotated(manifest->platform(), options);
  if (!IsValid(platform.Str("os"), platform.Str("architecture"))) {
    return InvalidArgument("manifest entry for image has unsupported os/arch combination: " +
                           options.os + "/" + options.arch);
  }
  BUOY_TRY(store.Save(list, image, manifest->WithPlatform(std::move(platform))));
  return 0;
}

}  // namespace

Command ManifestAnnotate() {
  auto options = std::make_shared<Options>();
  return {.use = "annotate [OPTIONS] MANIFEST_LIST MANIFEST",
          .brief = "Add additional information to a local image manifest",
          .args = ExactArgs(2),
          .flags =
              [options](FlagSet& flags) {
                flags.String(&options->os, "os", 0, "Set operating system");
                flags.String(&options->arch, "arch", 0, "Set architecture");
                flags.String(&options->os_version, "os-version", 0, "Set operating system version");
                flags.Strings(&options->os_features, "os-features", 0,
                              "Set operating system feature");
                flags.String(&options->variant, "variant", 0, "Set architecture variant");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
