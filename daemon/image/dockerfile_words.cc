#include "daemon/image/dockerfile_words.h"

#include <algorithm>
#include <cctype>

#include "common/json/codec.h"

namespace buoy::image {

namespace {

bool IsBlank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

// Takes the first word off *text.
std::string TakeWord(std::string* text) {
  const auto end = std::find_if(text->begin(), text->end(), IsBlank);
  std::string word(text->begin(), end);
  *text = Trimmed(std::string_view(*text).substr(word.size()));
  return word;
}

Instruction ParseLine(const std::string& line) {
  Instruction out;
  out.rest = Trimmed(line);
  out.name = TakeWord(&out.rest);
  for (char& c : out.name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  while (out.rest.starts_with("--")) {
    std::string flag = TakeWord(&out.rest);
    if (flag == "--") break;
    out.flags.push_back(std::move(flag));
  }
  return out;
}

}  // namespace

Result<std::vector<Instruction>> ParseInstructions(const std::string& text) {
  std::vector<Instruction> instructions;
  std::string line;
  auto finish = [&] {
    if (!Trimmed(line).empty()) instructions.push_back(ParseLine(line));
    line.clear();
  };
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string piece = text.substr(at, end - at);
    at = end + 1;
    const std::string trimmed = Trimmed(piece);
    // Comments and empty lines do not end a continued line.
    if (trimmed.empty() || trimmed.front() == '#') continue;
    if (!trimmed.ends_with('\\')) {
      line += piece;
      finish();
      continue;
    }
    line += piece.substr(0, piece.rfind('\\'));
  }
  finish();
  if (instructions.empty()) return InvalidArgument("file with no instructions");
  return instructions;
}

std::vector<std::string> SplitQuoted(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && IsBlank(c)) {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
      continue;
    }
    word += c;
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::vector<std::string> SplitBlanks(const std::string& text) {
  std::vector<std::string> words;
  for (std::string rest = Trimmed(text); !rest.empty();) words.push_back(TakeWord(&rest));
  return words;
}

Result<std::vector<std::pair<std::string, std::string>>> ParsePairs(const std::string& instruction,
                                                                    const std::string& text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const auto words = SplitQuoted(text);
  if (words.empty()) return InvalidArgument(instruction + " requires at least one argument");
  if (words[0].find('=') == std::string::npos) {
    std::string value = Trimmed(text);
    std::string name = TakeWord(&value);
    if (value.empty()) return InvalidArgument(instruction + " must have two arguments");
    pairs.emplace_back(std::move(name), std::move(value));
    return pairs;
  }
  for (const auto& word : words) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) {
      return InvalidArgument("Syntax error - can't find = in " + json::Dump(json::Json(word)) +
                             ". Must be of the form: name=value");
    }
    if (equals == 0) return InvalidArgument(instruction + " names can not be blank");
    pairs.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return pairs;
}

std::optional<std::vector<std::string>> ParseJsonWords(const std::string& text) {
  if (!text.starts_with('[')) return std::nullopt;
  auto parsed = json::Parse(text);
  if (!parsed.ok() || !parsed->is_array()) return std::nullopt;
  std::vector<std::string> words;
  for (const auto& item : *parsed) {
    if (!item.is_string()) return std::nullopt;
    words.push_back(item.get<std::string>());
  }
  return words;
}

}  // namespace buoy::image
