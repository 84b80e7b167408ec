#pragma once

#include <string>
#include <utility>

namespace buoy {

// Docker's error classes. api/server maps each to one HTTP status, in one place.
enum class ErrorKind {
  kNotFound,         // 404
  kInvalidArgument,  // 400
  kConflict,         // 409
  kNotModified,      // 304
  kUnauthorized,     // 401
  kForbidden,        // 403
  kUnavailable,      // 503
  kNotImplemented,   // 501
  kCancelled,        // 499 is not used by Docker: 500
  kInternal,         // 500
};

// An error a user may read. `message` is what the API answers in {"message": ...};
// layers prepend what they were doing with Context().
class Error {
 public:
  Error(ErrorKind kind, std::string message, int sys_errno = 0)
      : kind_(kind), message_(std::move(message)), errno_(sys_errno) {}

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  // The errno behind the error, or 0.
  int sys_errno() const { return errno_; }

  // Returns the error with "context: " before its message.
  Error Context(const std::string& context) && {
    message_ = context + ": " + message_;
    return std::move(*this);
  }
  Error Context(const std::string& context) const& { return Error(*this).Context(context); }
  // Same text, another class.
  Error WithKind(ErrorKind kind) && {
    kind_ = kind;
    return std::move(*this);
  }

 private:
  ErrorKind kind_;
  std::string message_;
  int errno_;
};

inline Error NotFound(std::string m) { return {ErrorKind::kNotFound, std::move(m)}; }
inline Error InvalidArgument(std::string m) { return {ErrorKind::kInvalidArgument, std::move(m)}; }
inline Error Conflict(std::string m) { return {ErrorKind::kConflict, std::move(m)}; }
inline Error NotModified(std::string m = "") { return {ErrorKind::kNotModified, std::move(m)}; }
inline Error Unauthorized(std::string m) { return {ErrorKind::kUnauthorized, std::move(m)}; }
inline Error Forbidden(std::string m) { return {ErrorKind::kForbidden, std::move(m)}; }
inline Error Unavailable(std::string m) { return {ErrorKind::kUnavailable, std::move(m)}; }
inline Error NotImplemented(std::string m) { return {ErrorKind::kNotImplemented, std::move(m)}; }
inline Error Cancelled(std::string m) { return {ErrorKind::kCancelled, std::move(m)}; }
inline Error Internal(std::string m) { return {ErrorKind::kInternal, std::move(m)}; }
// "what: strerror(sys_errno)"; the kind is kInternal (kNotFound for ENOENT is the caller's choice).
Error ErrnoError(const std::string& what, int sys_errno);
// The same with the current errno.
Error ErrnoError(const std::string& what);

}  // namespace buoy
