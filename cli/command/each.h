#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command/cli.h"
#include "common/result/result.h"

namespace buoy::cli {

// Errors of several objects, reported together: one line each.
class ErrorList {
 public:
  void Add(const std::string& text) { text_ += (text_.empty() ? "" : "\n") + text; }
  void Add(const Error& error) { Add(error.message()); }
  bool empty() const { return text_.empty(); }
  // 0, or one error with all the lines.
  Result<int> Finish() const {
    if (text_.empty()) return 0;
    return Internal(text_);
  }

 private:
  std::string text_;
};

using EachFunction = std::function<Status(const std::string&)>;

// Calls `function` for all names at once (at most 50 at a time); results in the names' order.
std::vector<Status> InParallel(const std::vector<std::string>& names, const EachFunction& function);

// InParallel, then prints each name that went well.
Result<int> EachAndPrint(Cli& cli, const std::vector<std::string>& names,
                         const EachFunction& function);

}  // namespace buoy::cli
