#include "common/loglines/log_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <fstream>

#include "common/loglines/rfc3339.h"

namespace buoy::loglines {
namespace {

class LogReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* root = getenv("TEST_TMPDIR");
    path_ = std::string(root != nullptr ? root : "/tmp") + "/log-" + std::to_string(getpid());
    for (const char* suffix : {"", ".1", ".2", ".3", ".1.gz", ".2.gz"}) {
      unlink((path_ + suffix).c_str());
    }
  }

  // Lines number..number+count-1, at that many seconds.
  static std::string Lines(int number, int count) {
    std::string out;
    for (int i = number; i < number + count; i++) {
      AppendLogLine(std::to_string(i) + "\n", i % 2 == 1, "", i * kSecond, &out);
    }
    return out;
  }
  void Write(const std::string& suffix, const std::string& data) {
    std::ofstream(path_ + suffix, std::ios::app | std::ios::binary) << data;
  }
  void WriteGzip(const std::string& suffix, const std::string& data) {
    gzFile file = gzopen((path_ + suffix).c_str(), "wb");
    gzwrite(file, data.data(), static_cast<unsigned>(data.size()));
    gzclose(file);
  }
  static std::string ReadOn(LogReader& reader) {
    std::string out;
    LogEntry entry;
    LogReader::Step step;
    while ((step = reader.Next(&entry)) == LogReader::Step::kEntry) {
      out += entry.log.substr(0, entry.log.size() - 1) + " ";
    }
    return out + (step == LogReader::Step::kDone ? "done" : "end");
  }
  std::string Read(const ReadOptions& options) {
    LogReader reader(path_, options);
    return ReadOn(reader);
  }

  std::string path_;
};

TEST_F(LogReaderTest, NoFileIsAnEmptyLog) { EXPECT_EQ(Read({}), "end"); }

TEST_F(LogReaderTest, RotatedFilesInOrder) {
  WriteGzip(".3.gz", "");
  Write(".3", Lines(1, 2));
  WriteGzip(".2.gz", Lines(3, 2));
  Write(".1", Lines(5, 2));
  Write("", Lines(7, 2));
  EXPECT_EQ(Read({}), "1 2 3 4 5 6 7 8 end");
  EXPECT_EQ(Read({.tail = 0}), "end");
  EXPECT_EQ(Read({.tail = 1}), "8 end");
  EXPECT_EQ(Read({.tail = 2}), "7 8 end");
  EXPECT_EQ(Read({.tail = 3}), "6 7 8 end");
  EXPECT_EQ(Read({.tail = 5}), "4 5 6 7 8 end");
  EXPECT_EQ(Read({.tail = 7}), "2 3 4 5 6 7 8 end");
  EXPECT_EQ(Read({.tail = 100}), "1 2 3 4 5 6 7 8 end");
  unlink((path_ + ".3.gz").c_str());
}

TEST_F(LogReaderTest, SinceAndUntil) {
  Write("", Lines(1, 9));
  EXPECT_EQ(Read({.since = 4 * kSecond}), "4 5 6 7 8 9 end");
  EXPECT_EQ(Read({.until = 3 * kSecond}), "1 2 3 done");
  EXPECT_EQ(Read({.since = 2 * kSecond, .until = 3 * kSecond, .tail = 8}), "2 3 done");
}

TEST_F(LogReaderTest, TailAcrossManyBlocks) {
  Write("", Lines(1, 5000));
  std::string expected;
  for (int i = 2001; i <= 5000; i++) expected += std::to_string(i) + " ";
  EXPECT_EQ(Read({.tail = 3000}), expected + "end");
}

TEST_F(LogReaderTest, MalformedAndTornLinesAreSkipped) {
  Write(".1", Lines(1, 1) + "{\"log\":\"torn");
  Write("", "\n\0\0garbage\n" + Lines(2, 1) + std::string(3 << 20, 'x') + "\n" + Lines(3, 1));
  EXPECT_EQ(Read({}), "1 2 3 end");
}

TEST_F(LogReaderTest, FollowsAppendsAndRotations) {
  Write("", Lines(1, 1));
  LogReader reader(path_, {});
  EXPECT_EQ(ReadOn(reader), "1 end");
  const std::string two = Lines(2, 1);
  Write("", two.substr(0, 10));
  EXPECT_EQ(ReadOn(reader), "end");
  Write("", two.substr(10));
  EXPECT_EQ(ReadOn(reader), "2 end");
  Write("", Lines(3, 1));
  for (int i = 4; i < 7; i++) {  // three rotations while the reader is away; max-file 2
    rename(path_.c_str(), (path_ + ".1").c_str());
    Write("", Lines(i, 1));
    reader.NoteRotation();
  }
  EXPECT_EQ(ReadOn(reader), "3 4 5 6 end");
}

}  // namespace
}  // namespace buoy::loglines
