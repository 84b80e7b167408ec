#include "common/archive/compression.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <cstdio>

#include "common/archive/filters.h"
#include "common/digest/digest.h"

namespace buoy {
namespace {

// Hands out the data in pieces of a given size: decoders must not care where a piece ends.
class ChunkedSource : public ByteSource {
 public:
  ChunkedSource(std::string data, size_t chunk) : data_(std::move(data)), chunk_(chunk) {}
  Result<size_t> Read(std::span<char> buffer) override {
    size_t n = std::min({chunk_, buffer.size(), data_.size() - at_});
    std::memcpy(buffer.data(), data_.data() + at_, n);
    at_ += n;
    return n;
  }

 private:
  std::string data_;
  size_t chunk_, at_ = 0;
};

std::string Sample(size_t size) {
  std::string data;
  unsigned state = 12345;
  while (data.size() < size) {
    state = state * 1103515245 + 12345;
    data += (state >> 16) % 3 == 0 ? "the quick brown fox " : std::string(1, char(state >> 20));
  }
  data.resize(size);
  return data;
}

std::string Gzip(const std::string& data) {
  StringSink out;
  auto sink = NewGzipSink(out);
  EXPECT_TRUE(sink->Write(data).ok());
  EXPECT_TRUE(sink->Finish().ok());
  return out.Take();
}

std::string Zstd(const std::string& data) {
  std::string out(ZSTD_compressBound(data.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), data.data(), data.size(), 3));
  return out;
}

// Compresses with the host's tool.
std::string Pipe(const std::string& tool, const std::string& data) {
  std::string path = testing::TempDir() + "/in";
  FILE* file = fopen(path.c_str(), "w");
  fwrite(data.data(), 1, data.size(), file);
  fclose(file);
  FILE* pipe = popen((tool + " -c < " + path).c_str(), "r");
  std::string out;
  char buffer[4096];
  while (size_t n = fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, n);
  pclose(pipe);
  return out;
}

Result<std::string> Decode(const std::string& data, size_t chunk, Compression* kind = nullptr) {
  ChunkedSource source(data, chunk);
  BUOY_ASSIGN(auto decoder, NewDecompressor(source, kind));
  return ReadAll(*decoder);
}

TEST(Gzip, MembersInARowAreOneStreamWhateverTheChunks) {
  std::string first = Sample(70000), second = "x", third = Sample(300);
  std::string packed = Gzip(first) + Gzip(second) + Gzip("") + Gzip(third);
  for (size_t chunk : {1, 2, 3, 5, 7, 8, 9, 17, 100, 4096, 1 << 20}) {
    Compression kind;
    auto got = Decode(packed, chunk, &kind);
    ASSERT_TRUE(got.ok()) << chunk << ": " << got.error().message();
    EXPECT_EQ(kind, Compression::kGzip);
    EXPECT_TRUE(*got == first + second + third) << chunk;
  }
}

TEST(Gzip, ReadsWhatGzipWrites) {
  std::string data = Sample(200000);
  auto got = Decode(Pipe("gzip -9", data), 1000);
  ASSERT_TRUE(got.ok());
  EXPECT_TRUE(*got == data);
}

TEST(Gzip, PaddingIsFineGarbageIsNot) {
  EXPECT_EQ(*Decode(Gzip("hello") + std::string(512, '\0'), 64), "hello");
  EXPECT_FALSE(Decode(Gzip("hello") + "garbage", 64).ok());
}

TEST(Gzip, CutOrCorruptIsAnError) {
  std::string packed = Gzip(Sample(5000));
  for (size_t cut = 10; cut < packed.size(); cut += 37) {
    auto got = Decode(packed.substr(0, cut), 64);
    ASSERT_FALSE(got.ok()) << cut;
    EXPECT_EQ(got.error().message(), "unexpected EOF");
  }
  std::string corrupt = packed;
  corrupt[corrupt.size() - 6] ^= 1;  // its CRC
  EXPECT_FALSE(Decode(corrupt, 64).ok());
}

TEST(Zstd, FramesInARowAndCuts) {
  std::string first = Sample(400000), second = Sample(10);
  std::string packed = Zstd(first) + Zstd(second);
  for (size_t chunk : {1, 7, 1000, 1 << 20}) {
    auto got = Decode(packed, chunk);
    ASSERT_TRUE(got.ok());
    EXPECT_TRUE(*got == first + second) << chunk;
  }
  EXPECT_EQ(Decode(packed.substr(0, 5000), 100).error().message(), "unexpected EOF");
}

TEST(Others, Bzip2AndXz) {
  std::string data = Sample(100000);
  for (const char* tool : {"bzip2", "xz"}) {
    std::string packed = Pipe(tool, data);
    if (packed.empty()) continue;  // the host lacks the tool
    auto got = Decode(packed, 999);
    ASSERT_TRUE(got.ok()) << tool << got.error().message();
    EXPECT_TRUE(*got == data) << tool;
  }
}

TEST(Plain, PassesThrough) {
  Compression kind;
  EXPECT_EQ(*Decode("plain text", 3, &kind), "plain text");
  EXPECT_EQ(kind, Compression::kNone);
  EXPECT_EQ(*Decode("", 3), "");
}

TEST(Filters, HashCountAndLimit) {
  StringSource inner("abc");
  HashingSource hashing(inner);
  ASSERT_TRUE(hashing.Drain().ok());
  EXPECT_EQ(hashing.Digest(), Sha256Digest("abc"));
  EXPECT_EQ(hashing.bytes(), 3u);
  StringSource again("abcd");
  LimitedSource limited(again, 3);
  EXPECT_FALSE(ReadAll(limited).ok());
}

}  // namespace
}  // namespace buoy
