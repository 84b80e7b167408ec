#include "cli/formatter/tabwriter.h"

#include <algorithm>

namespace buoy::cli {
namespace {

using Line = std::vector<std::string_view>;

class TabWriter {
 public:
  TabWriter(std::vector<Line> lines, TabOptions options)
      : lines_(std::move(lines)), options_(options) {}

  std::string Run() {
    Format(0, lines_.size());
    return std::move(out_);
  }

 private:
  void WriteLines(size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) {
      const Line& line = lines_[i];
      for (size_t j = 0; j < line.size(); ++j) {
        out_ += line[j];
        if (j < widths_.size()) out_.append(widths_[j] - CodePoints(line[j]), ' ');
      }
      if (i + 1 < lines_.size()) out_ += '\n';
    }
  }

  // The column after those in widths_: one block per run of lines that have it.
  void Format(size_t from, size_t to) {
    size_t column = widths_.size();
    for (size_t at = from; at < to; ++at) {
      if (column + 1 >= lines_[at].size()) continue;
      WriteLines(from, at);
      from = at;
      size_t width = options_.min_width;
      for (; at < to && column + 1 < lines_[at].size(); ++at) {
        width = std::max(width, CodePoints(lines_[at][column]) + options_.padding);
      }
      widths_.push_back(width);
      Format(from, at);
      widths_.pop_back();
      from = at;
      --at;
    }
    WriteLines(from, to);
  }

  std::vector<Line> lines_;
  TabOptions options_;
  std::vector<size_t> widths_;
  std::string out_;
};

Line SplitCells(std::string_view text) {
  Line cells;
  while (true) {
    size_t tab = text.find('\t');
    cells.push_back(text.substr(0, tab));
    if (tab == std::string_view::npos) return cells;
    text.remove_prefix(tab + 1);
  }
}

}  // namespace

size_t CodePoints(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string AlignTabs(std::string_view text, TabOptions options) {
  std::vector<Line> lines;
  while (true) {
    size_t newline = text.find('\n');
    lines.push_back(SplitCells(text.substr(0, newline)));
    if (newline == std::string_view::npos) break;
    text.remove_prefix(newline + 1);
  }
  return TabWriter(std::move(lines), options).Run();
}

}  // namespace buoy::cli
