#include "common/base64/base64.h"

#include <gtest/gtest.h>

namespace buoy {
namespace {

// RFC 4648, section 10.
TEST(Base64, KnowsTheStandardsVectors) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"},
                                                       {"\xfb\xff", "+/8="}};
  for (const auto& [plain, encoded] : cases) {
    EXPECT_EQ(Base64Encode(plain), encoded);
    EXPECT_EQ(Base64Decode(encoded), plain);
  }
}

TEST(Base64, ReadsTheUrlAlphabetAndRefusesTheRest) {
  EXPECT_EQ(Base64Decode("-_8"), "\xfb\xff");
  EXPECT_FALSE(Base64Decode("a$b=").has_value());
}

}  // namespace
}  // namespace buoy
