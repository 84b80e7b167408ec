#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.h"

namespace buoy::cli::tmpl {

struct Token {
  enum class Type {
    kText,
    kLeft,   // {{
    kRight,  // }}
    kSpace,
    kIdentifier,  // names and keywords, true, false, nil
    kField,       // .Name
    kVariable,    // $name
    kDot,
    kNumber,
    kString,   // quoted or raw, as written
    kChar,     // 'x' constant
    kDeclare,  // :=
    kAssign,   // =
    kPipe,
    kComma,
    kOpen,   // (
    kClose,  // )
    kEof,
  };
  Type type;
  size_t position;
  std::string text;
};

// Splits a template into tokens; trim markers are already applied and comments gone.
Result<std::vector<Token>> Lex(std::string_view text);

size_t LineAt(std::string_view text, size_t position);
// "template: :LINE: message", a kInvalidArgument error.
Error ParseFailure(std::string_view text, size_t position, const std::string& message);

}  // namespace buoy::cli::tmpl
