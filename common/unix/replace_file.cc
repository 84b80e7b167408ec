#include "common/unix/replace_file.h"

#include <fcntl.h>

#include <cstdio>

#include "common/unix/file.h"

namespace buoy {

Status ReplaceFile(const std::string& path, std::string_view text, mode_t mode) {
  const std::string temporary = path + ".new";
  {
    BUOY_ASSIGN(Fd file, Open(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode));
    BUOY_TRY(WriteAll(file.get(), text));
  }
  if (rename(temporary.c_str(), path.c_str()) != 0) return ErrnoError("rename " + temporary);
  return Ok();
}

}  // namespace buoy
