#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/formatter/value.h"
#include "common/result/result.h"

namespace buoy::cli::tmpl {

bool IsFunction(std::string_view name);
// Calls any function but `and` and `or`, which the executor evaluates lazily.
Result<Value> CallFunction(std::string_view name, const ValueList& args, bool header);

bool IsTrue(const Value& value);
// Go's %v.
std::string Print(const Value& value, bool top_level = true);
const char* GoKind(const Value& value);
Result<std::string> Sprintf(const ValueList& args);

}  // namespace buoy::cli::tmpl
