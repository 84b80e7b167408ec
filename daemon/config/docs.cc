#include "daemon/config/docs.h"

#include <string_view>

#include "daemon/config/help.h"
#include "daemon/config/key.h"
#include "daemon/config/paths.h"
#include "daemon/config/text.h"
#include "daemon/config/value.h"

namespace buoy::config {
namespace {

constexpr char kIntroduction[] = R"(<!-- Made from daemon/config/keys_table.cc. Do not edit; run
     BUOY_UPDATE_GOLDEN=1 and //daemon/config:docs_test instead. -->
# Configuration

`buoyd` takes the flags of dockerd 28 and reads the same `/etc/docker/daemon.json` (`--config-file`).
A key may be given by flag or in the file, not both, except `runtimes`, which merge. Unknown keys,
wrong types and contradictions are errors; `buoyd --validate` checks and prints `configuration OK`.

A reload (SIGHUP, `systemctl reload`, `buoy system reload`, `POST /config/reload`) reads the file
anew. All of it is valid or nothing changes, and the answer names every changed key:

| on reload | what happens |
|---|---|
| live | takes effect at once |
| new containers | takes effect for containers and networks created from now on |
| restart needed | takes effect when the daemon starts next |

With `?dry-run=1` the answer is the same and nothing changes. `GET /config` and `buoy system config`
show each key's value and where it comes from; credentials are masked.

"In effect" says what Buoy does with a key: *yes*; *not yet*: it is checked, but what it asks for is
not built; *no*: it belongs to a part of Docker that Buoy does not have. The last two are said in
the log when they are set.

| key | flag | type | default | on reload | in effect |
|---|---|---|---|---|---|
)";

constexpr char kManualHead[] =
    R"(.\" Made from daemon/config/keys_table.cc by //daemon/config:docs_test. Do not edit.
.TH BUOYD 8 "" "Buoy" "System Administration"
.SH NAME
buoyd \- a self-sufficient runtime for containers
.SH SYNOPSIS
.B buoyd
[\fIOPTIONS\fR]
.SH DESCRIPTION
.B buoyd
serves the Docker Engine API. Every container has a supervisor of its own,
.BR buoy-shim ,
so that neither a container nor a client talking to it notices when the daemon restarts, crashes, is
upgraded or reads a new configuration.
.SH OPTIONS
)";

constexpr char kManualTail[] = R"(.SH FILES
.TP
.I /etc/docker/daemon.json
The configuration: a JSON object whose keys are named after the flags (lists in the plural). A key
may be given there or as a flag, not both.
.TP
.I /var/lib/buoy
Images, containers, volumes and the database.
.TP
.I /var/run/buoy
What lives as long as the host is up.
.TP
.I /var/run/docker.sock
Where the API is served.
.SH SIGNALS
.TP
.B SIGHUP
Reads the configuration file anew. A file with a mistake changes nothing and is said in the log.
.TP
.BR SIGTERM ", " SIGINT
Stops the containers and ends, or with
.B \-\-live\-restore
ends and leaves them running.
.SH EXIT STATUS
0 after a signal, 1 when the daemon cannot start or its configuration is wrong.
.SH SEE ALSO
.BR buoy (1)
)";

const char* TypeName(const Key& key) {
  switch (key.type) {
    case Type::kBool:
      return "boolean";
    case Type::kInt:
      return "number";
    case Type::kIp:
      return "address";
    case Type::kBytes:
      return "size, such as \"64m\"";
    case Type::kList:
      return "list of strings";
    case Type::kIpList:
      return "list of addresses";
    case Type::kPools:
      return "list of {base, size}";
    case Type::kMap:
      return "object of strings";
    case Type::kMapMap:
      return "object of objects of strings";
    case Type::kFeatures:
      return "object of booleans";
    case Type::kUlimits:
      return "object of {Name, Soft, Hard}";
    case Type::kRuntimes:
      return "object of {path, runtimeArgs}";
    case Type::kObject:
      return "object";
    default:
      return "string";
  }
}

std::string Code(const std::string& text) { return text.empty() ? "" : "`" + text + "`"; }

std::string FlagCell(const Key& key) {
  if (key.flag[0] == 0) return "";
  std::string text = Code("--" + std::string(key.flag));
  if (key.shorthand != 0) text += ", " + Code(std::string("-") + key.shorthand);
  return text;
}

std::string DefaultCell(const Key& key) {
  Value value = DefaultValue(key);
  if (value == ZeroValue(key.type) && key.type != Type::kBool) return "";
  return Code(FlagText(key.type, value));
}

// roff: a dash that is typed, a backslash that is seen, no line that begins with a dot.
std::string Roff(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

std::string ManualEntry(const FlagHelp& flag) {
  std::string entry = ".TP\n";
  if (flag.shorthand != 0) entry += std::string("\\fB\\-") + flag.shorthand + "\\fR, ";
  entry += "\\fB\\-\\-" + Roff(flag.name) + "\\fR";
  if (!flag.type_word.empty()) entry += " \\fI" + Roff(flag.type_word) + "\\fR";
  entry += "\n" + Roff(flag.usage) + ".";
  if (!flag.default_text.empty()) entry += " Default: " + Roff(flag.default_text) + ".";
  if (flag.key == nullptr) return entry + "\n";
  if (std::string_view(flag.key->name) != flag.key->flag) {
    entry += " In the file: \\fB" + Roff(flag.key->name) + "\\fR.";
  }
  entry += std::string(" On reload: ") + OnReloadText(flag.key->reload) + ".";
  if (flag.key->in_effect == InEffect::kNotYet) entry += " Not yet in effect.";
  if (flag.key->in_effect == InEffect::kMoot) entry += " Accepted, without effect.";
  return entry + "\n";
}

}  // namespace

std::string ConfigurationPage() {
  std::string page = kIntroduction;
  for (const Key& key : Keys()) {
    page += "| " + Code(key.name) + " | " + FlagCell(key) + " | " + TypeName(key) + " | " +
            DefaultCell(key) + " | " + OnReloadText(key.reload) + " | " +
            InEffectText(key.in_effect) + " |\n";
  }
  return page;
}

std::string ManualPage() {
  std::string page = kManualHead;
  for (const FlagHelp& flag : ShownFlags()) page += ManualEntry(flag);
  return page + kManualTail;
}

}  // namespace buoy::config
