#include <algorithm>
#include <cstdio>

#include "cli/flags/quote.h"
#include "cli/formatter/tabwriter.h"
#include "cli/formatter/template_functions.h"

namespace buoy::cli::tmpl {
namespace {

struct Verb {
  bool minus = false, plus = false, zero = false, sharp = false, space = false;
  int width = -1;
  int precision = -1;
  char verb = 0;
};

int TakeNumber(std::string_view format, size_t& at) {
  int number = -1;
  while (at < format.size() && format[at] >= '0' && format[at] <= '9') {
    number = std::max(number, 0) * 10 + (format[at++] - '0');
  }
  return number;
}

Verb ParseVerb(std::string_view format, size_t& at) {
  Verb verb;
  for (; at < format.size(); ++at) {
    char c = format[at];
    if (c == '-')
      verb.minus = true;
    else if (c == '+')
      verb.plus = true;
    else if (c == '0')
      verb.zero = true;
    else if (c == '#')
      verb.sharp = true;
    else if (c == ' ')
      verb.space = true;
    else
      break;
  }
  verb.width = TakeNumber(format, at);
  if (at < format.size() && format[at] == '.') {
    ++at;
    verb.precision = std::max(TakeNumber(format, at), 0);
  }
  if (at < format.size()) verb.verb = format[at++];
  return verb;
}

std::string Pad(std::string text, const Verb& verb, bool number) {
  size_t length = CodePoints(text);
  if (verb.width < 0 || length >= static_cast<size_t>(verb.width)) return text;
  size_t missing = static_cast<size_t>(verb.width) - length;
  if (verb.minus) return text + std::string(missing, ' ');
  if (verb.zero && number) {
    size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    return text.substr(0, sign) + std::string(missing, '0') + text.substr(sign);
  }
  return std::string(missing, ' ') + text;
}

std::string Wrong(char verb, const Value& value) {
  return std::string("%!") + verb + "(" + GoKind(value) + "=" + Print(value, false) + ")";
}

std::string Hex(const std::string& text, bool upper) {
  std::string out;
  char buffer[4];
  for (char c : text) {
    snprintf(buffer, sizeof buffer, upper ? "%02X" : "%02x", static_cast<unsigned char>(c));
    out += buffer;
  }
  return out;
}

std::string Integer(const Verb& verb, int64_t value) {
  std::string text;
  char buffer[72];
  auto magnitude = static_cast<unsigned long long>(value < 0 ? -value : value);
  if (verb.verb == 'd') {
    snprintf(buffer, sizeof buffer, "%llu", magnitude);
    text = buffer;
  } else if (verb.verb == 'b') {
    do {
      text.insert(text.begin(), static_cast<char>('0' + magnitude % 2));
      magnitude /= 2;
    } while (magnitude != 0);
  } else {
    const char* format = verb.verb == 'o' ? "%llo" : verb.verb == 'X' ? "%llX" : "%llx";
    snprintf(buffer, sizeof buffer, format, magnitude);
    text = (verb.sharp && verb.verb == 'x' ? "0x" : "") + std::string(buffer);
  }
  if (value < 0) return "-" + text;
  return verb.plus ? "+" + text : text;
}

std::string FormatOne(const Verb& verb, const Value& value) {
  using Kind = Value::Kind;
  Kind kind = value.kind();
  switch (verb.verb) {
    case 'v':
      if (verb.sharp && kind == Kind::kString) return Pad(Quote(value.Str()), verb, false);
      return Pad(Print(value, false), verb, kind == Kind::kInt || kind == Kind::kFloat);
    case 's': {
      if (kind == Kind::kInt || kind == Kind::kFloat || kind == Kind::kBool ||
          kind == Kind::kNull) {
        return Wrong('s', value);
      }
      std::string text = Print(value, false);
      if (verb.precision >= 0) text = text.substr(0, static_cast<size_t>(verb.precision));
      return Pad(text, verb, false);
    }
    case 'q':
      if (kind == Kind::kString) return Pad(Quote(value.Str()), verb, false);
      if (kind == Kind::kList) {
        std::string out;
        for (const Value& item : value.List()) {
          out += (out.empty() ? "" : " ") + FormatOne(verb, item);
        }
        return "[" + out + "]";
      }
      return Wrong('q', value);
    case 'd':
    case 'b':
    case 'o':
    case 'x':
    case 'X':
      if (kind == Kind::kString && (verb.verb == 'x' || verb.verb == 'X')) {
        return Pad(Hex(value.Str(), verb.verb == 'X'), verb, false);
      }
      if (kind != Kind::kInt) return Wrong(verb.verb, value);
      return Pad(Integer(verb, value.Int()), verb, true);
    case 't':
      return kind == Kind::kBool ? Pad(Print(value), verb, false) : Wrong('t', value);
    case 'f':
    case 'e':
    case 'g': {
      if (kind != Kind::kFloat) return Wrong(verb.verb, value);
      char format[] = {'%', '.', '*', verb.verb, 0};
      char buffer[400];
      snprintf(buffer, sizeof buffer, format, verb.precision < 0 ? 6 : verb.precision,
               value.Number());
      bool shortest = verb.verb == 'g' && verb.precision < 0;
      return Pad(shortest ? FormatFloat(value.Number()) : buffer, verb, true);
    }
    case 'T':
      return Pad(GoKind(value), verb, false);
    default:
      return Wrong(verb.verb, value);
  }
}

}  // namespace

std::string Print(const Value& value, bool top_level) {
  switch (value.kind()) {
    case Value::Kind::kNull:
      switch (value.nil()) {
        case Value::Nil::kSlice:
          return "[]";
        case Value::Nil::kMap:
        case Value::Nil::kOmitMap:
          return "map[]";
        case Value::Nil::kPointer:
        case Value::Nil::kOmitPointer:
          return "<nil>";
        case Value::Nil::kAny:
          return top_level ? "<no value>" : "<nil>";
      }
      return "<nil>";
    case Value::Kind::kBool:
      return value.Bool() ? "true" : "false";
    case Value::Kind::kInt:
      return std::to_string(value.Int());
    case Value::Kind::kFloat:
      return FormatFloat(value.Number());
    case Value::Kind::kString:
      return value.Str();
    case Value::Kind::kList: {
      std::string out;
      bool first = true;
      for (const Value& item : value.List()) {
        if (!first) out += " ";
        first = false;
        out += Print(item, false);
      }
      return "[" + out + "]";
    }
    case Value::Kind::kObject:
      break;
  }
  std::vector<std::pair<std::string, const Value*>> sorted;
  for (const auto& [key, item] : value.Fields()) sorted.emplace_back(key, &item);
  std::sort(sorted.begin(), sorted.end());
  std::string out;
  for (const auto& [key, item] : sorted) {
    out += (out.empty() ? "" : " ") + key + ":" + Print(*item, false);
  }
  return "map[" + out + "]";
}

const char* GoKind(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull:
      return "<nil>";
    case Value::Kind::kBool:
      return "bool";
    case Value::Kind::kInt:
      return "int";
    case Value::Kind::kFloat:
      return "float64";
    case Value::Kind::kString:
      return "string";
    case Value::Kind::kList:
      return "[]interface {}";
    case Value::Kind::kObject:
      return "map[string]interface {}";
  }
  return "";
}

Result<std::string> Sprintf(const ValueList& args) {
  if (args.empty())
    return InvalidArgument("wrong number of args for printf: want at least 1 got 0");
  if (args[0].kind() != Value::Kind::kString) {
    return InvalidArgument(std::string("wrong type for value; expected string; got ") +
                           GoKind(args[0]));
  }
  const std::string& format = args[0].Str();
  std::string out;
  size_t next = 1;
  for (size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      out += format[at++];
      continue;
    }
    Verb verb = ParseVerb(format, ++at);
    if (verb.verb == '%') {
      out += '%';
    } else if (verb.verb == 0) {
      out += "%!(NOVERB)";
    } else if (next >= args.size()) {
      out += std::string("%!") + verb.verb + "(MISSING)";
    } else {
      out += FormatOne(verb, args[next++]);
    }
  }
  if (next < args.size()) {
    out += "%!(EXTRA ";
    for (size_t i = next; i < args.size(); ++i) {
      out += std::string(i > next ? ", " : "") + GoKind(args[i]) + "=" + Print(args[i], false);
    }
    out += ")";
  }
  return out;
}

}  // namespace buoy::cli::tmpl
