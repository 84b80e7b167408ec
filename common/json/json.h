#pragma once

#include <string>
#include <string_view>

#include "common/result/result.h"

// JSON for the API's types without json.hpp: both functions are instantiated in the .cc file of the
// type (BUOY_JSON_TYPE in common/json/codec.h), for T and for std::vector<T>.
namespace buoy {

// Compact JSON, keys in the order of Docker's structs.
template <class T>
std::string ToJson(const T& value);

// Errors are kInvalidArgument with Go's texts ("json: cannot unmarshal string into Go struct field
// HostConfig.Memory of type int64", "unexpected end of JSON input", ...). Unknown keys are ignored
// and keys match without regard to case, as in Go.
template <class T>
Result<T> FromJson(std::string_view text);

}  // namespace buoy
