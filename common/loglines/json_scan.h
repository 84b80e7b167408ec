#pragma once

#include <string>
#include <string_view>

namespace buoy::loglines {

// Just enough JSON to read lines of known shape (logs, the OCI runtime's error log, ...).

// Walks over the members of one JSON object.
class ObjectScanner {
 public:
  // `text` starts at the object's brace (white space before it is skipped).
  explicit ObjectScanner(std::string_view text) : rest_(text) {}
  // Sets the unescaped key and the raw text of the value. False at the end or when malformed.
  bool Next(std::string* key, std::string_view* value);
  // The closing brace was reached.
  bool complete() const { return complete_; }

 private:
  std::string_view rest_;
  bool started_ = false;
  bool complete_ = false;
};

// Appends the contents of a JSON string literal (quotes included in `raw`). Invalid escapes and
// lone surrogates become U+FFFD. False when it is no string.
bool AppendUnescaped(std::string_view raw, std::string* out);

// Appends `data` as a JSON string the way Docker's json-file driver and Go's encoder do: <, >, &
// and U+2028/9 escaped, invalid UTF-8 as \ufffd.
void AppendJsonString(std::string_view data, std::string* out);

}  // namespace buoy::loglines
