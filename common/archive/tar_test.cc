#include "common/archive/tar_reader.h"

#include <gtest/gtest.h>

#include "common/archive/tar_writer.h"

namespace buoy {
namespace {

TEST(Tar, WhatIsWrittenIsReadBack) {
  StringSink out;
  auto writer = *TarWriter::Open(out);
  TarEntry file;
  file.path = "d\xc3\xa4/" + std::string(300, 'x');
  file.mode = 04751;
  file.uid = 3000000;
  file.gid = 7;
  file.mtime = {1700000000, 0};
  file.xattrs = {{"user.k", std::string("a\0b\n=c", 6)}};
  ASSERT_TRUE(writer->AddFile(file, "hello").ok());
  TarEntry raw;
  raw.path = "latin\xe4";  // not UTF-8
  ASSERT_TRUE(writer->AddFile(raw, "").ok());
  TarEntry link;
  link.type = TarType::kHardlink;
  link.path = "link";
  link.link_target = "latin\xe4";
  ASSERT_TRUE(writer->Begin(link).ok());
  TarEntry device;
  device.type = TarType::kCharDevice;
  device.path = "null";
  device.device_major = 1;
  device.device_minor = 3;
  ASSERT_TRUE(writer->Begin(device).ok());
  ASSERT_TRUE(writer->Finish().ok());
  EXPECT_EQ(out.data().size() % 512, 0u);

  StringSource in(out.Take());
  auto reader = *TarReader::Open(in);
  TarEntry got;
  ASSERT_TRUE(*reader->Next(&got));
  EXPECT_EQ(got.path, file.path);
  EXPECT_EQ(got.mode, file.mode);
  EXPECT_EQ(got.uid, file.uid);
  EXPECT_EQ(got.size, 5u);
  EXPECT_EQ(got.mtime.tv_sec, 1700000000);
  EXPECT_EQ(got.xattrs, file.xattrs);
  EXPECT_EQ(*ReadAll(reader->EntryData()), "hello");
  ASSERT_TRUE(*reader->Next(&got));
  EXPECT_EQ(got.path, raw.path);
  ASSERT_TRUE(*reader->Next(&got));
  EXPECT_EQ(got.type, TarType::kHardlink);
  EXPECT_EQ(got.link_target, link.link_target);
  ASSERT_TRUE(*reader->Next(&got));
  EXPECT_EQ(got.type, TarType::kCharDevice);
  EXPECT_EQ(got.device_minor, 3u);
  EXPECT_FALSE(*reader->Next(&got));
}

// As of a client that has gone. The address sanitizer sees what libarchive leaks.
class BrokenSink : public ByteSink {
 public:
  Status Write(std::string_view) override { return Unavailable("broken pipe"); }
};

TEST(Tar, TheSinksErrorIsTold) {
  BrokenSink broken;
  auto writer = *TarWriter::Open(broken);
  TarEntry file;
  file.path = "f";
  const std::string big(1 << 20, 'x');
  Status status = writer->AddFile(file, big);
  if (status.ok()) status = writer->Finish();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), "broken pipe");
  EXPECT_FALSE(writer->Finish().ok());

  auto small = *TarWriter::Open(broken);
  ASSERT_TRUE(small->AddFile(file, "x").ok());
  EXPECT_EQ(small->Finish().error().message(), "broken pipe");
}

TEST(Tar, ShortDataIsAnErrorNotPadding) {
  StringSink out;
  auto writer = *TarWriter::Open(out);
  TarEntry file;
  file.path = "f";
  file.size = 10;
  ASSERT_TRUE(writer->Begin(file).ok());
  ASSERT_TRUE(writer->Write("12345").ok());
  EXPECT_FALSE(writer->Finish().ok());
  EXPECT_FALSE(writer->Write("123456789").ok());
}

TEST(Tar, EmptyGarbageAndCut) {
  TarEntry entry;
  StringSource empty("");
  EXPECT_FALSE(*(*TarReader::Open(empty))->Next(&entry));
  StringSource zeros(std::string(1024, '\0'));
  EXPECT_FALSE(*(*TarReader::Open(zeros))->Next(&entry));
  StringSource garbage(std::string(2000, 'g'));
  auto opened = TarReader::Open(garbage);
  auto error = opened.ok() ? (*opened)->Next(&entry).error() : opened.error();
  EXPECT_EQ(error.message(), "archive/tar: invalid tar header");

  StringSink out;
  auto writer = *TarWriter::Open(out);
  TarEntry file;
  file.path = "f";
  ASSERT_TRUE(writer->AddFile(file, std::string(3000, 'x')).ok());
  ASSERT_TRUE(writer->Finish().ok());
  StringSource cut(out.Take().substr(0, 1500));
  auto reader = *TarReader::Open(cut);
  ASSERT_TRUE(*reader->Next(&entry));
  EXPECT_EQ(ReadAll(reader->EntryData()).error().message(), "unexpected EOF");
}

}  // namespace
}  // namespace buoy
