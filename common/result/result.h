#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "common/result/error.h"

namespace buoy {

// A value or an Error: the subset of std::expected (C++23) that this repository uses.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

  T value_or(T fallback) && { return ok() ? std::move(*this).value() : std::move(fallback); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  void value() const {}
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;
inline Status Ok() { return {}; }

}  // namespace buoy

#define BUOY_CONCAT_INNER(a, b) a##b
#define BUOY_CONCAT(a, b) BUOY_CONCAT_INNER(a, b)

// BUOY_TRY(expr): returns the error of a Result<void> (or any Result, dropping its value).
#define BUOY_TRY(expr)                           \
  do {                                           \
    auto buoy_try_result = (expr);               \
    if (!buoy_try_result.ok()) {                 \
      return std::move(buoy_try_result).error(); \
    }                                            \
  } while (0)

// BUOY_TRY_CONTEXT(expr, "doing this"): the same with context before the message.
#define BUOY_TRY_CONTEXT(expr, context)                           \
  do {                                                            \
    auto buoy_try_result = (expr);                                \
    if (!buoy_try_result.ok()) {                                  \
      return std::move(buoy_try_result).error().Context(context); \
    }                                                             \
  } while (0)

// BUOY_ASSIGN(auto value, expr): declares or assigns the value, or returns the error.
#define BUOY_ASSIGN(declaration, expr)                             \
  auto BUOY_CONCAT(buoy_result_, __LINE__) = (expr);               \
  if (!BUOY_CONCAT(buoy_result_, __LINE__).ok()) {                 \
    return std::move(BUOY_CONCAT(buoy_result_, __LINE__)).error(); \
  }                                                                \
  declaration = std::move(BUOY_CONCAT(buoy_result_, __LINE__)).value()

#define BUOY_ASSIGN_CONTEXT(declaration, expr, context)                             \
  auto BUOY_CONCAT(buoy_result_, __LINE__) = (expr);                                \
  if (!BUOY_CONCAT(buoy_result_, __LINE__).ok()) {                                  \
    return std::move(BUOY_CONCAT(buoy_result_, __LINE__)).error().Context(context); \
  }                                                                                 \
  declaration = std::move(BUOY_CONCAT(buoy_result_, __LINE__)).value()
