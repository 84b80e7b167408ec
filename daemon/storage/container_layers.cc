#include "daemon/storage/container_layers.h"

#include <fcntl.h>

#include <sstream>

#include "common/archive/whiteout.h"
#include "common/unix/fd.h"
#include "common/unix/file.h"

namespace buoy::storage {

Result<std::set<std::string>> LayersOfContainers(const std::string& data_root,
                                                 const LayerStore& layers) {
  std::set<std::string> used;
  auto folder = buoy::Open(data_root + "/containers", O_PATH | O_DIRECTORY);
  if (!folder.ok()) return used;  // there never was a container
  BUOY_ASSIGN(auto ids, ListFolder(folder->get()));
  for (const auto& id : ids) {
    const std::string rw = data_root + "/containers/" + id + "/rw";
    auto base = ReadFile(rw + "/base", 256);
    if (!base.ok()) continue;
    // The base's chain ID, then those of images mounted, each on a line.
    std::istringstream lines(*base + "\n" + ReadFile(rw + "/held").value_or(""));
    for (std::string chain_id; std::getline(lines, chain_id);) {
      auto chain = layers.Chain(chain_id);
      if (chain.ok()) used.insert(chain->begin(), chain->end());
    }
  }
  return used;
}

Status WriteHeldLayers(const std::string& container_path,
                       const std::vector<std::string>& chain_ids) {
  std::string lines;
  for (const auto& chain_id : chain_ids) lines += chain_id + "\n";
  return WriteFileAtomic(container_path + "/rw/held", lines);
}

}  // namespace buoy::storage
