#include "cli/formatter/template.h"

#include <algorithm>

#include "cli/flags/quote.h"
#include "cli/formatter/template_functions.h"
#include "cli/formatter/template_lexer.h"
#include "cli/formatter/template_node.h"
#include "cli/formatter/template_parser.h"

namespace buoy::cli {

using tmpl::IsTrue;
using tmpl::Node;

namespace {

enum class Flow { kNext, kBreak, kContinue };

class Executor {
 public:
  Executor(std::string_view text, const Value& data, bool header) : text_(text), header_(header) {
    variables_.emplace_back("$", data);
  }

  Result<Flow> List(const Node& list, const Value& dot) {
    for (const auto& child : list.children) {
      BUOY_ASSIGN(Flow flow, One(*child, dot));
      if (flow != Flow::kNext) return flow;
    }
    return Flow::kNext;
  }

  std::string TakeOutput() { return std::move(out_); }

 private:
  using Type = Node::Type;

  // Prefixes the place unless an inner call did.
  Error At(const Node& node, const Error& error) const {
    if (error.message().starts_with("template: ")) return error;
    std::string shown = node.String();
    if (shown.size() > 20) shown = shown.substr(0, 20) + "...";
    size_t line_start = text_.substr(0, node.position).rfind('\n');
    size_t column = node.position - (line_start == std::string_view::npos ? 0 : line_start + 1);
    return InvalidArgument("template: :" + std::to_string(tmpl::LineAt(text_, node.position)) +
                           ":" + std::to_string(column) + ": executing \"\" at <" + shown +
                           ">: " + error.message());
  }

  Result<Flow> One(const Node& node, const Value& dot) {
    switch (node.type) {
      case Type::kText:
        out_ += node.text;
        return Flow::kNext;
      case Type::kAction: {
        const Node& pipe = *node.children[0];
        BUOY_ASSIGN(Value value, Pipe(pipe, dot));
        if (pipe.names.empty()) out_ += tmpl::Print(value);
        return Flow::kNext;
      }
      case Type::kIf:
      case Type::kWith:
        return Branch(node, dot);
      case Type::kRange:
        return Range(node, dot);
      case Type::kBreak:
        return Flow::kBreak;
      case Type::kContinue:
        return Flow::kContinue;
      default:
        return List(node, dot);
    }
  }

  Result<Flow> Branch(const Node& node, const Value& dot) {
    size_t mark = variables_.size();
    BUOY_ASSIGN(Value value, Pipe(*node.children[0], dot));
    bool with = node.type == Type::kWith;
    Result<Flow> flow = Flow::kNext;
    if (IsTrue(value)) {
      flow = List(*node.children[1], with ? value : dot);
    } else if (node.children[2] != nullptr) {
      flow = List(*node.children[2], dot);
    }
    variables_.resize(mark, {"", Value()});
    return flow;
  }

  Result<Flow> Range(const Node& node, const Value& dot) {
    size_t mark = variables_.size();
    const Node& pipe = *node.children[0];
    BUOY_ASSIGN(Value over, Pipe(pipe, dot, false));
    std::vector<std::pair<Value, Value>> items;
    BUOY_TRY(Items(over, node, items));
    for (const auto& [key, item] : items) {
      size_t inner = variables_.size();
      if (pipe.names.size() == 1) Bind(pipe.names[0], item, pipe.assign);
      if (pipe.names.size() == 2) {
        Bind(pipe.names[0], key, pipe.assign);
        Bind(pipe.names[1], item, pipe.assign);
      }
      BUOY_ASSIGN(Flow flow, List(*node.children[1], item));
      variables_.resize(inner, {"", Value()});
      if (flow == Flow::kBreak) break;
    }
    variables_.resize(mark, {"", Value()});
    if (items.empty() && node.children[2] != nullptr) return List(*node.children[2], dot);
    return Flow::kNext;
  }

  Status Items(const Value& over, const Node& node, std::vector<std::pair<Value, Value>>& items) {
    switch (over.kind()) {
      case Value::Kind::kList:
        for (const Value& item : over.List()) {
          items.emplace_back(static_cast<int64_t>(items.size()), item);
        }
        return Ok();
      case Value::Kind::kObject:
        for (const auto& [key, item] : over.Fields()) items.emplace_back(key, item);
        std::sort(items.begin(), items.end(),
                  [](const auto& a, const auto& b) { return a.first.Str() < b.first.Str(); });
        return Ok();
      case Value::Kind::kInt:
        for (int64_t i = 0; i < over.Int(); ++i) items.emplace_back(i, i);
        return Ok();
      case Value::Kind::kNull:
        return Ok();
      default:
        return At(*node.children[0],
                  InvalidArgument("range can't iterate over " + tmpl::Print(over, false)));
    }
  }

  void Bind(const std::string& name, Value value, bool assign) {
    if (assign) {
      for (auto it = variables_.rbegin(); it != variables_.rend(); ++it) {
        if (it->first == name) {
          it->second = std::move(value);
          return;
        }
      }
    }
    variables_.emplace_back(name, std::move(value));
  }

  Result<Value> Pipe(const Node& pipe, const Value& dot, bool bind = true) {
    Value value;
    bool first = true;
    for (const auto& command : pipe.children) {
      BUOY_ASSIGN(value, Command(*command, dot, first ? nullptr : &value));
      first = false;
    }
    if (bind && !pipe.names.empty()) Bind(pipe.names[0], value, pipe.assign);
    return value;
  }

  Result<Value> Command(const Node& command, const Value& dot, const Value* final) {
    const Node& first = *command.children[0];
    switch (first.type) {
      case Type::kIdentifier:
        return Call(first, command, dot, final);
      case Type::kField:
        return Chain(first, dot, first.names, 0, command, dot, final);
      case Type::kVariable:
        return Chain(first, Variable(first.names[0]), first.names, 1, command, dot, final);
      case Type::kChain: {
        BUOY_ASSIGN(Value value, Operand(*first.children[0], dot));
        return Chain(first, value, first.names, 0, command, dot, final);
      }
      default:
        break;
    }
    if (command.children.size() > 1 || final != nullptr) {
      return At(first, InvalidArgument("can't give argument to non-function " + first.String()));
    }
    if (first.type == Type::kNil) return At(first, InvalidArgument("nil is not a command"));
    return Operand(first, dot);
  }

  Result<ValueList> Arguments(const Node& command, const Value& dot, const Value* final) {
    ValueList args;
    for (size_t i = 1; i < command.children.size(); ++i) {
      BUOY_ASSIGN(Value value, Operand(*command.children[i], dot));
      args.push_back(std::move(value));
    }
    if (final != nullptr) args.push_back(*final);
    return args;
  }

  Result<Value> Call(const Node& function, const Node& command, const Value& dot,
                     const Value* final) {
    if (function.text == "and" || function.text == "or") {
      return AndOr(function.text == "or", command, dot, final);
    }
    BUOY_ASSIGN(ValueList args, Arguments(command, dot, final));
    auto value = tmpl::CallFunction(function.text, args, header_);
    if (!value.ok()) return At(command, value.error());
    return value;
  }

  // Stops at the first operand that decides.
  Result<Value> AndOr(bool is_or, const Node& command, const Value& dot, const Value* final) {
    Value value;
    for (size_t i = 1; i < command.children.size(); ++i) {
      BUOY_ASSIGN(value, Operand(*command.children[i], dot));
      if (IsTrue(value) == is_or) return value;
    }
    return final != nullptr ? *final : value;
  }

  const Value& Variable(const std::string& name) const {
    for (auto it = variables_.rbegin(); it != variables_.rend(); ++it) {
      if (it->first == name) return it->second;
    }
    return variables_.front().second;
  }

  Result<Value> Operand(const Node& node, const Value& dot) {
    switch (node.type) {
      case Type::kDot:
        return dot;
      case Type::kNil:
        return Value();
      case Type::kLiteral:
        return node.value;
      case Type::kPipe:
        return Pipe(node, dot);
      case Type::kIdentifier:
        return Call(node, Alone(), dot, nullptr);
      case Type::kField:
        return Chain(node, dot, node.names, 0, Alone(), dot, nullptr);
      case Type::kVariable:
        return Chain(node, Variable(node.names[0]), node.names, 1, Alone(), dot, nullptr);
      case Type::kChain: {
        BUOY_ASSIGN(Value value, Operand(*node.children[0], dot));
        return Chain(node, value, node.names, 0, Alone(), dot, nullptr);
      }
      default:
        return At(node, InvalidArgument("can't handle " + node.String()));
    }
  }

  // A command without arguments.
  static const Node& Alone() {
    static const Node* alone = new Node{.type = Type::kCommand};
    return *alone;
  }

  // value.names[from].names[from + 1] ...; arguments of the command go to the last one.
  Result<Value> Chain(const Node& node, Value value, const std::vector<std::string>& names,
                      size_t from, const Node& command, const Value& dot, const Value* final) {
    bool has_args = command.children.size() > 1 || final != nullptr;
    for (size_t i = from; i < names.size(); ++i) {
      bool last = i + 1 == names.size();
      ValueList args;
      if (last && has_args) {
        BUOY_ASSIGN(args, Arguments(command, dot, final));
      }
      auto next = Field(value, names[i], args);
      if (!next.ok()) return At(node, next.error());
      value = *std::move(next);
    }
    if (from == names.size() && has_args) {
      return At(node, InvalidArgument("can't give argument to non-function " + node.String()));
    }
    return value;
  }

  Result<Value> Field(const Value& receiver, const std::string& name, const ValueList& args) {
    const GoType* type = receiver.type();
    if (type != nullptr) {
      auto method = type->methods.find(name);
      if (method != type->methods.end()) return method->second(args);
    }
    if (receiver.IsNull()) {
      return InvalidArgument("nil pointer evaluating interface {}." + name);
    }
    std::string key = name;
    if (type != nullptr) {
      if (auto known = type->field_names.find(name); known != type->field_names.end()) {
        key = known->second;
      }
    }
    const Value* found = receiver.Find(key);
    if (found != nullptr) {
      if (!args.empty()) {
        return InvalidArgument(name + " is not a method but has arguments");
      }
      return *found;
    }
    if (receiver.kind() != Value::Kind::kObject) {
      return InvalidArgument("can't evaluate field " + name + " in type interface {}");
    }
    if (header_) return Value();
    if (type != nullptr && !type->name.empty()) {
      return InvalidArgument("can't evaluate field " + name + " in type " + type->name);
    }
    return InvalidArgument("map has no entry for key " + Quote(name));
  }

  std::string_view text_;
  bool header_;
  std::string out_;
  std::vector<std::pair<std::string, Value>> variables_;
};

bool UsesField(const Node& node, std::string_view name) {
  if ((node.type == Node::Type::kField && node.names[0] == name) ||
      (node.type == Node::Type::kVariable && node.names.size() > 1 && node.names[1] == name)) {
    return true;
  }
  return std::any_of(node.children.begin(), node.children.end(), [&](const auto& child) {
    return child != nullptr && UsesField(*child, name);
  });
}

}  // namespace

Template::Template(std::string text, std::unique_ptr<tmpl::Node> root)
    : text_(std::move(text)), root_(std::move(root)) {}
Template::Template(Template&&) noexcept = default;
Template& Template::operator=(Template&&) noexcept = default;
Template::~Template() = default;

Result<Template> Template::Parse(std::string_view text) {
  BUOY_ASSIGN(tmpl::NodePtr root, tmpl::ParseTemplate(text, tmpl::IsFunction));
  return Template(std::string(text), std::move(root));
}

Result<std::string> Template::Execute(const Value& data, Mode mode, std::string* partial) const {
  Executor executor(text_, data, mode == Mode::kHeader);
  auto flow = executor.List(*root_, data);
  std::string out = executor.TakeOutput();
  if (!flow.ok()) {
    if (partial != nullptr) *partial = std::move(out);
    return std::move(flow).error();
  }
  return out;
}

bool Template::Uses(std::string_view name) const { return UsesField(*root_, name); }

}  // namespace buoy::cli
