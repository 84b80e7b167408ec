#include "common/random_id/random_id.h"

#include <gtest/gtest.h>

namespace buoy {
namespace {

TEST(RandomId, IsSixtyFourHexDigitsAndNeverTheSame) {
  std::string id = RandomId();
  EXPECT_EQ(id.size(), 64u);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(id, RandomId());
}

}  // namespace
}  // namespace buoy
