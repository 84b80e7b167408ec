#include "cli/formatter/template_functions.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace buoy::cli::tmpl {
namespace {

using Kind = Value::Kind;
using Function = Result<Value> (*)(const ValueList&);

struct Entry {
  std::string_view name;
  int least;
  int most;  // -1: any number
  Function call;
};

Error WrongType(const char* expected, const Value& got) {
  return InvalidArgument(std::string("wrong type for value; expected ") + expected + "; got " +
                         GoKind(got));
}

Result<std::string> StringArg(const ValueList& args, size_t index) {
  if (args[index].kind() != Kind::kString) return WrongType("string", args[index]);
  return args[index].Str();
}

Result<int64_t> IntArg(const ValueList& args, size_t index) {
  if (args[index].kind() != Kind::kInt) return WrongType("int", args[index]);
  return args[index].Int();
}

template <int (*Convert)(int)>
Result<Value> EachChar(const ValueList& args) {
  BUOY_ASSIGN(std::string text, StringArg(args, 0));
  for (char& c : text) {
    if ((c & 0x80) == 0) c = static_cast<char>(Convert(static_cast<unsigned char>(c)));
  }
  return Value(std::move(text));
}

Result<Value> Title(const ValueList& args) {
  BUOY_ASSIGN(std::string text, StringArg(args, 0));
  bool start = true;
  for (char& c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (start && std::islower(byte)) c = static_cast<char>(std::toupper(byte));
    start = !(std::isalnum(byte) || c == '_' || c == '\'' || (byte & 0x80) != 0);
  }
  return Value(std::move(text));
}

Result<Value> Split(const ValueList& args) {
  BUOY_ASSIGN(std::string text, StringArg(args, 0));
  BUOY_ASSIGN(std::string separator, StringArg(args, 1));
  ValueList out;
  if (separator.empty()) {
    for (char c : text) {
      if ((c & 0xC0) == 0x80 && !out.empty()) {
        out.back() = out.back().Str() + c;
      } else {
        out.emplace_back(std::string(1, c));
      }
    }
    return Value(std::move(out));
  }
  size_t at = 0;
  for (size_t found; (found = text.find(separator, at)) != std::string::npos;
       at = found + separator.size()) {
    out.emplace_back(text.substr(at, found - at));
  }
  out.emplace_back(text.substr(at));
  return Value(std::move(out));
}

Result<Value> Join(const ValueList& args) {
  if (args[0].kind() != Kind::kList && !args[0].IsNull()) return WrongType("[]string", args[0]);
  BUOY_ASSIGN(std::string separator, StringArg(args, 1));
  std::string out;
  bool first = true;
  for (const Value& item : args[0].List()) {
    if (item.kind() != Kind::kString) return WrongType("[]string", args[0]);
    if (!first) out += separator;
    first = false;
    out += item.Str();
  }
  return Value(std::move(out));
}

Result<Value> PadText(const ValueList& args) {
  BUOY_ASSIGN(std::string text, StringArg(args, 0));
  BUOY_ASSIGN(int64_t before, IntArg(args, 1));
  BUOY_ASSIGN(int64_t after, IntArg(args, 2));
  if (text.empty()) return Value(text);
  return Value(std::string(static_cast<size_t>(std::max<int64_t>(before, 0)), ' ') + text +
               std::string(static_cast<size_t>(std::max<int64_t>(after, 0)), ' '));
}

Result<Value> Truncate(const ValueList& args) {
  BUOY_ASSIGN(std::string text, StringArg(args, 0));
  BUOY_ASSIGN(int64_t length, IntArg(args, 1));
  if (length < 0) return InvalidArgument("error calling truncate: slice bounds out of range");
  return Value(text.substr(0, static_cast<size_t>(length)));
}

Result<Value> Json(const ValueList& args) { return Value(args[0].Dump()); }

Result<Value> Len(const ValueList& args) {
  switch (args[0].kind()) {
    case Kind::kString:
      return Value(static_cast<int64_t>(args[0].Str().size()));
    case Kind::kList:
      return Value(static_cast<int64_t>(args[0].List().size()));
    case Kind::kObject:
      return Value(static_cast<int64_t>(args[0].Fields().size()));
    case Kind::kNull:
      if (args[0].nil() == Value::Nil::kSlice || args[0].nil() == Value::Nil::kMap) {
        return Value(0);
      }
      return InvalidArgument("error calling len: len of nil pointer");
    default:
      return InvalidArgument(std::string("error calling len: len of type ") + GoKind(args[0]));
  }
}

Result<Value> IndexOne(const Value& from, const Value& index) {
  switch (from.kind()) {
    case Kind::kObject:
      if (index.kind() != Kind::kString) {
        return InvalidArgument(std::string("error calling index: value has type ") + GoKind(index) +
                               "; should be string");
      }
      return from.At(index.Str());
    case Kind::kList:
    case Kind::kString: {
      if (index.kind() != Kind::kInt) {
        return InvalidArgument(
            std::string("error calling index: cannot index slice/array with type ") +
            GoKind(index));
      }
      bool list = from.kind() == Kind::kList;
      auto size = static_cast<int64_t>(list ? from.List().size() : from.Str().size());
      if (index.Int() < 0 || index.Int() >= size) {
        return InvalidArgument("error calling index: index out of range: " +
                               std::to_string(index.Int()));
      }
      auto at = static_cast<size_t>(index.Int());
      if (list) return from.List()[at];
      return Value(static_cast<int64_t>(static_cast<unsigned char>(from.Str()[at])));
    }
    case Kind::kNull:
      if (from.nil() == Value::Nil::kMap) return Value();
      if (from.nil() == Value::Nil::kSlice) {
        return InvalidArgument("error calling index: index out of range: " +
                               std::to_string(index.Int()));
      }
      return InvalidArgument("error calling index: index of untyped nil");
    default:
      return InvalidArgument(std::string("error calling index: can't index item of type ") +
                             GoKind(from));
  }
}

Result<Value> Index(const ValueList& args) {
  Value value = args[0];
  for (size_t i = 1; i < args.size(); ++i) {
    BUOY_ASSIGN(value, IndexOne(value, args[i]));
  }
  return value;
}

Result<Value> Slice(const ValueList& args) {
  bool text = args[0].kind() == Kind::kString;
  if (!text && args[0].kind() != Kind::kList) {
    return InvalidArgument(std::string("error calling slice: can't slice item of type ") +
                           GoKind(args[0]));
  }
  auto size = static_cast<int64_t>(text ? args[0].Str().size() : args[0].List().size());
  int64_t from = 0;
  int64_t to = size;
  if (args.size() > 1) {
    BUOY_ASSIGN(from, IntArg(args, 1));
  }
  if (args.size() > 2) {
    BUOY_ASSIGN(to, IntArg(args, 2));
  }
  for (int64_t bound : {from, to}) {
    if (bound < 0 || bound > size) {
      return InvalidArgument("error calling slice: index out of range: " + std::to_string(bound));
    }
  }
  if (from > to) {
    return InvalidArgument("error calling slice: invalid slice index: " + std::to_string(from) +
                           " > " + std::to_string(to));
  }
  auto start = static_cast<size_t>(from);
  if (text) return Value(args[0].Str().substr(start, static_cast<size_t>(to - from)));
  const ValueList& list = args[0].List();
  return Value(ValueList(list.begin() + from, list.begin() + to));
}

// Go's Sprint: a space between operands when neither is a string.
Result<Value> PrintAll(const ValueList& args) {
  std::string out;
  for (size_t i = 0; i < args.size(); ++i) {
    if (i > 0 && args[i].kind() != Kind::kString && args[i - 1].kind() != Kind::kString) out += ' ';
    out += Print(args[i], false);
  }
  return Value(std::move(out));
}

Result<Value> Println(const ValueList& args) {
  std::string out;
  for (size_t i = 0; i < args.size(); ++i) out += (i > 0 ? " " : "") + Print(args[i], false);
  return Value(out + "\n");
}

Result<Value> Printf(const ValueList& args) {
  BUOY_ASSIGN(std::string text, Sprintf(args));
  return Value(std::move(text));
}

Result<Value> Not(const ValueList& args) { return Value(!IsTrue(args[0])); }

bool Numeric(const Value& value) {
  return value.kind() == Kind::kInt || value.kind() == Kind::kFloat;
}

Result<bool> Equal(const Value& a, const Value& b) {
  if (a.IsNull() || b.IsNull()) return a.IsNull() && b.IsNull();
  if (a.kind() != b.kind()) return InvalidArgument("incompatible types for comparison");
  switch (a.kind()) {
    case Kind::kBool:
      return a.Bool() == b.Bool();
    case Kind::kInt:
      return a.Int() == b.Int();
    case Kind::kFloat:
      return a.Number() == b.Number();
    case Kind::kString:
      return a.Str() == b.Str();
    default:
      return InvalidArgument("non-comparable type " + Print(a, false) + ": " + GoKind(a));
  }
}

Result<Value> Eq(const ValueList& args) {
  for (size_t i = 1; i < args.size(); ++i) {
    auto same = Equal(args[0], args[i]);
    if (!same.ok()) return std::move(same).error().Context("error calling eq");
    if (*same) return Value(true);
  }
  return Value(false);
}

Result<Value> Ne(const ValueList& args) {
  auto same = Equal(args[0], args[1]);
  if (!same.ok()) return std::move(same).error().Context("error calling ne");
  return Value(!*same);
}

Result<int> Compare(const Value& a, const Value& b, const char* name) {
  if (a.kind() != b.kind()) {
    return InvalidArgument(std::string("error calling ") + name +
                           ": incompatible types for comparison");
  }
  if (Numeric(a)) {
    if (a.kind() == Kind::kInt) return a.Int() < b.Int() ? -1 : a.Int() > b.Int();
    return a.Number() < b.Number() ? -1 : a.Number() > b.Number();
  }
  if (a.kind() == Kind::kString) return a.Str().compare(b.Str());
  return InvalidArgument(std::string("error calling ") + name + ": invalid type for comparison");
}

Result<Value> Lt(const ValueList& args) {
  BUOY_ASSIGN(int order, Compare(args[0], args[1], "lt"));
  return Value(order < 0);
}

Result<Value> Le(const ValueList& args) {
  BUOY_ASSIGN(int order, Compare(args[0], args[1], "le"));
  return Value(order <= 0);
}

Result<Value> Gt(const ValueList& args) {
  BUOY_ASSIGN(int order, Compare(args[0], args[1], "gt"));
  return Value(order > 0);
}

Result<Value> Ge(const ValueList& args) {
  BUOY_ASSIGN(int order, Compare(args[0], args[1], "ge"));
  return Value(order >= 0);
}

Result<Value> Html(const ValueList& args) {
  BUOY_ASSIGN(Value text, PrintAll(args));
  std::string out;
  for (char c : text.Str()) {
    switch (c) {
      case '"':
        out += "&#34;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return Value(std::move(out));
}

Result<Value> UrlQuery(const ValueList& args) {
  BUOY_ASSIGN(Value text, PrintAll(args));
  std::string out;
  char buffer[8];
  for (char c : text.Str()) {
    if (std::isalnum(static_cast<unsigned char>(c)) ||
        std::string_view("-_.~").find(c) != std::string_view::npos) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      snprintf(buffer, sizeof buffer, "%%%02X", static_cast<unsigned char>(c));
      out += buffer;
    }
  }
  return Value(std::move(out));
}

constexpr Entry kFunctions[] = {
    {"and", 1, -1, nullptr},
    {"or", 1, -1, nullptr},
    {"not", 1, 1, Not},
    {"len", 1, 1, Len},
    {"index", 1, -1, Index},
    {"slice", 1, 4, Slice},
    {"print", 0, -1, PrintAll},
    {"println", 0, -1, Println},
    {"printf", 1, -1, Printf},
    {"html", 0, -1, Html},
    {"urlquery", 0, -1, UrlQuery},
    {"eq", 2, -1, Eq},
    {"ne", 2, 2, Ne},
    {"lt", 2, 2, Lt},
    {"le", 2, 2, Le},
    {"gt", 2, 2, Gt},
    {"ge", 2, 2, Ge},
    {"json", 1, 1, Json},
    {"split", 2, 2, Split},
    {"join", 2, 2, Join},
    {"title", 1, 1, Title},
    {"lower", 1, 1, EachChar<std::tolower>},
    {"upper", 1, 1, EachChar<std::toupper>},
    {"pad", 3, 3, PadText},
    {"truncate", 2, 2, Truncate},
};

const Entry* FindFunction(std::string_view name) {
  for (const Entry& entry : kFunctions) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

bool KeepsHeader(std::string_view name) {
  for (std::string_view kept : {"json", "split", "join", "title", "lower", "upper", "truncate"}) {
    if (name == kept) return true;
  }
  return false;
}

}  // namespace

bool IsFunction(std::string_view name) { return FindFunction(name) != nullptr; }

Result<Value> CallFunction(std::string_view name, const ValueList& args, bool header) {
  const Entry& entry = *FindFunction(name);
  auto count = static_cast<int>(args.size());
  if (count < entry.least || (entry.most >= 0 && count > entry.most)) {
    bool open = entry.most != entry.least;
    return InvalidArgument("wrong number of args for " + std::string(name) + ": want " +
                           (open ? "at least " : "") + std::to_string(entry.least) + " got " +
                           std::to_string(count));
  }
  if (header && KeepsHeader(name)) return args[0];
  return entry.call(args);
}

bool IsTrue(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return false;
    case Kind::kBool:
      return value.Bool();
    case Kind::kInt:
      return value.Int() != 0;
    case Kind::kFloat:
      return value.Number() != 0;
    case Kind::kString:
      return !value.Str().empty();
    case Kind::kList:
      return !value.List().empty();
    case Kind::kObject:
      return !value.Fields().empty();
  }
  return false;
}

}  // namespace buoy::cli::tmpl
