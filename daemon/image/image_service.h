#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/distribution/settings.h"
#include "api/server/backend/image_backend.h"
#include "daemon/image/commit_source.h"
#include "daemon/image/context.h"

namespace buoy::registry {
class RegistryService;
}

namespace buoy::image {

class Downloads;
class LoadArchive;
struct ArchivedImage;

// The API's operations on images, one file each. Thread-safe.
//
// Locks: Context::contents, then changes_, then the database's.
class ImageService : public api::ImageBackend {
 public:
  // `commits` is not owned; null = there are no containers to commit. `registries` is asked anew
  // for each pull and push.
  explicit ImageService(const Context& context, CommitSource* commits = nullptr,
                        std::function<distribution::Settings()> registries = {});
  ~ImageService() override;

  Result<std::vector<types::ImageSummary>> List(const api::ImageListOptions& options) override;
  Result<types::ImageInspect> Inspect(const std::string& ref) override;
  Result<std::vector<types::ImageHistoryItem>> History(const std::string& ref) override;
  Status Tag(const std::string& ref, const std::string& repo, const std::string& tag) override;
  Result<std::vector<types::ImageDeleteItem>> Remove(const std::string& ref, bool force,
                                                     bool no_prune) override;
  Result<types::ImagesPruneReport> Prune(const api::Filters& filters) override;
  Status Load(ByteSource& tar, bool quiet, const std::string& platform,
              const api::ProgressSink& progress) override;
  Status Import(ByteSource& tar, const api::ImageImportOptions& options,
                const api::ProgressSink& progress) override;
  Status Save(const std::vector<std::string>& refs, const std::string& platform,
              const std::function<Result<ByteSink*>()>& begin) override;
  Result<std::string> Commit(const api::ImageCommitOptions& options) override;

  Status Pull(const api::ImagePullOptions& options, const api::ProgressSink& progress) override;
  Status Push(const api::ImagePushOptions& options, const api::ProgressSink& progress) override;
  Result<std::vector<types::ImageSearchResult>> Search(const std::string& term, int limit,
                                                       const api::Filters& filters,
                                                       const std::string& registry_auth) override;
  Result<std::string> Authenticate(const std::string& auth_config) override;
  Result<types::DistributionInspect> InspectDistribution(const std::string& ref,
                                                         const std::string& registry_auth) override;

  // For `docker system df`: every image with its shared size and containers, and the bytes of all
  // their layers, each counted once.
  struct Usage {
    std::vector<types::ImageSummary> images;
    int64_t layers_size = 0;
  };
  Result<Usage> DiskUsage();
  // `buoy system check`: what is damaged and what was repaired, as JSON.
  Result<std::string> Check(bool repair);

 private:
  Status LoadAll(LoadArchive& archive, const std::optional<Platform>& platform, bool quiet,
                 const api::ProgressSink& progress);
  Status LoadOne(LoadArchive& archive, const ArchivedImage& item, bool quiet,
                 const api::ProgressSink& progress);
  Result<Image> ParentOf(const CommitContainer& container);
  // The parent's layers and, unless it changed nothing, the container's, also in *config.
  Result<std::vector<ImageLayer>> CommitLayers(const std::string& container_id, bool pause,
                                               const Image& parent, ImageConfig* config);
  // A new image from its config: the row, its tag (may be empty) and the events.
  Result<std::string> AddNew(const ImageConfig& config, std::vector<ImageLayer> layers,
                             const std::string& parent, const std::optional<Reference>& name);
  Status SetTag(const std::string& id, const Reference& name);
  // Adds a pulled image unless it is there and names it; true when the name is new.
  Result<bool> RecordPulled(const Image& image, const Reference& reference,
                            const std::string& digest);
  Status RecordPushed(const Reference& name, const std::string& digest, const std::string& id);
  Status WarnOfPlatform(const Reference& reference, const Platform& want,
                        const api::ProgressSink& progress);
  // After something failed half-way, or when a collection had to wait.
  void CollectLeftovers();
  // Removes unreferenced layers; their chain IDs, none when it has to wait.
  std::vector<std::string> Collect();

  const Context context_;
  CommitSource* const commits_;
  const std::unique_ptr<registry::RegistryService> registries_;
  const std::unique_ptr<Downloads> downloads_;
  std::mutex changes_;  // of what names or deletes an image
  std::atomic<bool> collect_pending_{false};
  std::atomic<bool> pruning_{false};
};

// The name of POST /images/create and /commit: nullopt for an empty `repo`. kInvalidArgument.
Result<std::optional<Reference>> ParseRepoTag(const std::string& repo, const std::string& tag);

}  // namespace buoy::image
