#include "cli/command/each.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace buoy::cli {
namespace {

constexpr size_t kParallel = 50;

}  // namespace

std::vector<Status> InParallel(const std::vector<std::string>& names,
                               const EachFunction& function) {
  std::vector<Status> results(names.size());
  if (names.size() == 1) {
    results[0] = function(names[0]);
    return results;
  }
  std::atomic<size_t> next = 0;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < std::min(names.size(), kParallel); ++i) {
    threads.emplace_back([&] {
      for (size_t mine; (mine = next.fetch_add(1)) < names.size();) {
        results[mine] = function(names[mine]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return results;
}

Result<int> EachAndPrint(Cli& cli, const std::vector<std::string>& names,
                         const EachFunction& function) {
  BUOY_TRY(cli.client());  // an endpoint that cannot be resolved is said once
  ErrorList errors;
  std::vector<Status> results = InParallel(names, function);
  for (size_t i = 0; i < names.size(); ++i) {
    if (results[i].ok()) {
      cli.Out(names[i] + "\n");
    } else {
      errors.Add(results[i].error());
    }
  }
  return errors.Finish();
}

}  // namespace buoy::cli
