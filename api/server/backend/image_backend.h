#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/server/backend/filters.h"
#include "common/archive/stream.h"
#include "common/result/result.h"
#include "common/types/distribution.h"
#include "common/types/image.h"

// What the API asks of images. `ref` is a reference, an id or an id prefix; unknown ones are
// kNotFound "No such image: REF". Every method is thread-safe.
namespace buoy::api {

// One JSON line of a long operation ({"stream":...}, {"status":...,"progressDetail":...}); the text
// has no newline. The first call sends the 200; a failed return means that the client has gone.
using ProgressSink = std::function<Status(const std::string& json_line)>;

struct ImageListOptions {
  bool all = false;
  bool shared_size = false;
  bool digests = false;
  Filters filters;
};

struct ImageImportOptions {
  std::string repo;  // may be empty
  std::string tag;
  std::string message;
  std::string platform;
  std::vector<std::string> changes;  // Dockerfile instructions
};

struct ImagePullOptions {
  std::string reference;  // name[:tag|@digest]
  std::string tag;        // the query's tag, may be a digest
  std::string platform;
  std::string registry_auth;  // X-Registry-Auth, base64url JSON
  bool all_tags = false;
  std::function<bool()> client_gone;  // may be empty
};

struct ImagePushOptions {
  std::string reference;
  std::string tag;  // the query's; "" = all tags
  std::string registry_auth;
  std::function<bool()> client_gone;
};

struct ImageCommitOptions {
  std::string container;
  std::string repo;
  std::string tag;
  std::string comment;
  std::string author;
  bool pause = true;
  std::vector<std::string> changes;
  std::optional<types::ContainerConfig> config;
};

class ImageBackend {
 public:
  virtual ~ImageBackend() = default;

  virtual Result<std::vector<types::ImageSummary>> List(const ImageListOptions& options) = 0;
  virtual Result<types::ImageInspect> Inspect(const std::string& ref) = 0;
  virtual Result<std::vector<types::ImageHistoryItem>> History(const std::string& ref) = 0;
  virtual Status Tag(const std::string& ref, const std::string& repo, const std::string& tag) = 0;
  virtual Result<std::vector<types::ImageDeleteItem>> Remove(const std::string& ref, bool force,
                                                             bool no_prune) = 0;
  virtual Result<types::ImagesPruneReport> Prune(const Filters& filters) = 0;

  virtual Status Load(ByteSource& tar, bool quiet, const std::string& platform,
                      const ProgressSink& progress) = 0;
  virtual Status Import(ByteSource& tar, const ImageImportOptions& options,
                        const ProgressSink& progress) = 0;
  // Names are checked before the first byte is written.
  virtual Status Save(const std::vector<std::string>& refs, const std::string& platform,
                      const std::function<Result<ByteSink*>()>& begin) = 0;
  virtual Status Pull(const ImagePullOptions& options, const ProgressSink& progress) = 0;
  virtual Status Push(const ImagePushOptions& options, const ProgressSink& progress) = 0;
  virtual Result<std::vector<types::ImageSearchResult>> Search(
      const std::string& term, int limit, const Filters& filters,
      const std::string& registry_auth) = 0;
  // What a registry has under that name.
  virtual Result<types::DistributionInspect> InspectDistribution(
      const std::string& ref, const std::string& registry_auth) = 0;
  // Checks credentials (POST /auth's body, JSON) with their registry; gives the identity token,
  // which may be empty.
  virtual Result<std::string> Authenticate(const std::string& auth_config) = 0;
  // What an http(s) URL answers, for `docker import URL`.
  virtual Result<std::unique_ptr<ByteSource>> OpenUrl(const std::string& /*url*/) {
    return NotImplemented("importing from a URL is not supported by this daemon");
  }
  // The new image's id.
  virtual Result<std::string> Commit(const ImageCommitOptions& options) = 0;
};

}  // namespace buoy::api
