#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace buoy::cli {

// Go's text/tabwriter: cells end with a tab; a column block is as wide as its widest cell plus the
// padding. Width counts characters (code points), as Go does.
struct TabOptions {
  size_t min_width = 10;
  size_t padding = 3;
};

std::string AlignTabs(std::string_view text, TabOptions options = {});

size_t CodePoints(std::string_view text);

}  // namespace buoy::cli
