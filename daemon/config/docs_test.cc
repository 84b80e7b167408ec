#include "daemon/config/docs.h"

#include <gtest/gtest.h>

#include <climits>
#include <cstdlib>

#include "common/unix/file.h"
#include "daemon/config/help.h"
#include "daemon/config/key.h"

namespace buoy::config {
namespace {

// Compares with the page in the source tree; BUOY_UPDATE_GOLDEN=1 rewrites it instead.
void ExpectPage(const std::string& path, const std::string& made) {
  char real[PATH_MAX];  // runfiles are links into the source tree
  ASSERT_NE(::realpath(path.c_str(), real), nullptr) << path;
  if (std::getenv("BUOY_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(WriteFileAtomic(real, made, 0644).ok());
    return;
  }
  auto page = ReadFile(real);
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(*page, made) << "run: bazel test --test_env=BUOY_UPDATE_GOLDEN=1 "
                            "//daemon/config:docs_test";
}

TEST(Docs, ConfigurationPageIsTheTable) {
  ExpectPage("docs/configuration.md", ConfigurationPage());
}

TEST(Docs, ManualPageIsTheTable) { ExpectPage("docs/man/buoyd.8", ManualPage()); }

TEST(Help, LaidOutAsDockerds) {
  std::string help = HelpText(80);
  EXPECT_TRUE(help.starts_with(
      "\nUsage:\tbuoyd [OPTIONS]\n\nA self-sufficient runtime for containers.\n\nOptions:\n"
      "      --add-runtime runtime                   Register an additional OCI\n"
      "                                              compatible runtime (default [])\n"
      "      --allow-direct-routing                  Allow remote access to\n"
      "                                              published ports on\n"
      "                                              container IP addresses\n"))
      << help;
  EXPECT_NE(help.find("\n  -D, --debug                                 Enable debug mode\n"),
            std::string::npos);
  EXPECT_NE(help.find("      --help                                  Print usage\n"),
            std::string::npos);
  EXPECT_NE(help.find("  -v, --version                               Print version information"),
            std::string::npos);
}

TEST(Help, DefaultsAsPflagWritesThem) {
  std::string help = HelpText(1000);
  for (const char* line :
       {"Set the logging level (\"debug\"|\"info\"|\"warn\"|\"error\"|\"fatal\") (default "
        "\"info\")\n",
        "Default shm size for containers (default 64MiB)\n",
        "Set the max concurrent downloads (default 3)\n", "DNS server to use (default [])\n",
        "DNS options to use\n", "Default log driver options for containers (default map[])\n",
        "Enable addition of iptables rules (default true)\n", "Enable debug mode\n",
        "from the default bridge network (default 0.0.0.0)\n"}) {
    EXPECT_NE(help.find(line), std::string::npos) << line;
  }
}

TEST(Help, EveryLineFits) {
  for (size_t columns : {80u, 100u, 120u}) {
    std::string help = HelpText(columns);
    size_t begin = 0;
    while (begin < help.size()) {
      size_t end = help.find('\n', begin);
      std::string line = help.substr(begin, end - begin);
      // dockerd leaves a word that is too long, and what follows it, on one line too.
      if (line.find("\"debug\"|") == std::string::npos) {
        EXPECT_LE(line.size(), columns) << line;
      }
      begin = end + 1;
    }
  }
}

TEST(Help, HiddenFlagsAreNotShown) {
  EXPECT_EQ(HelpText().find("api-cors-header"), std::string::npos);
  for (const FlagHelp& flag : ShownFlags()) {
    EXPECT_FALSE(flag.key != nullptr && flag.key->hidden) << flag.name;
  }
}

}  // namespace
}  // namespace buoy::config
