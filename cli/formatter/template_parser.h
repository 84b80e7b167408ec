#pragma once

#include <string>
#include <string_view>

#include "cli/formatter/template_node.h"
#include "common/result/result.h"

namespace buoy::cli::tmpl {

// Parses Go's text/template syntax but for define, template and block. `is_function` tells the
// names of functions. Errors: `template: :1: function "foo" not defined`.
Result<NodePtr> ParseTemplate(std::string_view text, bool (*is_function)(std::string_view));

}  // namespace buoy::cli::tmpl
