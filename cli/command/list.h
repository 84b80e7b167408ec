#pragma once

#include <string>

#include "cli/formatter/value.h"
#include "common/result/result.h"

namespace buoy::cli {

inline constexpr char kFormatHelp[] =
    "Format output using a custom template:\n"
    "'table':            Print output in table format with column headers (default)\n"
    "'table TEMPLATE':   Print output in table format using the given Go template\n"
    "'json':             Print in JSON format\n"
    "'TEMPLATE':         Print output using the given Go template.\n"
    "Refer to https://docs.docker.com/go/formatting/ for more information about formatting output "
    "with templates";
inline constexpr char kInspectFormatHelp[] =
    "Format output using a custom template:\n"
    "'json':             Print in JSON format\n"
    "'TEMPLATE':         Print output using the given Go template.\n"
    "Refer to https://docs.docker.com/go/formatting/ for more information about formatting output "
    "with templates";

// Renders rows with a --format ("table ...", "json" or a template). `header` holds the name of each
// column by field. Errors: "template parsing error: template: ...".
Result<std::string> FormatRows(const std::string& format, const Value& header,
                               const ValueList& rows);

// The Value of a header, with the Label method.
Value HeaderOf(ValueFields names);

bool IsTable(const std::string& format);

// The --format of a list: what was given, else the configured one, else "table".
std::string ListFormat(const std::string& given, const std::string& configured);

// Docker's PrettyPrint: the first letter in upper case, the others in lower case.
std::string Capitalized(std::string text);
// At most `width` columns, cut with an ellipsis.
std::string Ellipsis(const std::string& text, size_t width);
// "a=1,b=2", sorted.
std::string JoinLabels(const Value& labels);
// A Value's type with the method {{.Label "name"}}.
std::shared_ptr<GoType> LabelledType(const char* name, const Value& labels);
// A Unix time as Go's RFC 3339 in the local zone ("" for 0).
std::string GoRfc3339(int64_t unix_seconds);
// "x ago" of a Unix time.
std::string Ago(int64_t unix_seconds);
// Go's time.Time.String() of a Unix time in the local zone.
std::string GoTime(int64_t unix_seconds);
std::string GoTimeUtc(const std::string& rfc3339);
std::string Join(const std::vector<std::string>& parts, std::string_view separator);

}  // namespace buoy::cli
