#include "cli/config/context_store.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "cli/flags/quote.h"
#include "cli/formatter/natural_sort.h"
#include "common/digest/digest.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kNamePattern[] = "^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$";

std::string FolderName(const std::string& name) { return DigestHex(Sha256Digest(name)); }

bool FitsPattern(const std::string& name) {
  if (name.size() < 2 || std::isalnum(static_cast<unsigned char>(name[0])) == 0) return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_.+-").find(c) != std::string_view::npos;
  });
}

Result<Value> ReadMeta(const std::string& path) {
  auto text = ReadFile(path);
  if (!text.ok()) return std::move(text).error();
  auto meta = Value::Parse(*text);
  if (!meta.ok()) return std::move(meta).error().Context("parsing " + path);
  // Go's names of JSON fields are matched without regard to case; files in the wild have both.
  Value out = Value::Object();
  for (const char* key : {"Name", "Metadata", "Endpoints"}) {
    std::string lower = key;
    lower[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(lower[0])));
    const Value* found = meta->Find(key) != nullptr ? meta->Find(key) : meta->Find(lower);
    out.Set(key, found == nullptr ? Value::Object() : *found);
  }
  return out;
}

std::vector<std::string> Entries(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Status ContextStore::CheckName(const std::string& name) {
  if (name.empty()) return InvalidArgument("context name cannot be empty");
  if (name == kDefaultContext) return InvalidArgument("\"default\" is a reserved context name");
  if (FitsPattern(name)) return Ok();
  return InvalidArgument("context name " + Quote(name) +
                         " is invalid, names are validated against regexp " + Quote(kNamePattern));
}

std::string ContextStore::MetaPath(const std::string& name) const {
  return base_ + "/meta/" + FolderName(name);
}

std::string ContextStore::TlsPath(const std::string& name) const {
  return base_ + "/tls/" + FolderName(name);
}

Result<Value> ContextStore::Get(const std::string& name) const {
  auto meta = ReadMeta(MetaPath(name) + "/meta.json");
  if (meta.ok()) return meta;
  std::string context = "context " + Quote(name);
  if (meta.error().sys_errno() == ENOENT) context += ": context not found";
  return std::move(meta).error().Context(context);
}

Result<std::vector<Value>> ContextStore::List() const {
  std::vector<Value> contexts;
  for (const auto& folder : Entries(base_ + "/meta")) {
    auto meta = ReadMeta(base_ + "/meta/" + folder + "/meta.json");
    if (meta.ok()) {
      contexts.push_back(*std::move(meta));
    } else if (meta.error().sys_errno() != ENOENT) {
      return std::move(meta).error().Context("failed to read metadata");
    }
  }
  std::sort(contexts.begin(), contexts.end(), [](const Value& a, const Value& b) {
    return NaturalLess(a.Str("Name"), b.Str("Name"));
  });
  return contexts;
}

Status ContextStore::Put(const Value& meta) const {
  const std::string folder = MetaPath(meta.Str("Name"));
  BUOY_TRY(MakeDirs(folder, 0755));
  return WriteFileAtomic(folder + "/meta.json", meta.Dump(true), 0644);
}

Status ContextStore::Remove(const std::string& name) const {
  std::string what = "failed to remove context " + name;
  BUOY_TRY_CONTEXT(RemoveAll(MetaPath(name)), what + ": failed to remove metadata");
  BUOY_TRY_CONTEXT(RemoveAll(TlsPath(name)), what);
  return Ok();
}

Result<ContextTls> ContextStore::Tls(const std::string& name) const {
  ContextTls tls;
  const std::string folder = TlsPath(name);
  for (const auto& endpoint : Entries(folder)) {
    for (const auto& file : Entries(folder + "/" + endpoint)) {
      BUOY_ASSIGN(tls[endpoint][file], ReadFile(folder + "/" + endpoint + "/" + file));
    }
  }
  return tls;
}

Status ContextStore::SetTls(const std::string& name, const ContextTls& tls) const {
  BUOY_TRY(RemoveAll(TlsPath(name)));
  for (const auto& [endpoint, files] : tls) BUOY_TRY(SetEndpointTls(name, endpoint, files));
  return Ok();
}

Status ContextStore::SetEndpointTls(const std::string& name, const std::string& endpoint,
                                    const TlsMaterial& files) const {
  const std::string folder = TlsPath(name) + "/" + endpoint;
  BUOY_TRY(RemoveAll(folder));
  if (files.empty()) return Ok();
  BUOY_TRY(MakeDirs(folder, 0700));
  for (const auto& [file, data] : files) {
    BUOY_TRY(WriteFileAtomic(folder + "/" + file, data, 0600));
  }
  return Ok();
}

}  // namespace buoy::cli
