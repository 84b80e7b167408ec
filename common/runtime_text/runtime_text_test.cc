#include "common/runtime_text/runtime_text.h"

#include <gtest/gtest.h>

namespace buoy {
namespace {

std::string Exec(std::string_view text, std::string_view program = "prog") {
  return InRuncsWords(text, RuntimeVerb::kExec, program);
}

TEST(InRuncsWords, LeavesRuncsOwn) {
  const std::string own = "exec failed: unable to start container process: exec: \"x\": no";
  EXPECT_EQ(Exec(own), own);
  EXPECT_EQ(InRuncsWords("runc run failed: unable to start container process: x",
                         RuntimeVerb::kCreate, "p"),
            "runc create failed: unable to start container process: x");
  const std::string create = "runc create failed: something else";
  EXPECT_EQ(InRuncsWords(create, RuntimeVerb::kCreate, ""), create);
}

TEST(InRuncsWords, TranslatesCruns) {
  const std::string start = "exec failed: unable to start container process: ";
  EXPECT_EQ(Exec("executable file `nope` not found in $PATH: No such file or directory"),
            start + "exec: \"nope\": executable file not found in $PATH");
  EXPECT_EQ(Exec("executable file `/nope` not found in $PATH: No such file or directory\n"),
            start + "exec: \"/nope\": stat /nope: no such file or directory");
  EXPECT_EQ(Exec("open executable: Permission denied", "/etc/passwd"),
            start + "exec: \"/etc/passwd\": permission denied");
  EXPECT_EQ(Exec("open executable: Operation not permitted", "/etc"),
            start + "exec: \"/etc\": permission denied");
  EXPECT_EQ(Exec("open executable: Not a directory", "/a/b"),
            start + "exec: \"/a/b\": stat /a/b: not a directory");
  EXPECT_EQ(Exec("exec container process `/x`: Exec format error"),
            start + "exec: \"/x\": exec format error");
  EXPECT_EQ(Exec("chdir `/w`: No such file or directory"),
            start + "chdir to cwd (\"/w\") set in config.json failed: no such file or directory");
  EXPECT_EQ(InRuncsWords("mount `a` to `b`: Not a directory", RuntimeVerb::kCreate, "p"),
            "runc create failed: mount `a` to `b`: not a directory");
  EXPECT_EQ(InRuncsWords("Nothing", RuntimeVerb::kCreate, "p"), "runc create failed: Nothing");
}

TEST(ProgramOf, FindsTheFirstArgument) {
  EXPECT_EQ(ProgramOf(R"({"terminal":true,"args":["a \"b\"","c"]})"), "a \"b\"");
  EXPECT_EQ(ProgramOf(R"({"ociVersion":"1","process":{"cwd":"/","args" : [ "sh" ]},"x":1})"), "sh");
  for (const char* none : {"", "{", "[]", R"({"args":[]})", R"({"args":[1]})", R"({"args":"x"})",
                           R"({"args":["x)", R"({"process":1})"}) {
    EXPECT_EQ(ProgramOf(none), "") << none;
  }
}

}  // namespace
}  // namespace buoy
