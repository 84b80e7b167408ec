#include <fcntl.h>
#include <unistd.h>

#include "cli/command/context/context.h"
#include "cli/flags/quote.h"
#include "common/archive/tar_writer.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

Status AddFolder(TarWriter& tar, const std::string& path) {
  TarEntry entry;
  entry.path = path;
  entry.type = TarType::kDirectory;
  entry.mode = 0700;
  return tar.Begin(entry);
}

Status AddData(TarWriter& tar, const std::string& path, mode_t mode, const std::string& data) {
  TarEntry entry;
  entry.path = path;
  entry.mode = mode;
  entry.size = data.size();
  return tar.AddFile(entry, data);
}

Result<std::string> Archive(Cli& cli, const std::string& name) {
  BUOY_ASSIGN(Value meta, GetContext(cli, name));
  BUOY_ASSIGN(ContextTls tls, GetContextTls(cli, name));
  StringSink sink;
  BUOY_ASSIGN(auto tar, TarWriter::Open(sink));
  BUOY_TRY(AddData(*tar, "meta.json", 0644, meta.Dump(true)));
  BUOY_TRY(AddFolder(*tar, "tls"));
  for (const auto& [endpoint, files] : tls) {
    const std::string folder = "tls/" + endpoint;
    BUOY_TRY(AddFolder(*tar, folder));
    for (const auto& [file, data] : files) {
      BUOY_TRY(AddData(*tar, folder + "/" + file, 0600, data));
    }
  }
  BUOY_TRY(tar->Finish());
  return sink.Take();
}

Result<int> Run(Invocation& in) {
  const std::string& name = in.args[0];
  if (name != kDefaultContext) BUOY_TRY(ContextStore::CheckName(name));
  std::string target = in.args.size() > 1 ? in.args[1] : name + ".dockercontext";
  if (target == "-" && isatty(STDOUT_FILENO) != 0) {
    return InvalidArgument("cowardly refusing to export to a terminal, specify a file path");
  }
  BUOY_ASSIGN(std::string archive, Archive(in.cli, name));
  if (target == "-") {
    in.cli.Out(archive);
    return 0;
  }
  BUOY_ASSIGN(Fd file, Open(target, O_RDWR | O_CREAT | O_EXCL, 0600));
  BUOY_TRY(WriteAll(file.get(), archive));
  in.cli.Err("Written file " + Quote(target) + "\n");
  return 0;
}

}  // namespace

Command ContextExport() {
  return {.use = "export [OPTIONS] CONTEXT [FILE|-]",
          .brief = "Export a context to a tar archive FILE or a tar stream on STDOUT.",
          .args = {1, 2},
          .run = Run};
}

}  // namespace buoy::cli
