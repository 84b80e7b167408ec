#include "cli/formatter/template_parser.h"

#include <algorithm>

#include "cli/flags/quote.h"
#include "cli/formatter/template_lexer.h"
#include "cli/formatter/template_literal.h"

namespace buoy::cli::tmpl {
namespace {

using Type = Token::Type;

// How a block ended.
enum class End { kEnd, kElse, kEof };

bool IsKeyword(std::string_view word) {
  for (std::string_view keyword :
       {"if", "range", "with", "else", "end", "break", "continue", "define", "template", "block"}) {
    if (word == keyword) return true;
  }
  return false;
}

NodePtr Make(Node::Type type, size_t position) {
  auto node = std::make_unique<Node>();
  node->type = type;
  node->position = position;
  return node;
}

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens, bool (*is_function)(std::string_view))
      : text_(text), tokens_(std::move(tokens)), is_function_(is_function) {}

  Result<NodePtr> Run() {
    NodePtr root = Make(Node::Type::kList, 0);
    BUOY_ASSIGN(End end, List(*root));
    if (end == End::kEnd) return Fail("unexpected {{end}}");
    if (end == End::kElse) return Fail("unexpected {{else}}");
    return root;
  }

 private:
  const Token& Peek() const { return tokens_[at_]; }
  const Token& Next() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  const Token& PeekNonSpace() {
    while (Peek().type == Type::kSpace) ++at_;
    return Peek();
  }
  const Token& NextNonSpace() {
    PeekNonSpace();
    return Next();
  }
  bool AtWord(std::string_view word) {
    return PeekNonSpace().type == Type::kIdentifier && Peek().text == word;
  }
  Error Fail(const std::string& message) const {
    return ParseFailure(text_, tokens_[at_ > 0 ? at_ - 1 : 0].position, message);
  }
  static std::string Shown(const Token& token) {
    if (token.type == Type::kEof) return "EOF";
    if (IsKeyword(token.text)) return "<" + token.text + ">";
    if (token.text.size() > 10) return Quote(token.text.substr(0, 10)) + "...";
    return Quote(token.text);
  }
  Error Unexpected(const Token& token, const std::string& context) const {
    return Fail("unexpected " + Shown(token) + " in " + context);
  }

  // Nodes up to {{end}}, {{else}} (both left after their keyword) or the end of the text.
  Result<End> List(Node& list) {
    while (Peek().type != Type::kEof) {
      const Token& token = Next();
      if (token.type == Type::kText) {
        NodePtr node = Make(Node::Type::kText, token.position);
        node->text = token.text;
        list.children.push_back(std::move(node));
        continue;
      }
      if (AtWord("end")) {
        Next();
        return End::kEnd;
      }
      if (AtWord("else")) {
        Next();
        return End::kElse;
      }
      BUOY_ASSIGN(NodePtr node, Action());
      list.children.push_back(std::move(node));
    }
    return End::kEof;
  }

  Result<NodePtr> Action() {
    const Token& token = PeekNonSpace();
    size_t position = token.position;
    if (token.type == Type::kIdentifier && IsKeyword(token.text)) {
      std::string word = Next().text;
      if (word == "if") return Control(Node::Type::kIf, "if", position);
      if (word == "range") return Control(Node::Type::kRange, "range", position);
      if (word == "with") return Control(Node::Type::kWith, "with", position);
      if (word == "break" || word == "continue") return Jump(word, position);
      return Fail("{{" + word + "}} is not supported");
    }
    BUOY_ASSIGN(NodePtr pipe, Pipeline("command", Type::kRight, false));
    NodePtr node = Make(Node::Type::kAction, position);
    node->children.push_back(std::move(pipe));
    return node;
  }

  Result<NodePtr> Jump(const std::string& word, size_t position) {
    if (loops_ == 0) return Fail("{{" + word + "}} outside {{range}}");
    if (NextNonSpace().type != Type::kRight) return Unexpected(Peek(), "{{" + word + "}}");
    return Make(word == "break" ? Node::Type::kBreak : Node::Type::kContinue, position);
  }

  Result<NodePtr> Control(Node::Type type, const std::string& name, size_t position) {
    size_t variables = variables_.size();
    NodePtr node = Make(type, position);
    BUOY_ASSIGN(NodePtr pipe, Pipeline(name, Type::kRight, type == Node::Type::kRange));
    node->children.push_back(std::move(pipe));
    NodePtr list = Make(Node::Type::kList, position);
    loops_ += type == Node::Type::kRange;
    BUOY_ASSIGN(End end, List(*list));
    loops_ -= type == Node::Type::kRange;
    node->children.push_back(std::move(list));
    NodePtr otherwise;
    if (end == End::kElse) {
      otherwise = Make(Node::Type::kList, position);
      bool chained = (type == Node::Type::kIf && AtWord("if")) ||
                     (type == Node::Type::kWith && AtWord("with"));
      if (chained) {
        size_t at = Next().position;
        BUOY_ASSIGN(NodePtr nested, Control(type, name, at));
        otherwise->children.push_back(std::move(nested));
        node->children.push_back(std::move(otherwise));
        variables_.resize(variables);
        return node;
      }
      if (NextNonSpace().type != Type::kRight) return Unexpected(tokens_[at_ - 1], "{{else}}");
      BUOY_ASSIGN(end, List(*otherwise));
      if (end == End::kElse) return Fail("expected end; found {{else}}");
    }
    if (end == End::kEof) return Fail("unexpected EOF");
    if (NextNonSpace().type != Type::kRight) return Unexpected(tokens_[at_ - 1], "{{end}}");
    node->children.push_back(std::move(otherwise));
    variables_.resize(variables);
    return node;
  }

  // "$x :=", "$x =", "$i, $v :=" at the front of a pipeline.
  Status Declarations(Node& pipe, const std::string& context, bool range) {
    while (PeekNonSpace().type == Type::kVariable) {
      size_t back = at_;
      std::string name = Next().text;
      const Token& next = PeekNonSpace();
      if (next.type == Type::kDeclare || next.type == Type::kAssign) {
        pipe.assign = next.type == Type::kAssign;
        Next();
        pipe.names.push_back(name);
        if (!pipe.assign) variables_.insert(variables_.end(), pipe.names.begin(), pipe.names.end());
        return Ok();
      }
      if (next.type == Type::kComma) {
        Next();
        pipe.names.push_back(name);
        if (!range || pipe.names.size() > 1) return Fail("too many declarations in " + context);
        continue;
      }
      at_ = back;
      return Ok();
    }
    return Ok();
  }

  Result<NodePtr> Pipeline(const std::string& context, Type end, bool range) {
    NodePtr pipe = Make(Node::Type::kPipe, PeekNonSpace().position);
    BUOY_TRY(Declarations(*pipe, context, range));
    while (true) {
      const Token& token = NextNonSpace();
      if (token.type == end) {
        if (pipe->children.empty()) return Fail("missing value for " + context);
        return CheckPipeline(std::move(pipe));
      }
      bool starts = token.type == Type::kIdentifier || token.type == Type::kField ||
                    token.type == Type::kVariable || token.type == Type::kDot ||
                    token.type == Type::kNumber || token.type == Type::kString ||
                    token.type == Type::kChar || token.type == Type::kOpen;
      if (!starts) return Unexpected(token, context);
      --at_;
      BUOY_ASSIGN(NodePtr command, Command());
      pipe->children.push_back(std::move(command));
    }
  }

  Result<NodePtr> CheckPipeline(NodePtr pipe) {
    for (size_t i = 1; i < pipe->children.size(); ++i) {
      switch (pipe->children[i]->children[0]->type) {
        case Node::Type::kDot:
        case Node::Type::kNil:
        case Node::Type::kLiteral:
          return Fail("non executable command in pipeline stage " + std::to_string(i + 1));
        default:
          break;
      }
    }
    return pipe;
  }

  Result<NodePtr> Command() {
    NodePtr command = Make(Node::Type::kCommand, PeekNonSpace().position);
    while (true) {
      PeekNonSpace();
      BUOY_ASSIGN(NodePtr operand, Operand());
      if (operand != nullptr) command->children.push_back(std::move(operand));
      const Token& token = Next();
      if (token.type == Type::kSpace) continue;
      if (token.type == Type::kRight || token.type == Type::kClose) {
        --at_;
      } else if (token.type != Type::kPipe) {
        return Unexpected(token, "operand");
      }
      break;
    }
    if (command->children.empty()) return Fail("empty command");
    return command;
  }

  // A term with the .Field parts behind it; null when there is none.
  Result<NodePtr> Operand() {
    BUOY_ASSIGN(NodePtr node, Term());
    if (node == nullptr || Peek().type != Type::kField) return node;
    size_t position = Peek().position;
    std::vector<std::string> names;
    while (Peek().type == Type::kField) names.push_back(Next().text.substr(1));
    switch (node->type) {
      case Node::Type::kField:
      case Node::Type::kVariable:
        node->names.insert(node->names.end(), names.begin(), names.end());
        node->position = position;
        return node;
      case Node::Type::kDot:
      case Node::Type::kNil:
      case Node::Type::kLiteral:
        return Fail("unexpected . after term " + Quote(node->String()));
      default:
        break;
    }
    NodePtr chain = Make(Node::Type::kChain, position);
    chain->children.push_back(std::move(node));
    chain->names = std::move(names);
    return chain;
  }

  Result<NodePtr> Term() {
    const Token& token = NextNonSpace();
    NodePtr node;
    switch (token.type) {
      case Type::kIdentifier:
        return Word(token);
      case Type::kDot:
        return Make(Node::Type::kDot, token.position);
      case Type::kVariable:
        if (std::find(variables_.begin(), variables_.end(), token.text) == variables_.end()) {
          return Fail("undefined variable " + Quote(token.text));
        }
        node = Make(Node::Type::kVariable, token.position);
        node->names.push_back(token.text);
        return node;
      case Type::kField:
        node = Make(Node::Type::kField, token.position);
        node->names.push_back(token.text.substr(1));
        return node;
      case Type::kNumber:
      case Type::kChar:
      case Type::kString:
        return Literal(token);
      case Type::kOpen:
        return Pipeline("parenthesized pipeline", Type::kClose, false);
      default:
        --at_;
        return NodePtr();
    }
  }

  Result<NodePtr> Word(const Token& token) {
    if (token.text == "nil") return Make(Node::Type::kNil, token.position);
    if (token.text == "true" || token.text == "false") {
      NodePtr node = Make(Node::Type::kLiteral, token.position);
      node->text = token.text;
      node->value = token.text == "true";
      return node;
    }
    if (IsKeyword(token.text)) return Unexpected(token, "command");
    if (!is_function_(token.text)) {
      return Fail("function " + Quote(token.text) + " not defined");
    }
    NodePtr node = Make(Node::Type::kIdentifier, token.position);
    node->text = token.text;
    return node;
  }

  Result<NodePtr> Literal(const Token& token) {
    NodePtr node = Make(Node::Type::kLiteral, token.position);
    node->text = token.text;
    auto value = ParseLiteral(token.text);
    if (!value.ok()) return Fail(value.error().message());
    node->value = *std::move(value);
    return node;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  bool (*is_function_)(std::string_view);
  size_t at_ = 0;
  int loops_ = 0;
  std::vector<std::string> variables_ = {"$"};
};

}  // namespace

Result<NodePtr> ParseTemplate(std::string_view text, bool (*is_function)(std::string_view)) {
  BUOY_ASSIGN(std::vector<Token> tokens, Lex(text));
  return Parser(text, std::move(tokens), is_function).Run();
}

}  // namespace buoy::cli::tmpl
