#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/image/context.h"

namespace buoy::image {

// One thing in the store that is not as it should be.
struct Damage {
  std::string kind;                  // "blob", "layer", "image", "container", "database"
  std::string id;                    // a digest, an ID, a name
  std::string problem;               // what is wrong
  std::vector<std::string> affects;  // names of images or IDs of containers that need it
  bool repaired = false;
  std::string action;  // what was done, or what the user can do
};

struct CheckReport {
  int64_t blobs = 0, layers = 0, images = 0, containers = 0;  // looked at
  std::vector<Damage> damages;
};

// `buoy system check`: every blob against its digest, every image's config, manifest and layers,
// every layer's files against its blob, what containers stand on, and what nothing refers to. With
// repair: layers are unpacked again from their blobs, what nothing refers to is removed, blobs that
// are not what their digest says are removed so that a pull or load brings them back, and images
// whose config is lost are dropped unless a container needs them.
class StoreCheck {
 public:
  // `patience`: how long whoever adds images is waited for.
  StoreCheck(const Context& context, bool repair,
             std::chrono::milliseconds patience = std::chrono::seconds(20))
      : context_(context), repair_(repair), patience_(patience) {}

  // kUnavailable when images are being added all the time. Without repair nothing is changed, and
  // images may be added and removed meanwhile.
  Result<CheckReport> Run();

 private:
  Status FindUnreachable();
  Status CheckBlobs();
  Status CheckImages();
  Status CheckImage(const std::string& id);
  Status CheckConfig(const std::string& id, const std::vector<ImageLayer>& layers);
  Status DropImage(const std::string& id, Damage damage);
  Status CheckLayers();
  Status CheckLayer(const ImageLayer& layer);
  Status RepairLayer(const ImageLayer& layer, std::unique_ptr<storage::StagedLayer> fresh,
                     Damage& damage);
  Status CheckContainers();
  Status CheckDatabase();

  bool IsGood(const std::string& blob) const;
  std::vector<std::string> NamesOf(const std::string& image_id) const;
  void Add(Damage damage) { report_.damages.push_back(std::move(damage)); }

  const Context& context_;
  const bool repair_;
  const std::chrono::milliseconds patience_;
  CheckReport report_;
  std::set<std::string> bad_blobs_;
  std::map<std::string, std::vector<std::string>> users_;  // names of images by blob and chain ID
  std::map<std::string, std::string> parents_;             // by chain ID, of the images' layers
};

std::string CheckReportJson(const CheckReport& report);

}  // namespace buoy::image
