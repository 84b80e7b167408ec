#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command/cli.h"
#include "cli/command/support.h"
#include "cli/flags/flag_set.h"
#include "common/result/result.h"

namespace buoy::cli {

// One call of a verb.
struct Invocation {
  Cli& cli;
  const FlagSet& flags;
  std::vector<std::string> args;
};

// How many arguments a verb takes.
struct ArgsRule {
  int least = 0;
  int most = -1;  // -1: no limit
};
inline constexpr ArgsRule NoArgs() { return {0, 0}; }
inline constexpr ArgsRule ExactArgs(int count) { return {count, count}; }
inline constexpr ArgsRule MinArgs(int least) { return {least, -1}; }
inline constexpr ArgsRule MaxArgs(int most) { return {0, most}; }

// A verb or a group of verbs. Flags write into an options object that the closures share.
struct Command {
  std::string use;         // "rename CONTAINER NEW_NAME": the first word is the name
  std::string brief;       // the line in the parent's list
  std::string long_text;   // replaces `brief` on the own page
  std::string full_names;  // "container rename, rename": every way to call it, without the program
  std::vector<std::string> other_names = {};  // "list" for "ls"
  ArgsRule args = {};
  bool interspersed = true;
  std::function<void(FlagSet&)> flags = {};
  // The exit status, or an error whose text goes to stderr (exit status 1).
  std::function<Result<int>(Invocation&)> run = {};
  std::vector<Command> (*children)() = nullptr;
  int top_order = 0;              // 1 ...: listed under "Common Commands" on the first page
  std::string use_also = {};      // a second usage line, without the program: "cp [OPTIONS] ..."
  std::string min_version = {};   // least API version, "1.42"
  bool experimental = false;      // only on a daemon with experimental features
  bool experimental_cli = false;  // its pages, and those below it, say that it may change
  // A command of the swarm: the role its node needs ("manager", "active", "any"); "" = none.
  std::string swarm_role = {};
  bool legacy_builder = false;  // Docker warns that it is deprecated
  bool hidden = false;          // on no page of commands

  std::string name() const { return use.substr(0, use.find(' ')); }
  bool Called(std::string_view word) const;
};

// Prints `text` to stderr and is `status`: for errors whose status is not 1.
int Exit(const Cli& cli, int status, std::string_view text);

// Where a command was found: itself and how it was called.
struct Found {
  const Command* command = nullptr;
  std::vector<const Command*> line = {};  // the groups above it, and itself
  std::string path = {};                  // "docker container run"
  std::string parent = {};                // "docker container"
};

// "docker container run [OPTIONS] ...", with the second line where there is one.
std::string UseLine(const Found& found);

// The help page of a command.
std::string HelpPage(const Found& found, const FlagSet& flags, const Support& support);
// The first page: everything there is.
std::string RootHelpPage(const Cli& cli, const std::vector<Command>& commands, const FlagSet& flags,
                         const Support& support);

// Runs argv[1..]; the exit status of the process.
int RunCli(Cli& cli, const std::vector<std::string>& args, const std::vector<Command>& commands);

}  // namespace buoy::cli
