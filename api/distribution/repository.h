#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/distribution/authorizer.h"
#include "api/distribution/cancel.h"
#include "api/distribution/http_client.h"
#include "api/distribution/manifest.h"

namespace buoy::distribution {

// Where a registry is and how to speak to it.
struct Endpoint {
  api::Url url;         // path "/" unless a mirror is below a path
  bool mirror = false;  // of another registry: never gets that one's credentials
  bool insecure = false;
  HttpOptions http;
};

struct FetchedManifest {
  std::string text;
  std::string media_type;  // the Content-Type, may be ""
  std::string digest;      // of the text
};

// An open upload of a blob, or the news that none is needed.
struct BlobUpload {
  api::Url location;
  bool mounted = false;
};

// One registry, after its ping: requests with authorisation for one set of scopes, and redirects.
// Thread-safe. Credentials and tokens only ever go to the registry's own origin. `cancel` may be
// null everywhere.
class Registry {
 public:
  // GET /v2/. An Error that is no answer of a registry (`*spoke` false) allows for another
  // endpoint.
  static Result<std::unique_ptr<Registry>> Open(const Endpoint& endpoint, Credentials credentials,
                                                std::vector<std::string> scopes,
                                                CancelSource* cancel, bool* spoke,
                                                bool offline = false);

  // Adds Authorization, follows redirects of GET and HEAD. `extra_scope` as in Authorizer.
  Result<std::unique_ptr<HttpResponse>> Do(HttpRequest request, CancelSource* cancel,
                                           const std::string& extra_scope = "");
  // The endpoint's URL with this path ("/v2/...") and query.
  api::Url At(const std::string& path, const std::string& query = "") const;
  const Endpoint& endpoint() const { return endpoint_; }
  std::string refresh_token() const { return authorizer_.refresh_token(); }

 private:
  Registry(const Endpoint& endpoint, Credentials credentials, std::vector<std::string> scopes,
           bool offline);
  Result<std::unique_ptr<HttpResponse>> Once(HttpRequest& request, CancelSource* cancel,
                                             const std::string& extra_scope);

  const Endpoint endpoint_;
  HttpClient client_;
  Authorizer authorizer_;
};

// The distribution API of one repository. Thread-safe; errors have Docker's texts (errors.h).
class Repository {
 public:
  // `path` is the name without the domain, "library/busybox"; `actions` "pull" or "push,pull".
  static Result<std::shared_ptr<Repository>> Open(const Endpoint& endpoint, const std::string& path,
                                                  const std::string& actions,
                                                  Credentials credentials, CancelSource* cancel,
                                                  bool* spoke);

  // HEAD of a tag; nullopt when the registry does not tell the digest that way.
  Result<std::optional<Descriptor>> StatManifest(const std::string& tag, CancelSource* cancel);
  // By tag or digest; a digest is verified.
  Result<FetchedManifest> GetManifest(const std::string& reference, CancelSource* cancel);
  // Returns the digest of what was put.
  Status PutManifest(const std::string& tag, const std::string& media_type, const std::string& text,
                     CancelSource* cancel);
  // All tags, over all pages.
  Result<std::vector<std::string>> Tags(CancelSource* cancel);

  // The blob from `offset` on: *start is where the answer begins (0 when the registry does not do
  // ranges). kNotFound for an unknown blob.
  Result<std::unique_ptr<HttpResponse>> OpenBlob(const std::string& digest, int64_t offset,
                                                 int64_t* start, CancelSource* cancel);
  // A small blob whole, verified; more than `limit` bytes are refused.
  Result<std::string> GetBlob(const std::string& digest, size_t limit, CancelSource* cancel);
  // Its size, or nullopt.
  Result<std::optional<int64_t>> StatBlob(const std::string& digest, CancelSource* cancel);
  // Begins an upload; with `from` (another repository's path) the registry may mount instead.
  Result<BlobUpload> StartUpload(const std::string& digest, const std::string& from,
                                 CancelSource* cancel);
  Status CancelUpload(const BlobUpload& upload, CancelSource* cancel);
  Status PutBlob(const BlobUpload& upload, const std::string& digest, ByteSource& content,
                 int64_t size, CancelSource* cancel);

  const Endpoint& endpoint() const { return registry_->endpoint(); }

 private:
  Repository(std::unique_ptr<Registry> registry, std::string path)
      : registry_(std::move(registry)), path_(std::move(path)) {}
  api::Url Blob(const std::string& digest) const;
  HttpRequest ManifestRequest(const std::string& method, const std::string& reference) const;

  const std::unique_ptr<Registry> registry_;
  const std::string path_;
};

}  // namespace buoy::distribution
