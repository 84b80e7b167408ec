#include "common/result/error.h"

#include <cerrno>
#include <cstring>

namespace buoy {

namespace {

// Go prints errnos in lower case and Docker's texts carry them so.
std::string LowerFirst(std::string text) {
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && !(text[1] >= 'A' && text[1] <= 'Z')) {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

}  // namespace

Error ErrnoError(const std::string& what, int sys_errno) {
  char buffer[256];
  const char* text = strerror_r(sys_errno, buffer, sizeof buffer);
  return Error(ErrorKind::kInternal, what + ": " + LowerFirst(text), sys_errno);
}

Error ErrnoError(const std::string& what) { return ErrnoError(what, errno); }

}  // namespace buoy
