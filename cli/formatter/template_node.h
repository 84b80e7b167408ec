#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/formatter/value.h"

namespace buoy::cli::tmpl {

struct Node;
using NodePtr = std::unique_ptr<Node>;

// A node of a parsed template (Go's text/template/parse, in one type).
struct Node {
  enum class Type {
    kText,    // text
    kAction,  // children[0] = pipe
    kIf,      // pipe, list, else list (may be null)
    kRange,
    kWith,
    kBreak,
    kContinue,
    kList,        // children
    kPipe,        // names = declared variables, children = commands
    kCommand,     // children = operands
    kIdentifier,  // text = function
    kField,       // names = .A.B
    kVariable,    // names = $x.A.B ("$" included in the first)
    kChain,       // children[0] = (pipe), names = .A.B
    kDot,
    kNil,
    kLiteral,  // value; text = as written
  };
  Type type;
  size_t position = 0;  // byte offset in the template
  std::string text = {};
  std::vector<std::string> names = {};
  std::vector<NodePtr> children = {};
  Value value = {};
  bool assign = false;  // kPipe: "=" instead of ":="

  // As Go prints it in "executing ... at <...>".
  std::string String() const;
};

}  // namespace buoy::cli::tmpl
