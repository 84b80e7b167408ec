#pragma once

#include <set>
#include <string>
#include <vector>

#include "daemon/storage/layer_store.h"

namespace buoy::storage {

// What containers' file systems stand on is written beside them, whatever the driver:
//   <data root>/containers/<id>/rw/base  the chain ID, rw/held  those of images mounted, one a line

Result<std::set<std::string>> LayersOfContainers(const std::string& data_root,
                                                 const LayerStore& layers);
Status WriteHeldLayers(const std::string& container_path,
                       const std::vector<std::string>& chain_ids);

}  // namespace buoy::storage
