#include "cli/command/context/context.h"

#include <cerrno>

#include "cli/flags/quote.h"

namespace buoy::cli {
namespace {

std::vector<Command> Verbs() {
  return {ContextCreate(), ContextExport(), ContextImport(), ContextInspect(), ContextLs(),
          ContextRm(),     ContextShow(),   ContextUpdate(), ContextUse()};
}

}  // namespace

Command ContextGroup() {
  return {.use = "context", .brief = "Manage contexts", .args = NoArgs(), .children = Verbs};
}

Result<Value> GetContext(Cli& cli, const std::string& name) {
  if (name != kDefaultContext) return ContextStore(cli.config().dir()).Get(name);
  BUOY_ASSIGN(DefaultContext context, ResolveDefaultContext(cli.options()));
  return context.meta;
}

Result<ContextTls> GetContextTls(Cli& cli, const std::string& name) {
  if (name != kDefaultContext) return ContextStore(cli.config().dir()).Tls(name);
  BUOY_ASSIGN(DefaultContext context, ResolveDefaultContext(cli.options()));
  return context.tls;
}

Status CheckNewContext(Cli& cli, const std::string& name) {
  BUOY_TRY(ContextStore::CheckName(name));
  auto found = ContextStore(cli.config().dir()).Get(name);
  if (found.ok()) return InvalidArgument("context " + Quote(name) + " already exists");
  if (found.error().sys_errno() == ENOENT) return Ok();
  return std::move(found).error().Context("error while getting existing contexts");
}

Status CheckMeta(const Value& meta) {
  if (meta.At("Metadata").kind() == Value::Kind::kObject || meta.At("Metadata").IsNull()) {
    return Ok();
  }
  return InvalidArgument("context metadata is not a valid DockerContext");
}

Status CopyContext(Cli& cli, const std::string& from, const std::string& to,
                   const std::string& description) {
  BUOY_ASSIGN(Value source, GetContext(cli, from));
  BUOY_ASSIGN(ContextTls tls, GetContextTls(cli, from));
  BUOY_TRY(CheckMeta(source));
  Value metadata = Value::Object(source.At("Metadata").Fields());
  if (!description.empty()) metadata.Set("Description", description);
  Value meta = Value::Object();
  meta.Set("Name", to).Set("Metadata", metadata).Set("Endpoints", source.At("Endpoints"));
  ContextStore store(cli.config().dir());
  BUOY_TRY(store.Put(meta));
  return store.SetTls(to, tls);
}

}  // namespace buoy::cli
