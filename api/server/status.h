#pragma once

#include <string>
#include <string_view>

#include "common/result/error.h"

namespace buoy::api {

// The one place where error classes become HTTP statuses.
int StatusOf(ErrorKind kind);

// `text` as a JSON string, quotes included; bytes that are no UTF-8 become U+FFFD.
std::string JsonQuote(std::string_view text);

// {"message":"..."}, with a newline, as Docker writes it.
std::string ErrorBody(const Error& error);

}  // namespace buoy::api
