#include "common/regexp/regexp.h"

#include <gtest/gtest.h>

namespace buoy {
namespace {

TEST(Regexp, FindsAnywhereInGosSyntax) {
  EXPECT_TRUE(RegexpMatches("eb", "web"));
  EXPECT_FALSE(RegexpMatches("^eb", "web"));
  EXPECT_TRUE(RegexpMatches("^web\\d+$", "web12"));
  EXPECT_TRUE(RegexpMatches("(?i)WEB", "web"));
  EXPECT_TRUE(RegexpMatches("a|b", "cb"));
  EXPECT_TRUE(RegexpMatches("", "anything"));
  EXPECT_TRUE(RegexpMatches("w.b",
                            "w\xc3\xa4"
                            "b"));
}

TEST(Regexp, WhatIsNoPatternMatchesNothing) {
  EXPECT_FALSE(RegexpMatches("[", "["));
  EXPECT_FALSE(RegexpMatches("(?<=a)b", "ab"));
}

TEST(Regexp, CatastrophicPatternsAreLinear) {
  EXPECT_FALSE(RegexpMatches("^(a+)+$", std::string(50000, 'a') + "b"));
}

TEST(Regexp, ErrorsAreGos) {
  const std::pair<const char*, const char*> kCases[] = {
      {"[a", "error parsing regexp: missing closing ]: `[a`"},
      {"(a", "error parsing regexp: missing closing ): `(a`"},
      {"a)", "error parsing regexp: unexpected ): `a)`"},
      {"*", "error parsing regexp: missing argument to repetition operator: `*`"},
      {"a**", "error parsing regexp: invalid nested repetition operator: `**`"},
      {"\\8", "error parsing regexp: invalid escape sequence: `\\8`"},
      {"a\\", "error parsing regexp: trailing backslash at end of expression: ``"},
      {"[b-a]", "error parsing regexp: invalid character class range: `b-a`"},
      {"a{1001}", "error parsing regexp: invalid repeat count: `{1001}`"},
      {"(?<=a)", "error parsing regexp: invalid or unsupported Perl syntax: `(?<`"},
  };
  for (const auto& [pattern, text] : kCases) {
    auto compiled = Regexp::Compile(pattern);
    ASSERT_FALSE(compiled.ok()) << pattern;
    EXPECT_EQ(compiled.error().message(), text);
  }
}

}  // namespace
}  // namespace buoy
