#include "daemon/storage/layer_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <sstream>

#include "common/archive/whiteout.h"
#include "common/digest/digest.h"
#include "common/unix/file.h"
#include "daemon/storage/layer_check.h"
#include "daemon/storage/staged_layer.h"
#include "daemon/storage/tree.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}

namespace buoy::storage {

namespace {

constexpr char kStaging[] = ".staging";
constexpr char kFormat[] = "buoy-layer 1";
// As many as overlay2 stacks in Docker.
constexpr size_t kMaxDepth = 128;

std::string EncodeInfo(const LayerInfo& info) {
  return std::string(kFormat) + "\ndiff " + info.diff_id + "\nparent " +
         (info.parent_chain_id.empty() ? "-" : info.parent_chain_id) + "\nsize " +
         std::to_string(info.size) + "\n";
}

Result<LayerInfo> DecodeInfo(const std::string& text, const std::string& chain_id) {
  std::istringstream in(text);
  std::string line, key;
  LayerInfo info;
  info.chain_id = chain_id;
  std::getline(in, line);
  if (line != kFormat || !(in >> key >> info.diff_id) || key != "diff" ||
      !(in >> key >> info.parent_chain_id) || key != "parent" || !(in >> key >> info.size) ||
      key != "size") {
    return Internal("malformed layer file of " + chain_id);
  }
  if (info.parent_chain_id == "-") info.parent_chain_id.clear();
  if (ChainId(info.parent_chain_id, info.diff_id) != chain_id) {
    return Internal("layer file of another layer in " + chain_id);
  }
  return info;
}

}  // namespace

std::string ChainId(const std::string& parent_chain_id, const std::string& diff_id) {
  return parent_chain_id.empty() ? diff_id : Sha256Digest(parent_chain_id + " " + diff_id);
}

Result<std::unique_ptr<LayerStore>> LayerStore::Open(const std::string& root) {
  BUOY_TRY(MakeDirs(root + "/" + kStaging, 0700));
  std::unique_ptr<LayerStore> store(new LayerStore(root));
  BUOY_TRY(store->Load());
  return store;
}

Status LayerStore::Load() {
  BUOY_ASSIGN(Fd folder, buoy::Open(root_, O_PATH | O_DIRECTORY));
  BUOY_ASSIGN(auto names, ListFolder(folder.get()));
  std::lock_guard lock(mutex_);
  layers_.clear();
  for (const auto& name : names) {
    if (!IsHex64(name)) continue;
    auto text = ReadFile(root_ + "/" + name + "/layer", 4096);
    if (!text.ok()) continue;
    auto info = DecodeInfo(*text, HexDigest(name));
    if (info.ok()) layers_[info->chain_id] = *info;
  }
  return Ok();
}

Result<std::string> LayerStore::NewStagingFolder() {
  const std::string base = root_ + "/" + kStaging + "/" + std::to_string(::getpid()) + "-";
  for (;;) {
    std::string path = base + std::to_string(next_staging_++);
    if (::mkdir(path.c_str(), 0700) == 0) return path;
    if (errno != EEXIST) return ErrnoError("mkdir " + path);
  }
}

Result<std::unique_ptr<StagedLayer>> LayerStore::Stage(ByteSource& tar,
                                                       const UnpackOptions& options) {
  BUOY_ASSIGN(std::string path, NewStagingFolder());
  auto layer = std::make_unique<FolderStagedLayer>(path);
  BUOY_TRY(layer->Unpack(tar, options));
  return std::unique_ptr<StagedLayer>(std::move(layer));
}

Result<std::vector<LayerInfo>> LayerStore::Commit(
    const std::string& parent_chain_id, std::vector<std::unique_ptr<StagedLayer>> layers) {
  std::lock_guard committing(commit_mutex_);
  size_t depth = layers.size();
  if (!parent_chain_id.empty()) {
    BUOY_ASSIGN(auto below, Chain(parent_chain_id));
    depth += below.size();
  }
  if (depth > kMaxDepth) return Internal("max depth exceeded");
  BUOY_TRY(SyncFileSystem(root_));
  std::vector<LayerInfo> infos;
  std::string parent = parent_chain_id;
  for (auto& layer : layers) {
    LayerInfo info;
    BUOY_TRY(CommitOne(*layer, parent, &info));
    parent = info.chain_id;
    infos.push_back(std::move(info));
  }
  BUOY_TRY(SyncFolder(root_));
  return infos;
}

Status LayerStore::CommitOne(StagedLayer& layer, const std::string& parent, LayerInfo* info) {
  auto& staged = static_cast<FolderStagedLayer&>(layer);
  info->chain_id = ChainId(parent, staged.diff_id());
  info->parent_chain_id = parent;
  info->diff_id = staged.diff_id();
  info->size = staged.size();
  if (auto present = Get(info->chain_id); present.ok()) {
    *info = *present;
    return Ok();
  }
  BUOY_ASSIGN(auto lower_diffs, DiffsFrom(parent));
  BUOY_TRY(staged.InheritFolders(lower_diffs));
  BUOY_TRY(WriteFileAtomic(staged.path() + "/layer", EncodeInfo(*info)));
  failpoint::Hit("layer.staged");
  const std::string target = LayerPath(info->chain_id);
  // What is there is no layer (else Get() had found it): the remains of something foreign.
  BUOY_TRY(RemoveTree(target));
  if (::rename(staged.path().c_str(), target.c_str()) != 0) {
    return ErrnoError("rename " + staged.path() + " " + target);
  }
  staged.Release();
  failpoint::Hit("layer.committed");
  std::lock_guard lock(mutex_);
  layers_[info->chain_id] = *info;
  return Ok();
}

Result<LayerInfo> LayerStore::Get(const std::string& chain_id) const {
  std::lock_guard lock(mutex_);
  auto found = layers_.find(chain_id);
  if (found == layers_.end()) return NotFound("layer does not exist");
  return found->second;
}

std::vector<std::string> LayerStore::List() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> ids;
  for (const auto& [id, info] : layers_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<std::vector<std::string>> LayerStore::Chain(const std::string& chain_id) const {
  std::vector<std::string> chain;
  for (std::string at = chain_id; !at.empty();) {
    BUOY_ASSIGN(LayerInfo info, Get(at));
    chain.push_back(std::move(at));
    at = std::move(info.parent_chain_id);
  }
  return chain;
}

Result<std::vector<std::string>> LayerStore::DiffsFrom(const std::string& parent) const {
  BUOY_ASSIGN(auto below, Chain(parent));
  for (auto& id : below) id = DiffPath(id);
  return below;
}

Result<std::string> LayerStore::Compare(const std::string& chain_id, StagedLayer& fresh) const {
  auto& staged = static_cast<FolderStagedLayer&>(fresh);
  BUOY_ASSIGN(LayerInfo info, Get(chain_id));
  auto text = ReadFile(LayerPath(chain_id) + "/layer", 4096);
  if (!text.ok() || !DecodeInfo(*text, chain_id).ok()) return std::string("it is not described");
  auto have = buoy::Open(DiffPath(chain_id), O_PATH | O_DIRECTORY);
  if (!have.ok()) return std::string("its files are missing");
  BUOY_ASSIGN(auto lower_diffs, DiffsFrom(info.parent_chain_id));
  BUOY_TRY(staged.InheritFolders(lower_diffs));
  BUOY_ASSIGN(Fd want, buoy::Open(staged.path() + "/diff", O_PATH | O_DIRECTORY));
  return FirstDifference(have->get(), want.get());
}

Status LayerStore::Replace(const std::string& chain_id, std::unique_ptr<StagedLayer> fresh,
                           const std::vector<std::string>& made) {
  std::lock_guard committing(commit_mutex_);
  auto& staged = static_cast<FolderStagedLayer&>(*fresh);
  BUOY_ASSIGN(LayerInfo info, Get(chain_id));
  BUOY_ASSIGN(auto lower_diffs, DiffsFrom(info.parent_chain_id));
  BUOY_TRY(staged.InheritFolders(lower_diffs));
  BUOY_TRY(SyncFileSystem(root_));
  BUOY_TRY(MakeDirs(LayerPath(chain_id), 0700));
  BUOY_TRY(WriteFileAtomic(LayerPath(chain_id) + "/layer", EncodeInfo(info)));
  const std::string from = staged.path() + "/diff", to = DiffPath(chain_id);
  // Exchanged, so that there is no moment without a layer; what was there goes with `fresh`.
  const unsigned flags = PathExists(to) ? RENAME_EXCHANGE : 0;
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) != 0) {
    return ErrnoError("rename " + from + " " + to);
  }
  for (const auto& id : List()) {
    auto chain = Chain(id);
    if (!chain.ok() || std::find(chain->begin(), chain->end(), chain_id) == chain->end()) continue;
    for (const auto& name : made) BUOY_TRY(RemoveTree(LayerPath(id) + "/" + name));
  }
  return SyncFolder(root_);
}

Status LayerStore::RemoveFolder(const std::string& name) {
  BUOY_ASSIGN(std::string staging, NewStagingFolder());
  const std::string from = root_ + "/" + name, to = staging + "/removed";
  if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) {
    return ErrnoError("rename " + from);
  }
  return RemoveTree(staging);
}

Status LayerStore::Remove(const std::string& chain_id) {
  if (!IsDigest(chain_id)) return InvalidArgument("invalid layer ID " + chain_id);
  std::lock_guard committing(commit_mutex_);
  {
    std::lock_guard lock(mutex_);
    layers_.erase(chain_id);
  }
  return RemoveFolder(DigestHex(chain_id));
}

Status LayerStore::CollectGarbage() {
  {
    BUOY_ASSIGN(Fd staging, buoy::Open(root_ + "/" + kStaging, O_PATH | O_DIRECTORY));
    BUOY_ASSIGN(auto names, ListFolder(staging.get()));
    for (const auto& name : names) BUOY_TRY(RemoveTree(root_ + "/" + kStaging + "/" + name));
  }
  BUOY_ASSIGN(Fd folder, buoy::Open(root_, O_PATH | O_DIRECTORY));
  BUOY_ASSIGN(auto names, ListFolder(folder.get()));
  for (const auto& name : names) {
    if (IsHex64(name) && !Chain(HexDigest(name)).ok()) BUOY_TRY(Remove(HexDigest(name)));
  }
  return Ok();
}

std::string LayerStore::LayerPath(const std::string& chain_id) const {
  return root_ + "/" + DigestHex(chain_id);
}

std::string LayerStore::DiffPath(const std::string& chain_id) const {
  return LayerPath(chain_id) + "/diff";
}

}  // namespace buoy::storage
