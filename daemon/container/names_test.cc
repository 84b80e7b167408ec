#include "daemon/container/names.h"

#include <gtest/gtest.h>

#include <set>

namespace buoy::container {
namespace {

TEST(Names, Rules) {
  for (const char* good : {"ab", "/web", "a.b-c_d", "0x", "A9"}) {
    EXPECT_TRUE(ValidateName(good).ok()) << good;
  }
  for (const char* bad : {"", "/", "a", "-a", "_ab", "a b", "a/b", "ä1", ".ab", "//ab"}) {
    EXPECT_FALSE(ValidateName(bad).ok()) << bad;
  }
  EXPECT_EQ(ValidateName("a b").error().message(),
            "Invalid container name (a b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
}

TEST(Names, RandomNamesAreValidAndVary) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    std::string name = RandomName(i % 6);
    EXPECT_TRUE(ValidateName(name).ok()) << name;
    EXPECT_NE(name.find('_'), std::string::npos);
    seen.insert(name);
  }
  EXPECT_GT(seen.size(), 150u);
}

TEST(Names, Ids) {
  std::string id = RandomId();
  EXPECT_EQ(id.size(), 64u);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(id.substr(0, 12).find_first_of("abcdef"), std::string::npos);
  EXPECT_NE(id, RandomId());
}

}  // namespace
}  // namespace buoy::container
