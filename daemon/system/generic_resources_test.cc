#include "daemon/system/generic_resources.h"

#include <gtest/gtest.h>

namespace buoy::system {
namespace {

TEST(GenericResources, AsInfoHasThem) {
  EXPECT_EQ(GenericResourcesJson({}), "null");
  EXPECT_EQ(GenericResourcesJson({"apple=3", "gpu=UUID1"}),
            R"([{"DiscreteResourceSpec":{"Kind":"apple","Value":3}},)"
            R"({"NamedResourceSpec":{"Kind":"gpu","Value":"UUID1"}}])");
}

}  // namespace
}  // namespace buoy::system
