#include <gtest/gtest.h>

#include "daemon/image/image_filter.h"
#include "daemon/image/removal_rules.h"

namespace buoy::image {
namespace {

const std::string kId = "sha256:" + std::string(64, 'a');
const std::string kDigest = "@sha256:" + std::string(64, 'd');

std::vector<Reference> Refs(const std::vector<std::string>& texts) {
  std::vector<Reference> references;
  for (const auto& text : texts) references.push_back(*Reference::ParseNormalized(text));
  return references;
}

struct SingleCase {
  std::vector<std::string> references;
  bool single;
};
class SingleReference : public testing::TestWithParam<SingleCase> {};
TEST_P(SingleReference, IsAsInDocker) {
  EXPECT_EQ(IsSingleReference(Refs(GetParam().references)), GetParam().single);
}
INSTANTIATE_TEST_SUITE_P(Table, SingleReference,
                         testing::Values(SingleCase{{}, true}, SingleCase{{"a:1"}, true},
                                         SingleCase{{"a:1", "a:2"}, false},
                                         SingleCase{{"a:1", "b:1"}, false},
                                         SingleCase{{"a:1", "a" + kDigest}, true},
                                         SingleCase{{"a:1", "b" + kDigest}, false},
                                         SingleCase{{"a" + kDigest, "b" + kDigest}, false},
                                         SingleCase{{"a:1", "a:2", "a" + kDigest}, false}));

struct ConflictCase {
  ImageTies ties;
  bool force;
  std::string text;  // "" = none
};
class DeleteConflicts : public testing::TestWithParam<ConflictCase> {};
TEST_P(DeleteConflicts, SayWhatDockerSays) {
  auto conflict = FindConflict(GetParam().ties, GetParam().force);
  EXPECT_EQ(conflict ? conflict->ToError(kId).message() : "", GetParam().text);
}
const ImageUser kUser{std::string(64, 'c')};
const std::string kUnable = "conflict: unable to delete aaaaaaaaaaaa ";
INSTANTIATE_TEST_SUITE_P(
    Table, DeleteConflicts,
    testing::Values(
        ConflictCase{{}, false, ""},
        ConflictCase{{.has_children = true},
                     true,
                     kUnable + "(cannot be forced) - image has dependent child images"},
        ConflictCase{{.running = kUser},
                     true,
                     kUnable + "(cannot be forced) - image is being used by running container "
                               "cccccccccccc"},
        ConflictCase{{.has_references = true},
                     false,
                     kUnable + "(must be forced) - image is referenced in multiple repositories"},
        ConflictCase{{.has_references = true}, true, ""},
        ConflictCase{{.stopped = kUser},
                     false,
                     kUnable + "(must be forced) - image is being used by stopped container "
                               "cccccccccccc"},
        ConflictCase{{.stopped = kUser}, true, ""}));

TEST(RemovalRules, IdPrefixes) {
  EXPECT_TRUE(IsIdPrefix(kId, "aaa"));
  EXPECT_TRUE(IsIdPrefix(kId, kId));
  EXPECT_TRUE(IsIdPrefix(kId, "sha256:aa"));
  EXPECT_FALSE(IsIdPrefix(kId, "b"));
  EXPECT_FALSE(IsIdPrefix(kId, "busybox"));
}

TEST(RemovalRules, DigestsGoWithTheLastTagOfTheirRepository) {
  const auto tag = Refs({"a:1"})[0];
  EXPECT_EQ(OrphanedDigests(tag, Refs({"a" + kDigest, "b:1"})).size(), 1u);
  EXPECT_TRUE(OrphanedDigests(tag, Refs({"a:2", "a" + kDigest})).empty());
  EXPECT_TRUE(OrphanedDigests(Refs({"a" + kDigest})[0], Refs({"a" + kDigest})).empty());
}

constexpr gotime::Time kNow{1'700'000'000, 0};

Result<ListFilter> ParseList(const api::Filters& filters) {
  return ListFilter::Parse(
      filters,
      [](const std::string& ref) -> Result<std::optional<gotime::Time>> {
        if (ref == "old") return std::optional(gotime::Time{1000, 0});
        if (ref == "new") return std::optional(gotime::Time{3000, 0});
        return NotFound("No such image: " + ref + ":latest");
      },
      kNow);
}

struct ListCase {
  api::Filters filters;
  bool shown;
};
class ListFilters : public testing::TestWithParam<ListCase> {};
// An image of the time 2000 with the tag a:1 and the label x=1.
TEST_P(ListFilters, OfATaggedImage) {
  const std::map<std::string, std::string> labels = {{"x", "1"}};
  FilterSubject image{gotime::Time{2000, 0}, &labels, Refs({"a:1"}), false};
  auto filter = ParseList(GetParam().filters);
  ASSERT_TRUE(filter.ok());
  EXPECT_EQ(filter->Match(image, false)->has_value(), GetParam().shown);
}
INSTANTIATE_TEST_SUITE_P(
    Table, ListFilters,
    testing::Values(
        ListCase{{}, true}, ListCase{{{"dangling", {"true"}}}, false},
        ListCase{{{"dangling", {"false"}}}, true}, ListCase{{{"before", {"new"}}}, true},
        ListCase{{{"before", {"old"}}}, false}, ListCase{{{"before", {"old", "new"}}}, false},
        ListCase{{{"since", {"old"}}}, true}, ListCase{{{"since", {"new"}}}, false},
        ListCase{{{"since", {"old", "new"}}}, false}, ListCase{{{"until", {"2001"}}}, true},
        ListCase{{{"until", {"2000"}}}, false}, ListCase{{{"until", {"1h"}}}, true},
        ListCase{{{"label", {"x"}}}, true}, ListCase{{{"label", {"x=1"}}}, true},
        ListCase{{{"label", {"x=2"}}}, false}, ListCase{{{"label", {"x", "y"}}}, false},
        ListCase{{{"reference", {"a"}}}, true}, ListCase{{{"reference", {"b", "a:*"}}}, true},
        ListCase{{{"reference", {"b"}}}, false}));

TEST(ListFilter, ImagesWithoutTags) {
  FilterSubject dangling{gotime::Time{2000, 0}, nullptr, Refs({"a" + kDigest}), false};
  FilterSubject inner{gotime::Time{2000, 0}, nullptr, {}, true};
  EXPECT_TRUE((*ParseList({{"dangling", {"1"}}})->Match(dangling, false)).has_value());
  EXPECT_FALSE((*ParseList({{"dangling", {"1"}}})->Match(inner, true)).has_value());
  EXPECT_FALSE((*ParseList({})->Match(inner, false)).has_value());
  EXPECT_TRUE((*ParseList({})->Match(inner, true)).has_value());
  EXPECT_FALSE((*ParseList({{"label", {"x"}}})->Match(dangling, true)).has_value());
}

TEST(ListFilter, Errors) {
  EXPECT_EQ(ParseList({{"foo", {"1"}}}).error().message(), "invalid filter 'foo'");
  EXPECT_EQ(ParseList({{"dangling", {"maybe"}}}).error().message(),
            "invalid filter 'dangling=[maybe]'");
  EXPECT_EQ(ParseList({{"dangling", {"true", "false"}}}).error().message(),
            "invalid filter 'dangling=[false true]'");
  EXPECT_EQ(ParseList({{"before", {"x"}}}).error().kind(), ErrorKind::kNotFound);
  EXPECT_FALSE(ParseList({{"until", {"yesterday"}}}).ok());
  EXPECT_FALSE(ParseList({{"until", {"12.x"}}}).ok());
  FilterSubject image{std::nullopt, nullptr, Refs({"a:1"}), false};
  EXPECT_EQ(ParseList({{"reference", {"[a"}}})->Match(image, false).error().message(),
            "syntax error in pattern");
}

TEST(PruneFilter, DanglingUnlessAskedForMore) {
  const std::map<std::string, std::string> labels = {{"x", "1"}};
  FilterSubject tagged{gotime::Time{2000, 0}, &labels, Refs({"a:1"}), false};
  FilterSubject dangling{gotime::Time{2000, 0}, &labels, {}, false};
  FilterSubject inner{gotime::Time{2000, 0}, &labels, {}, true};
  auto matches = [](const api::Filters& filters, const FilterSubject& image) {
    return PruneFilter::Parse(filters, kNow)->Match(image);
  };
  EXPECT_FALSE(matches({}, tagged));
  EXPECT_TRUE(matches({}, dangling));
  EXPECT_FALSE(matches({}, inner));
  EXPECT_TRUE(matches({{"dangling", {"false"}}}, tagged));
  EXPECT_TRUE(matches({{"until", {"2000"}}}, dangling));
  EXPECT_FALSE(matches({{"until", {"1999"}}}, dangling));
  EXPECT_TRUE(matches({{"label", {"x=1"}}}, dangling));
  EXPECT_FALSE(matches({{"label!", {"x"}}}, dangling));
  EXPECT_EQ(PruneFilter::Parse({{"until", {"1", "2"}}}, kNow).error().message(),
            "more than one until filter specified");
}

}  // namespace
}  // namespace buoy::image
