#include "daemon/system/debug.h"

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/unix/file.h"
#include "daemon/system/host_info.h"

namespace buoy::system {
namespace {

namespace fs = std::filesystem;

std::string Proc(const std::string& name) {
  auto text = ReadFile("/proc/self/" + name);
  return text.ok() ? *std::move(text) : std::string();
}

// One line of a task's file, without its end.
std::string Line(const fs::path& path) {
  auto text = ReadFile(path.string());
  if (!text.ok()) return "?";
  return text->substr(0, text->find('\n'));
}

std::string ThreadList() {
  std::vector<fs::path> tasks;
  std::error_code error;
  for (fs::directory_iterator at("/proc/self/task", error), end; !error && at != end;
       at.increment(error)) {
    tasks.push_back(at->path());
  }
  std::sort(tasks.begin(), tasks.end());
  std::string out = "threads: total " + std::to_string(tasks.size()) + "\n";
  for (const auto& task : tasks) {
    const std::string stat = Line(task / "stat");
    const size_t name_end = stat.rfind(')');
    const std::string state = name_end == std::string::npos ? "?" : stat.substr(name_end + 2, 1);
    out += task.filename().string() + " " + Line(task / "comm") + " " + state + " " +
           Line(task / "wchan") + "\n";
  }
  return out;
}

std::string Heap() {
  char* text = nullptr;
  size_t size = 0;
  FILE* memory = open_memstream(&text, &size);
  if (memory == nullptr) return "";
  malloc_info(0, memory);
  fclose(memory);
  std::string out(text, size);
  free(text);
  return out;
}

std::string Vars() {
  nlohmann::ordered_json out;
  const std::string words = Proc("cmdline");
  for (size_t at = 0; at < words.size();) {
    const size_t end = std::min(words.find('\0', at), words.size());
    out["cmdline"].push_back(words.substr(at, end - at));
    at = end + 1;
  }
  const struct mallinfo2 heap = mallinfo2();
  out["memstats"] = {{"Alloc", heap.uordblks + heap.hblkhd},
                     {"HeapInuse", heap.uordblks},
                     {"HeapIdle", heap.fordblks},
                     {"Sys", heap.arena + heap.hblkhd}};
  out["threads"] = Threads();
  out["descriptors"] = OpenDescriptors();
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string DebugText(const std::string& name) {
  if (name == "vars") return Vars();
  if (name == "cmdline") return Proc("cmdline");
  if (name == "threads") return ThreadList();
  if (name == "heap") return Heap();
  return "";
}

}  // namespace buoy::system
