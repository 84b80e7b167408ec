#include <gtest/gtest.h>

#include "daemon/oci/runtime.h"

namespace buoy::oci {
namespace {

constexpr char kPrefix[] =
    "failed to create task for container: failed to create shim task: OCI runtime create failed: "
    "runc create failed: ";

TEST(RuntimeError, LogFormats) {
  EXPECT_EQ(LastRuntimeError("{\"level\":\"warning\",\"msg\":\"a\"}\n"
                             "{\"level\":\"error\",\"msg\":\"say \\\"b\\\"\",\"time\":\"t\"}\n"),
            "say \"b\"");
  EXPECT_EQ(LastRuntimeError("time=\"t\" level=error msg=\"exec: \\\"x\\\": no\"\n"),
            "exec: \"x\": no");
  EXPECT_EQ(LastRuntimeError("plain words\n\n"), "plain words");
  EXPECT_EQ(LastRuntimeError(""), "");
}

TEST(RuntimeError, CreateInDockersWords) {
  struct Case {
    const char *raw, *text;
    int code;
  };
  const std::string args0 = "/nope";
  for (const Case& c :
       {Case{
            "runc run failed: unable to start container process: exec: \"nope\": executable file "
            "not found in $PATH",
            "unable to start container process: exec: \"nope\": executable file not found in $PATH",
            127},
        Case{
            "executable file `nope` not found in $PATH: No such file or directory",
            "unable to start container process: exec: \"nope\": executable file not found in $PATH",
            127},
        Case{"open executable: No such file or directory",
             "unable to start container process: exec: \"/nope\": stat /nope: no such file or "
             "directory",
             127},
        Case{"open executable: Permission denied",
             "unable to start container process: exec: \"/nope\": permission denied", 126},
        Case{"something else: Invalid argument", "something else: invalid argument", 128}}) {
    auto failure = CreateFailure(c.raw, {args0});
    EXPECT_EQ(failure.error.message(), std::string(kPrefix) + c.text + ": unknown");
    EXPECT_EQ(failure.exit_code, c.code) << c.raw;
  }
  auto folder = CreateFailure(
      "runc run failed: unable to start container process: exec: \"/etc\": "
      "is a directory",
      {"/etc"});
  EXPECT_EQ(folder.exit_code, 126);
  EXPECT_TRUE(folder.error.message().ends_with(": unknown: permission denied"));
}

TEST(RuntimeError, Exec) {
  EXPECT_EQ(
      ExecFailure("exec failed: unable to start container process: exec: \"nope\": executable "
                  "file not found in $PATH",
                  {})
          .error.message(),
      "OCI runtime exec failed: exec failed: unable to start container process: exec: "
      "\"nope\": executable file not found in $PATH: unknown");
}

}  // namespace
}  // namespace buoy::oci
