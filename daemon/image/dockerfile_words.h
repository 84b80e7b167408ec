#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/json/list.h"
#include "common/result/result.h"

// The small grammars inside a Dockerfile's lines.
namespace buoy::image {

struct Instruction {
  std::string name;                // lower case
  std::vector<std::string> flags;  // "--interval=5s"
  std::string rest;                // without surrounding blanks
};

// Joins continued lines, drops comments and empty lines. kInvalidArgument "file with no
// instructions".
Result<std::vector<Instruction>> ParseInstructions(const std::string& text);

// Replaces quotes, escapes, $NAME, ${NAME}, ${NAME:-word}, ${NAME:+word}, ${NAME:?word} from
// "NAME=value" items. kInvalidArgument `failed to process "x": ...`.
Result<std::string> ExpandWord(const std::string& word, const std::vector<std::string>& env);
// The same, and what came from outside quotes is split at blanks.
Result<std::vector<std::string>> ExpandWords(const std::string& text,
                                             const std::vector<std::string>& env);

// The words of ENV and LABEL; quotes stay in them.
std::vector<std::string> SplitQuoted(const std::string& text);
// `name=value ...` or the old `name value`; `instruction` is for the errors.
Result<std::vector<std::pair<std::string, std::string>>> ParsePairs(const std::string& instruction,
                                                                    const std::string& text);
// ["a", "b"]; nullopt = no JSON array of strings, so a shell's line.
std::optional<std::vector<std::string>> ParseJsonWords(const std::string& text);
// Words between blanks.
std::vector<std::string> SplitBlanks(const std::string& text);

}  // namespace buoy::image
