#pragma once

#include <map>
#include <string>

#include "cli/command/command.h"
#include "cli/config/context_store.h"

namespace buoy::cli {

Command ContextGroup();
Command ContextCreate();
Command ContextExport();
Command ContextImport();
Command ContextInspect();
Command ContextLs();
Command ContextRm();
Command ContextShow();
Command ContextUpdate();
Command ContextUse();

// The context "default" counts as any other.
Result<Value> GetContext(Cli& cli, const std::string& name);
Result<ContextTls> GetContextTls(Cli& cli, const std::string& name);

// Docker's rules for a context that is to be made.
Status CheckNewContext(Cli& cli, const std::string& name);
// Whether a context's metadata is what Docker can read.
Status CheckMeta(const Value& meta);

// The flag --docker: "host=tcp://h:2376,ca=FILE,cert=FILE,key=FILE".
using EndpointOptions = std::map<std::string, std::string>;
void AddEndpointFlag(FlagSet& flags, EndpointOptions* options);
// "Create a context" and what --docker may say.
std::string EndpointHelp(const std::string& brief, const std::string& verb);

struct Endpoint {
  Value meta;
  TlsMaterial tls;
};
// Reads the files; checks what can be checked without connecting.
Result<Endpoint> MakeEndpoint(Cli& cli, const EndpointOptions& options);

// Puts a copy of a context, perhaps of "default", under another name.
Status CopyContext(Cli& cli, const std::string& from, const std::string& to,
                   const std::string& description);

}  // namespace buoy::cli
