#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/storage/storage_driver.h"

namespace buoy::storage {

// Unpacked layers in folders named by chain ID:
//   <root>/<chain-id-hex>/diff    the files, deletions in overlayfs' form
//   <root>/<chain-id-hex>/layer   what it is: version, diff ID, parent, size
//   <root>/.staging/              unpacks and removals under way; emptied at start
// Each layer folder appears by one rename after its content is on disk. Thread-safe.
class LayerStore {
 public:
  // Creates the folders and reads what is there.
  static Result<std::unique_ptr<LayerStore>> Open(const std::string& root);

  Result<std::unique_ptr<StagedLayer>> Stage(ByteSource& tar, const UnpackOptions& options);
  Result<std::vector<LayerInfo>> Commit(const std::string& parent_chain_id,
                                        std::vector<std::unique_ptr<StagedLayer>> layers);
  Result<LayerInfo> Get(const std::string& chain_id) const;
  std::vector<std::string> List() const;
  Result<std::vector<std::string>> Chain(const std::string& chain_id) const;
  Status Remove(const std::string& chain_id);
  // How the layer's files differ from those of `fresh`, the same layer; "" = not at all.
  Result<std::string> Compare(const std::string& chain_id, StagedLayer& fresh) const;
  // Gives a layer of the store the files of `fresh`, the same layer. Of what else is in the folders
  // of it and of the layers on it, `made` are dropped. Nobody may use any of them.
  Status Replace(const std::string& chain_id, std::unique_ptr<StagedLayer> fresh,
                 const std::vector<std::string>& made);
  // Empties the staging folder, drops folders that are no layer and layers without their parent.
  Status CollectGarbage();

  std::string LayerPath(const std::string& chain_id) const;  // the layer's folder
  std::string DiffPath(const std::string& chain_id) const;
  // A new empty folder in the staging area; the caller renames or removes it.
  Result<std::string> NewStagingFolder();

 private:
  explicit LayerStore(std::string root) : root_(std::move(root)) {}
  Status Load();
  // The diff folders below a layer with that parent, highest first.
  Result<std::vector<std::string>> DiffsFrom(const std::string& parent) const;
  Status CommitOne(StagedLayer& layer, const std::string& parent, LayerInfo* info);
  Status RemoveFolder(const std::string& name);

  const std::string root_;
  std::atomic<uint64_t> next_staging_{0};
  mutable std::mutex mutex_;
  std::unordered_map<std::string, LayerInfo> layers_;
  std::mutex commit_mutex_;  // one committer at a time; taken before mutex_
};

}  // namespace buoy::storage
