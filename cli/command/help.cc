#include <sys/ioctl.h>

#include <algorithm>

#include "cli/command/command.h"

namespace buoy::cli {
namespace {

constexpr size_t kNameColumn = 11;  // cobra's minimum, plus the space behind it

int Columns() {
  winsize size{};
  return ioctl(0, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string Row(const std::string& name, const std::string& brief) {
  std::string padded = name;
  if (padded.size() < kNameColumn) padded.resize(kNameColumn, ' ');
  return "  " + padded + " " + brief + "\n";
}

// Children sorted by name, as cobra lists them.
std::vector<Command> Sorted(std::vector<Command> commands) {
  std::sort(commands.begin(), commands.end(),
            [](const Command& a, const Command& b) { return a.use < b.use; });
  return commands;
}

// "docker container run, docker run".
std::string Aliases(const Command& command, const std::string& path, const std::string& parent) {
  if (command.full_names.empty()) {
    std::string out = command.other_names.empty() ? "" : path;
    for (const std::string& name : command.other_names) out += ", " + parent + " " + name;
    return out;
  }
  std::string program = path.substr(0, path.find(' '));
  std::string out = program + " ";
  for (size_t i = 0; i < command.full_names.size(); ++i) {
    out += command.full_names[i];
    if (command.full_names[i] == ',') {
      out += " " + program + " ";
      ++i;
    }
  }
  return out;
}

std::string ExperimentalNote(const Found& found) {
  for (const Command* command : found.line) {
    if (!command->experimental_cli) continue;
    return "\n\nEXPERIMENTAL:\n  " + found.path +
           " is an experimental feature.\n"
           "  Experimental features provide early access to product functionality. These\n"
           "  features may change between releases without warning, or can be removed from a\n"
           "  future release. Learn more about experimental features in our documentation:\n"
           "  https://docs.docker.com/go/experimental/";
  }
  return "";
}

std::string TrimRight(std::string text) {
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

std::string Options(const FlagSet& flags) { return TrimRight(flags.Usages(Columns() - 1)); }

}  // namespace

bool Command::Called(std::string_view word) const {
  return name() == word ||
         std::find(other_names.begin(), other_names.end(), word) != other_names.end();
}

std::string UseLine(const Found& found) {
  std::string line = found.parent + " " + found.command->use;
  if (found.command->use_also.empty()) return line;
  return line + "\n\t" + found.path.substr(0, found.path.find(' ')) + " " + found.command->use_also;
}

std::string HelpPage(const Found& found, const FlagSet& flags, const Support& support) {
  const Command& command = *found.command;
  bool group = command.children != nullptr;
  std::string page = "Usage:  ";
  if (group) {
    page += found.path + (flags.HasVisible() ? " [OPTIONS] COMMAND" : " COMMAND");
  } else {
    page += UseLine(found);
  }
  page += "\n\n" + (command.long_text.empty() ? command.brief : command.long_text);
  if (std::string aliases = Aliases(command, found.path, found.parent); !aliases.empty()) {
    page += "\n\nAliases:\n  " + aliases;
  }
  page += ExperimentalNote(found);
  if (flags.HasVisible()) page += "\n\nOptions:\n" + Options(flags);
  if (group) {
    page += "\n\nCommands:\n";
    for (const Command& child : Sorted(command.children())) {
      if (support.Shows(child)) page += Row(child.name(), child.brief);
    }
    page += "\nRun '" + found.path + " COMMAND --help' for more information on a command.";
  }
  return page + "\n";
}

std::string RootHelpPage(const Cli& cli, const std::vector<Command>& commands, const FlagSet& flags,
                         const Support& support) {
  std::vector<Command> sorted = Sorted(commands);
  std::string page = "Usage:  " + cli.program() +
                     " [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n";
  std::vector<const Command*> top;
  std::string groups;
  std::string swarm;
  std::string verbs;
  for (const Command& command : sorted) {
    if (!support.Shows(command)) continue;
    std::string row = Row(command.name(), command.brief);
    if (command.top_order > 0) {
      top.push_back(&command);
    } else if (!command.swarm_role.empty()) {
      swarm += row;
    } else {
      (command.children != nullptr ? groups : verbs) += row;
    }
  }
  std::sort(top.begin(), top.end(),
            [](const Command* a, const Command* b) { return a->top_order < b->top_order; });
  page += "\nCommon Commands:\n";
  for (const Command* command : top) page += Row(command->name(), command->brief);
  page += "\nManagement Commands:\n" + groups;
  if (!swarm.empty()) page += "\nSwarm Commands:\n" + swarm;
  page += "\nCommands:\n" + verbs;
  page += "\nGlobal Options:\n" + Options(flags);
  page += "\n\nRun '" + cli.program() +
          " COMMAND --help' for more information on a command.\n\nFor more help on how to use " +
          (cli.program() == "docker" ? "Docker, head to https://docs.docker.com/go/guides/"
                                     : "Buoy, see the manual pages in docs/") +
          "\n";
  return page;
}

}  // namespace buoy::cli
