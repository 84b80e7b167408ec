#include "common/reference/reference.h"

#include <gtest/gtest.h>

namespace buoy {
namespace {

const std::string kHex(64, 'a');
const std::string kDigest = "sha256:" + kHex;

struct Good {
  std::string text, domain, path, tag, digest, familiar;
};
class Parses : public testing::TestWithParam<Good> {};
TEST_P(Parses, IntoParts) {
  const Good& want = GetParam();
  auto got = Reference::ParseNormalized(want.text);
  ASSERT_TRUE(got.ok()) << want.text << ": " << got.error().message();
  EXPECT_EQ(got->domain(), want.domain);
  EXPECT_EQ(got->path(), want.path);
  EXPECT_EQ(got->tag(), want.tag);
  EXPECT_EQ(got->digest(), want.digest);
  EXPECT_EQ(got->FamiliarString(), want.familiar);
  auto again = Reference::ParseNormalized(got->String());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, *got);
}
INSTANTIATE_TEST_SUITE_P(
    Table, Parses,
    testing::Values(
        Good{"busybox", "docker.io", "library/busybox", "", "", "busybox"},
        Good{"busybox:1.36", "docker.io", "library/busybox", "1.36", "", "busybox:1.36"},
        Good{"busybox@" + kDigest, "docker.io", "library/busybox", "", kDigest,
             "busybox@" + kDigest},
        Good{"busybox:x@" + kDigest, "docker.io", "library/busybox", "x", kDigest,
             "busybox:x@" + kDigest},
        Good{"docker.io/busybox", "docker.io", "library/busybox", "", "", "busybox"},
        Good{"index.docker.io/busybox", "docker.io", "library/busybox", "", "", "busybox"},
        Good{"index.docker.io/me/app:v1", "docker.io", "me/app", "v1", "", "me/app:v1"},
        Good{"docker.io/library/a/b", "docker.io", "library/a/b", "", "", "library/a/b"},
        Good{"me/app", "docker.io", "me/app", "", "", "me/app"},
        Good{"localhost/app", "localhost", "app", "", "", "localhost/app"},
        Good{"localhost:5000/app:v1", "localhost:5000", "app", "v1", "", "localhost:5000/app:v1"},
        Good{"127.0.0.1:5000/a/b", "127.0.0.1:5000", "a/b", "", "", "127.0.0.1:5000/a/b"},
        Good{"[::1]:5000/a", "[::1]:5000", "a", "", "", "[::1]:5000/a"},
        Good{"[2001:db8::1]/a:t", "[2001:db8::1]", "a", "t", "", "[2001:db8::1]/a:t"},
        Good{"Foo/bar", "Foo", "bar", "", "", "Foo/bar"},
        Good{"quay.io/a/b/c/d", "quay.io", "a/b/c/d", "", "", "quay.io/a/b/c/d"},
        Good{"a__b", "docker.io", "library/a__b", "", "", "a__b"},
        Good{"a---b.c_d", "docker.io", "library/a---b.c_d", "", "", "a---b.c_d"},
        Good{"foo:_x.Y-z", "docker.io", "library/foo", "_x.Y-z", "", "foo:_x.Y-z"},
        Good{"x:" + std::string(128, 't'), "docker.io", "library/x", std::string(128, 't'), "",
             "x:" + std::string(128, 't')},
        Good{std::string(63, 'a'), "docker.io", "library/" + std::string(63, 'a'), "", "",
             std::string(63, 'a')}));

struct Bad {
  std::string text, message;
};
class Refuses : public testing::TestWithParam<Bad> {};
TEST_P(Refuses, WithDockersText) {
  auto got = Reference::ParseNormalized(GetParam().text);
  ASSERT_FALSE(got.ok()) << GetParam().text;
  EXPECT_EQ(got.error().message(), GetParam().message);
  EXPECT_EQ(got.error().kind(), ErrorKind::kInvalidArgument);
}
constexpr char kFormat[] = "invalid reference format";
INSTANTIATE_TEST_SUITE_P(
    Table, Refuses,
    testing::Values(
        Bad{"", kFormat}, Bad{":x", kFormat}, Bad{"@" + kDigest, kFormat}, Bad{"a b", kFormat},
        Bad{"a/", kFormat}, Bad{"/a", kFormat}, Bad{"a//b", kFormat}, Bad{"-a", kFormat},
        Bad{"a-", kFormat}, Bad{"a..b", kFormat}, Bad{"a___b", kFormat}, Bad{"a._b", kFormat},
        Bad{"a:", kFormat}, Bad{"a:-x", kFormat}, Bad{"a:.x", kFormat},
        Bad{"a:" + std::string(129, 't'), kFormat}, Bad{"a:b:c", kFormat},
        Bad{"a@sha256:abc", kFormat}, Bad{"a@" + kDigest + "@" + kDigest, kFormat},
        Bad{"-h.io/a", kFormat}, Bad{"h-.io/a", kFormat}, Bad{"h.io:/a", kFormat},
        Bad{"h.io:x/a", kFormat}, Bad{"[::1/a", kFormat}, Bad{"[]:1/a", kFormat},
        Bad{"http://h.io/a", kFormat}, Bad{"../a", kFormat}, Bad{"a/../b", kFormat},
        Bad{"a:b/c:d:e", kFormat}, Bad{std::string("a\0b", 3), kFormat}, Bad{"a\n", kFormat},
        Bad{"Foo", "invalid reference format: repository name (library/Foo) must be lowercase"},
        Bad{"me/Foo:x", "invalid reference format: repository name (me/Foo) must be lowercase"},
        Bad{"h.io/Foo", "invalid reference format: repository name (Foo) must be lowercase"},
        Bad{kHex,
            "invalid repository name (" + kHex + "), cannot specify 64-byte hexadecimal strings"},
        Bad{"h.io/" + std::string(256, 'a'),
            "repository name must not be more than 255 characters"},
        Bad{"a@md5:" + std::string(32, 'a'), "unsupported digest algorithm"},
        Bad{"a@sha256:" + std::string(40, 'a'), "invalid checksum digest length"}));

TEST(Reference, DerivesOthers) {
  auto reference = *Reference::ParseNormalized("busybox");
  EXPECT_TRUE(reference.IsNameOnly());
  EXPECT_EQ(reference.WithDefaultTag().String(), "docker.io/library/busybox:latest");
  EXPECT_EQ(reference.WithDigest(kDigest)->WithDefaultTag().tag(), "");
  EXPECT_EQ(reference.WithTag("a b").error().message(), "invalid tag format");
  EXPECT_EQ(reference.WithDigest("x").error().message(), "invalid digest format");
  EXPECT_EQ(reference.WithTag("t")->Trimmed(), reference);
}

TEST(Reference, KnowsIdentifiers) {
  std::string digest;
  EXPECT_TRUE(Reference::IsIdentifier(kHex, &digest));
  EXPECT_EQ(digest, kDigest);
  EXPECT_TRUE(Reference::IsIdentifier(kDigest, &digest));
  EXPECT_FALSE(Reference::IsIdentifier("busybox", &digest));
}

struct Match {
  const char *pattern, *text;
  bool want;
};
class Matches : public testing::TestWithParam<Match> {};
TEST_P(Matches, LikeGo) {
  auto got = MatchPattern(GetParam().pattern, GetParam().text);
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(*got, GetParam().want) << GetParam().pattern << " / " << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(
    Table, Matches,
    testing::Values(
        Match{"abc", "abc", true}, Match{"*", "abc", true}, Match{"*c", "abc", true},
        Match{"a*", "a", true}, Match{"a*", "ab/c", false}, Match{"a*/b", "abc/b", true},
        Match{"a*/b", "a/c/b", false}, Match{"a*b*c*d*e*/f", "axbxcxdxe/f", true},
        Match{"a*b?c*x", "abxbbxdbxebxczzx", true}, Match{"a*b?c*x", "abxbbxdbxebxczzy", false},
        Match{"ab[c]", "abc", true}, Match{"ab[b-d]", "abc", true}, Match{"ab[e-g]", "abc", false},
        Match{"ab[^c]", "abc", false}, Match{"ab[^e-g]", "abc", true}, Match{"a\\*b", "a*b", true},
        Match{"a\\*b", "ab", false}, Match{"a?b", "a/b", false}, Match{"[\\]a]", "]", true},
        Match{"*x", "xxx", true}, Match{"", "", true}, Match{"", "a", false}));

TEST(MatchPattern, RefusesMalformed) {
  for (const char* pattern : {"[]a]", "[-]", "[x-]", "[a", "[^", "a[", "[-x]", "\\"}) {
    EXPECT_FALSE(MatchPattern(pattern, "x").ok()) << pattern;
  }
}

TEST(FamiliarMatch, TriesNameAndTag) {
  auto reference = *Reference::ParseNormalized("quay.io/a/b:v1");
  EXPECT_TRUE(*FamiliarMatch("quay.io/a/b", reference));
  EXPECT_TRUE(*FamiliarMatch("quay.io/*/b:v*", reference));
  EXPECT_FALSE(*FamiliarMatch("b", reference));
}

}  // namespace
}  // namespace buoy
