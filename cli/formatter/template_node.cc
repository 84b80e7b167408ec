#include "cli/formatter/template_node.h"

namespace buoy::cli::tmpl {
namespace {

std::string Dotted(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += "." + name;
  return out;
}

std::string Joined(const std::vector<NodePtr>& nodes, const char* separator) {
  std::string out;
  for (const NodePtr& node : nodes) {
    if (!out.empty()) out += separator;
    bool nested = node->type == Node::Type::kPipe;
    out += nested ? "(" + node->String() + ")" : node->String();
  }
  return out;
}

}  // namespace

std::string Node::String() const {
  switch (type) {
    case Type::kField:
      return Dotted(names);
    case Type::kVariable: {
      std::string out;
      for (const std::string& name : names) out += (out.empty() ? "" : ".") + name;
      return out;
    }
    case Type::kChain:
      return "(" + children[0]->String() + ")" + Dotted(names);
    case Type::kDot:
      return ".";
    case Type::kNil:
      return "nil";
    case Type::kIdentifier:
    case Type::kText:
    case Type::kLiteral:
      return text;
    case Type::kCommand:
      return Joined(children, " ");
    case Type::kPipe: {
      std::string out;
      for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
      if (!out.empty()) out += assign ? " = " : " := ";
      return out + Joined(children, " | ");
    }
    case Type::kAction:
      return "{{" + children[0]->String() + "}}";
    case Type::kIf:
      return "{{if " + children[0]->String() + "}}";
    case Type::kRange:
      return "{{range " + children[0]->String() + "}}";
    case Type::kWith:
      return "{{with " + children[0]->String() + "}}";
    case Type::kBreak:
      return "{{break}}";
    case Type::kContinue:
      return "{{continue}}";
    case Type::kList:
      return "";
  }
  return "";
}

}  // namespace buoy::cli::tmpl
