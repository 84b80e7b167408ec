#include "common/digest/digest.h"

#include <gtest/gtest.h>

#include "common/digest/sha256.h"

namespace buoy {
namespace {

constexpr char kEmpty[] = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256, StreamsAndCanBeAskedMidway) {
  Sha256 hash;
  EXPECT_EQ(hash.Digest(), kEmpty);
  hash.Update("a");
  hash.Update("bc");
  EXPECT_EQ(hash.Digest(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash.Digest(), Sha256Digest("abc"));
}

TEST(Digest, AcceptsOnlyWholeLowerCaseSha256) {
  EXPECT_TRUE(IsDigest(kEmpty));
  EXPECT_FALSE(IsDigest(std::string(kEmpty) + "0"));
  EXPECT_FALSE(IsDigest("sha256:../../../../etc/passwd"));
  EXPECT_FALSE(IsDigest(DigestHex(kEmpty)));
  EXPECT_TRUE(IsHex64(DigestHex(kEmpty)));
  EXPECT_EQ(HexDigest(DigestHex(kEmpty)), kEmpty);
  EXPECT_EQ(ShortId(kEmpty), "e3b0c44298fc");
  EXPECT_EQ(ShortId("abc"), "abc");
}

struct Case {
  const char* text;
  const char* message;
};
class BadDigest : public testing::TestWithParam<Case> {};
TEST_P(BadDigest, SaysWhatGoSays) {
  auto status = ValidateDigest(GetParam().text);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), GetParam().message);
  EXPECT_EQ(status.error().kind(), ErrorKind::kInvalidArgument);
}
INSTANTIATE_TEST_SUITE_P(
    All, BadDigest,
    testing::Values(Case{"", "invalid checksum digest format"},
                    Case{"sha256", "invalid checksum digest format"},
                    Case{"sha256:", "invalid checksum digest format"},
                    Case{"sha256:../x", "invalid checksum digest format"},
                    Case{"sha256:abc", "invalid checksum digest length"},
                    Case{"md5:d41d8cd98f00b204e9800998ecf8427e", "unsupported digest algorithm"},
                    Case{"sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                         "invalid checksum digest format"}));

}  // namespace
}  // namespace buoy
