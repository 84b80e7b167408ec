#include <gtest/gtest.h>

#include "cli/formatter/tabwriter.h"
#include "cli/formatter/template.h"

namespace buoy::cli {
namespace {

std::string Render(const char* text, const char* json) {
  auto parsed = Template::Parse(text);
  if (!parsed.ok()) return parsed.error().message();
  auto out = parsed->Execute(*Value::Parse(json));
  return out.ok() ? *out : out.error().message();
}

TEST(TemplateTest, RendersAsGo) {
  constexpr char kData[] = R"({"A":"x","L":["a","b"],"M":{"k":{"IP":"1"}},"N":3})";
  EXPECT_EQ(Render("{{.A | upper}}-{{len .L}}", kData), "X-2");
  EXPECT_EQ(Render("{{range $k, $v := .M}}{{$k}}={{$v.IP}};{{end}}", kData), "k=1;");
  EXPECT_EQ(Render("{{if eq .N 3}}y{{else}}n{{end}} {{- \"!\"}}", kData), "y!");
  EXPECT_EQ(Render("{{json .M}}", kData), R"({"k":{"IP":"1"}})");
  EXPECT_EQ(Render("{{join .L \",\"}} {{printf \"%03d\" .N}}", kData), "a,b 003");
  EXPECT_EQ(Render("{{foo}}", kData), "template: :1: function \"foo\" not defined");
  EXPECT_EQ(Render("{{.Foo}}", kData),
            "template: :1:2: executing \"\" at <.Foo>: map has no entry for key \"Foo\"");
}

TEST(TabWriterTest, Aligns) {
  EXPECT_EQ(AlignTabs("A\tB\nlonger than ten\tx\n"), "A                 B\nlonger than ten   x\n");
}

}  // namespace
}  // namespace buoy::cli
