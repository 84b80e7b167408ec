#pragma once

#include <string_view>

#include "cli/formatter/value.h"
#include "common/result/result.h"

namespace buoy::cli::tmpl {

// A Go constant as written in a template: "text", `raw`, 'c', 12, 0x1F, 1.5.
Result<Value> ParseLiteral(std::string_view text);

}  // namespace buoy::cli::tmpl
