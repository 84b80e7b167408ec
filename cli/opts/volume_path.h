#pragma once

#include <filesystem>
#include <string>

namespace buoy::cli::opts {

// Go's filepath.Abs: the working folder before it, "." and ".." taken out.
inline std::string AbsolutePath(const std::string& path) {
  std::error_code error;
  std::filesystem::path whole(path);
  if (whole.is_relative()) whole = std::filesystem::current_path(error) / whole;
  std::string clean = whole.lexically_normal().string();
  if (clean.size() > 1 && clean.back() == '/') clean.pop_back();
  return clean;
}

}  // namespace buoy::cli::opts
