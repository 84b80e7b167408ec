#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/server/backend/filters.h"
#include "common/result/result.h"

// How Docker reads query parameters. All errors are kInvalidArgument with Docker's texts.
namespace buoy::api {

// False for "", "0", "no", "false" and "none", in any case and with spaces around.
bool ParseBool(std::string_view text);

// Go's strconv.Atoi with its errors (`strconv.Atoi: parsing "x": invalid syntax`).
Result<int> ParseAtoi(std::string_view text);
// Go's strconv.ParseInt(text, 10, 64).
Result<int64_t> ParseInt64(std::string_view text);
// A terminal's size: "invalid syntax" or "value out of range" alone.
Result<uint32_t> ParseUint32(std::string_view text);

// "seconds[.nanoseconds]" as nanoseconds since the epoch; "" is 0.
Result<int64_t> ParseUnixTimestamp(std::string_view text);

// The "filters" parameter, {"k":["v"]} or {"k":{"v":true}}; "" is no filter.
Result<Filters> ParseFilters(std::string_view text);

// OCI platform JSON ({"os":"linux","architecture":"amd64"}) as os/arch[/variant].
Result<std::string> ParsePlatformJson(std::string_view text);

}  // namespace buoy::api
