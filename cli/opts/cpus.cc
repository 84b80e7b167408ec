#include "cli/opts/cpus.h"

#include <cctype>
#include <cstdlib>

#include "cli/flags/strconv.h"
#include "cli/opts/text.h"

namespace buoy::cli::opts {
namespace {

using Wide = __int128;
constexpr Wide kBillion = 1'000'000'000;
constexpr int kMaxDigits = 27;  // more would not fit Wide once multiplied by a billion

struct Rational {
  Wide over = 0;
  Wide under = 1;
};

// "-12.5e-3" exactly; false when it is no number (or a monstrous one).
bool ParseDecimal(const std::string& text, Rational& out) {
  size_t at = 0;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  int digits = 0;
  bool point = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point) {
      point = true;
      continue;
    }
    if (!std::isdigit(static_cast<unsigned char>(text[at]))) break;
    if (++digits > kMaxDigits) return false;
    out.over = out.over * 10 + (text[at] - '0');
    if (point) out.under *= 10;
  }
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    auto exponent = Atoi(std::string_view(text).substr(at + 1));
    if (!exponent.ok() || std::abs(*exponent) > 18) return false;
    for (int64_t i = 0; i < std::abs(*exponent); ++i) (*exponent < 0 ? out.under : out.over) *= 10;
    at = text.size();
  }
  if (at != text.size()) return false;
  if (negative) out.over = -out.over;
  return true;
}

}  // namespace

Result<int64_t> ParseCpus(const std::string& text) {
  auto wrong = [&] { return InvalidArgument("failed to parse " + text + " as a rational number"); };
  Rational value;
  CutResult cut = Cut(text, '/');
  if (!ParseDecimal(cut.before, value)) return wrong();
  if (cut.found) {
    auto under = ParseInt(cut.after);
    if (!under.ok() || *under <= 0) return wrong();
    value.under *= *under;
  }
  Wide nano = value.over * kBillion;
  if (nano % value.under != 0) return InvalidArgument("value is too precise");
  return static_cast<int64_t>(nano / value.under);
}

}  // namespace buoy::cli::opts
