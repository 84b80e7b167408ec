#include "common/result/result.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>

namespace buoy {
namespace {

Result<std::unique_ptr<int>> Make(bool good) {
  if (!good) return NotFound("No such thing: x");
  return std::make_unique<int>(7);
}

Result<int> Use(bool good) {
  BUOY_ASSIGN_CONTEXT(auto pointer, Make(good), "using it");
  return *pointer;
}

TEST(Result, CarriesTheValue) { EXPECT_EQ(*Use(true), 7); }

TEST(Result, CarriesKindAndContext) {
  auto result = Use(false);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(result.error().message(), "using it: No such thing: x");
}

TEST(Error, ErrnoTextIsGoLike) {
  EXPECT_EQ(ErrnoError("open /x", ENOENT).message(), "open /x: no such file or directory");
  EXPECT_EQ(ErrnoError("open /x", ENOENT).sys_errno(), ENOENT);
}

}  // namespace
}  // namespace buoy
