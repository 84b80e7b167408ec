#include "cli/opts/pem.h"

namespace buoy::cli::opts {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ", kEnd = "-----END ", kDashes = "-----";

bool StartsLine(std::string_view text, size_t at) { return at == 0 || text[at - 1] == '\n'; }

}  // namespace

bool HasPemBlock(std::string_view text) {
  for (size_t at = text.find(kBegin); at != std::string_view::npos;
       at = text.find(kBegin, at + 1)) {
    if (!StartsLine(text, at)) continue;
    const size_t type = at + kBegin.size();
    const size_t dashes = text.find(kDashes, type), line = text.find('\n', type);
    if (dashes == std::string_view::npos || line == std::string_view::npos || line < dashes) {
      continue;
    }
    const std::string end =
        std::string(kEnd) + std::string(text.substr(type, dashes - type)) + std::string(kDashes);
    const size_t last = text.find(end, line);
    if (last != std::string_view::npos && StartsLine(text, last)) return true;
  }
  return false;
}

}  // namespace buoy::cli::opts
