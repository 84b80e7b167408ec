// What registries send, as libFuzzer makes it up: manifests, challenges, errors, URLs.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/distribution/challenge.h"
#include "api/distribution/errors.h"
#include "api/distribution/manifest.h"
#include "api/http/url.h"
#include "common/reference/reference.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace buoy;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0: {
      auto manifest = distribution::ParseManifest(text, "");
      if (manifest.ok() && manifest->is_index && !manifest->layers.empty()) std::abort();
      break;
    }
    case 1: {
      api::Headers headers;
      headers.Add("WWW-Authenticate", std::string(text));
      (void)distribution::ParseChallenges(headers);
      break;
    }
    case 2:
      (void)distribution::ParseErrors(404, "application/json", std::string(text));
      break;
    case 3: {
      auto url = api::Url::Parse(text);
      // What was accepted stays what it is.
      if (url.ok() && !api::Url::Parse(url->String()).ok()) std::abort();
      break;
    }
    default: {
      auto reference = Reference::ParseNormalized(text);
      if (reference.ok() && !Reference::ParseNormalized(reference->String()).ok()) std::abort();
    }
  }
  return 0;
}
