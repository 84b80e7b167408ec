#include <fcntl.h>
#include <unistd.h>

#include "cli/command/context/context.h"
#include "cli/flags/quote.h"
#include "common/archive/tar_reader.h"
#include "common/archive/zip.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

constexpr size_t kMaxArchive = 10u << 20;
constexpr std::string_view kTlsFolder = "tls/";

// What an archive holds.
struct Imported {
  std::string meta;
  ContextTls tls;
};

// A name from an archive becomes a path here: only what Docker writes is taken.
Status CheckPath(const std::string& path) {
  if (path != "meta.json" && !path.starts_with(kTlsFolder)) {
    return InvalidArgument(path + ": unexpected context file");
  }
  std::string part;
  for (char c : path + "/") {
    if (c == '\\') return InvalidArgument(path + ": unexpected '\\' in path");
    if (c != '/') {
      part += c;
      continue;
    }
    if (part.empty() || part == "." || part == "..") {
      return InvalidArgument(path + ": unexpected path format");
    }
    part.clear();
  }
  return Ok();
}

Status Take(const std::string& path, std::string data, Imported& out) {
  BUOY_TRY(CheckPath(path));
  if (path == "meta.json") {
    out.meta = std::move(data);
    return Ok();
  }
  std::string rest = path.substr(kTlsFolder.size());
  size_t slash = rest.find('/');
  if (slash == std::string::npos || rest.find('/', slash + 1) != std::string::npos) {
    return InvalidArgument("archive format is invalid");
  }
  out.tls[rest.substr(0, slash)][rest.substr(slash + 1)] = std::move(data);
  return Ok();
}

Result<Imported> FromTar(std::string bytes) {
  Imported out;
  StringSource source(std::move(bytes));
  BUOY_ASSIGN(auto tar, TarReader::Open(source));
  TarEntry entry;
  while (true) {
    BUOY_ASSIGN(bool more, tar->Next(&entry));
    if (!more) return out;
    if (entry.type != TarType::kFile) continue;
    BUOY_ASSIGN(std::string data, ReadAll(tar->EntryData(), kMaxArchive));
    BUOY_TRY(Take(entry.path, std::move(data), out));
  }
}

Result<Imported> FromZip(std::string bytes) {
  Imported out;
  StringSource source(std::move(bytes));
  BUOY_ASSIGN(auto files, ReadZip(source, kMaxArchive));
  for (auto& [path, data] : files) BUOY_TRY(Take(path, std::move(data), out));
  return out;
}

Result<std::string> ReadSource(const std::string& path) {
  Fd file;
  if (path != "-") {
    BUOY_ASSIGN(file, Open(path, O_RDONLY));
  }
  FdSource source(file ? file.get() : STDIN_FILENO);
  auto bytes = ReadAll(source, kMaxArchive);
  if (bytes.ok() || bytes.error().sys_errno() != 0) return bytes;
  return InvalidArgument("read exceeds the defined limit");
}

Result<int> Run(Invocation& in) {
  const std::string& name = in.args[0];
  BUOY_TRY(CheckNewContext(in.cli, name));
  BUOY_ASSIGN(std::string bytes, ReadSource(in.args[1]));
  const bool zip = bytes.starts_with("PK\x03\x04");
  BUOY_ASSIGN(Imported found, zip ? FromZip(std::move(bytes)) : FromTar(std::move(bytes)));
  if (found.meta.empty()) return InvalidArgument("invalid context: no metadata found");
  BUOY_ASSIGN(Value meta, Value::Parse(found.meta));
  if (meta.kind() != Value::Kind::kObject) return InvalidArgument("invalid context metadata");
  meta.Set("Name", name);
  ContextStore store(in.cli.config().dir());
  BUOY_TRY(store.Put(meta));
  BUOY_TRY(store.SetTls(name, found.tls));
  in.cli.Out(name + "\n");
  in.cli.Err("Successfully imported context " + Quote(name) + "\n");
  return 0;
}

}  // namespace

Command ContextImport() {
  return {.use = "import CONTEXT FILE|-",
          .brief = "Import a context from a tar or zip file",
          .args = ExactArgs(2),
          .run = Run};
}

}  // namespace buoy::cli
