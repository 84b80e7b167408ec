#include "api/distribution/repository.h"

#include <charconv>

#include "api/distribution/errors.h"
#include "api/http/query.h"
#include "common/digest/digest.h"
#include "common/json/codec.h"

namespace buoy::distribution {

namespace {

constexpr int kMaxPages = 1000;
constexpr size_t kMaxTagPage = 8u << 20;
constexpr size_t kMaxTags = 100'000;

bool Succeeded(int status) { return status >= 200 && status < 300; }

// "bytes 100-999/1000": where it starts; nullopt for anything else.
std::optional<int64_t> RangeStart(std::string_view field) {
  if (!field.starts_with("bytes ")) return std::nullopt;
  field.remove_prefix(6);
  int64_t start = 0;
  auto [end, code] = std::from_chars(field.data(), field.data() + field.size(), start);
  if (code != std::errc() || end == field.data() + field.size() || *end != '-' || start < 0) {
    return std::nullopt;
  }
  return start;
}

// The URL in `<...>; rel="next"`.
std::string NextLink(const api::Headers& headers) {
  std::string_view link = headers.Get("Link");
  size_t end = link.find('>');
  if (!link.starts_with('<') || end == std::string_view::npos ||
      link.find("rel=\"next\"", end) == std::string_view::npos) {
    return "";
  }
  return std::string(link.substr(1, end - 1));
}

Error UnknownBlob(const std::string& digest) {
  return NotFound(std::string(kBlobUnknown) + ": " + digest + " is unknown to registry");
}

}  // namespace

Result<std::shared_ptr<Repository>> Repository::Open(const Endpoint& endpoint,
                                                     const std::string& path,
                                                     const std::string& actions,
                                                     Credentials credentials, CancelSource* cancel,
                                                     bool* spoke) {
  if (endpoint.mirror) credentials = {};
  BUOY_ASSIGN(auto registry, Registry::Open(endpoint, std::move(credentials),
                                            {"repository:" + path + ":" + actions}, cancel, spoke));
  return std::shared_ptr<Repository>(new Repository(std::move(registry), path));
}

api::Url Repository::Blob(const std::string& digest) const {
  return registry_->At("/v2/" + path_ + "/blobs/" + digest);
}

HttpRequest Repository::ManifestRequest(const std::string& method,
                                        const std::string& reference) const {
  HttpRequest request;
  request.method = method;
  request.url = registry_->At("/v2/" + path_ + "/manifests/" + reference);
  for (const char* type : {kDockerManifest, kDockerList, kOciIndex, kOciManifest}) {
    request.headers.Add("Accept", type);
  }
  return request;
}

Result<std::optional<Descriptor>> Repository::StatManifest(const std::string& tag,
                                                           CancelSource* cancel) {
  BUOY_ASSIGN(auto answer, registry_->Do(ManifestRequest("HEAD", tag), cancel));
  Descriptor descriptor;
  descriptor.digest = answer->headers().Get("Docker-Content-Digest");
  // Without a body a refusal says nothing: the GET will.
  if (!Succeeded(answer->status()) || !IsDigest(descriptor.digest)) {
    return std::optional<Descriptor>();
  }
  descriptor.media_type = answer->headers().Get("Content-Type");
  std::string_view length = answer->headers().Get("Content-Length");
  std::from_chars(length.data(), length.data() + length.size(), descriptor.size);
  return std::optional(std::move(descriptor));
}

Result<FetchedManifest> Repository::GetManifest(const std::string& reference,
                                                CancelSource* cancel) {
  BUOY_ASSIGN(auto answer, registry_->Do(ManifestRequest("GET", reference), cancel));
  if (!Succeeded(answer->status())) return ErrorOf(*answer);
  FetchedManifest manifest;
  auto text = ReadAll(*answer, kMaxManifest);
  if (!text.ok()) return std::move(text).error().Context("error reading manifest");
  manifest.text = *std::move(text);
  manifest.media_type = answer->headers().Get("Content-Type");
  manifest.digest = Sha256Digest(manifest.text);
  const std::string said(answer->headers().Get("Docker-Content-Digest"));
  const std::string& expected = IsDigest(reference) ? reference : said;
  if (IsDigest(expected) && expected != manifest.digest) {
    return InvalidArgument("manifest verification failed for digest " + expected);
  }
  return manifest;
}

Status Repository::PutManifest(const std::string& tag, const std::string& media_type,
                               const std::string& text, CancelSource* cancel) {
  HttpRequest request;
  request.method = "PUT";
  request.url = registry_->At("/v2/" + path_ + "/manifests/" + tag);
  request.headers.Set("Content-Type", media_type);
  request.body = text;
  BUOY_ASSIGN(auto answer, registry_->Do(std::move(request), cancel));
  return Succeeded(answer->status()) ? Ok() : Status(ErrorOf(*answer));
}

Result<std::vector<std::string>> Repository::Tags(CancelSource* cancel) {
  std::vector<std::string> tags;
  HttpRequest request;
  request.url = registry_->At("/v2/" + path_ + "/tags/list");
  for (int page = 0; page < kMaxPages; ++page) {
    BUOY_ASSIGN(auto answer, registry_->Do(request, cancel));
    if (!Succeeded(answer->status())) return ErrorOf(*answer);
    BUOY_ASSIGN(std::string text, ReadAll(*answer, kMaxTagPage));
    BUOY_ASSIGN_CONTEXT(json::Json list, json::Parse(text), "invalid list of tags");
    if (!list.is_object()) return InvalidArgument("invalid list of tags");
    auto found = list.find("tags");
    if (found != list.end() && found->is_array()) {
      for (const auto& tag : *found) {
        if (!tag.is_string()) return InvalidArgument("invalid list of tags");
        tags.push_back(tag.get<std::string>());
      }
    }
    if (tags.size() > kMaxTags) return InvalidArgument("too many tags");
    const std::string next = NextLink(answer->headers());
    if (next.empty()) return tags;
    BUOY_ASSIGN(api::Url url, request.url.Resolve(next));
    if (!url.SameOrigin(request.url)) return InvalidArgument("list of tags goes on elsewhere");
    request.url = std::move(url);
  }
  return InvalidArgument("too many pages of tags");
}

Result<std::unique_ptr<HttpResponse>> Repository::OpenBlob(const std::string& digest,
                                                           int64_t offset, int64_t* start,
                                                           CancelSource* cancel) {
  HttpRequest request;
  request.url = Blob(digest);
  request.headers.Set("Accept-Encoding", "identity");
  if (offset > 0) request.headers.Set("Range", "bytes=" + std::to_string(offset) + "-");
  BUOY_ASSIGN(auto answer, registry_->Do(std::move(request), cancel));
  *start = 0;
  if (offset > 0 && answer->status() == 206) {
    auto from = RangeStart(answer->headers().Get("Content-Range"));
    if (!from || *from > offset) {
      return Error(ErrorKind::kUnavailable, "expected HTTP 206 from byte range request");
    }
    *start = *from;
    return answer;
  }
  if (answer->status() == 200) return answer;
  if (answer->status() == 404) return UnknownBlob(digest);
  return ErrorOf(*answer);
}

Result<std::string> Repository::GetBlob(const std::string& digest, size_t limit,
                                        CancelSource* cancel) {
  int64_t start = 0;
  BUOY_ASSIGN(auto answer, OpenBlob(digest, 0, &start, cancel));
  BUOY_ASSIGN(std::string text, ReadAll(*answer, limit));
  if (Sha256Digest(text) != digest) {
    return InvalidArgument("verification failed for digest " + digest);
  }
  return text;
}

Result<std::optional<int64_t>> Repository::StatBlob(const std::string& digest,
                                                    CancelSource* cancel) {
  HttpRequest request;
  request.method = "HEAD";
  request.url = Blob(digest);
  BUOY_ASSIGN(auto answer, registry_->Do(std::move(request), cancel));
  if (answer->status() == 404) return std::optional<int64_t>();
  if (!Succeeded(answer->status())) return ErrorOf(*answer);
  int64_t size = -1;
  std::string_view length = answer->headers().Get("Content-Length");
  std::from_chars(length.data(), length.data() + length.size(), size);
  return std::optional(size);
}

Result<BlobUpload> Repository::StartUpload(const std::string& digest, const std::string& from,
                                           CancelSource* cancel) {
  HttpRequest request;
  request.method = "POST";
  api::Query query;
  std::string scope;
  if (!from.empty()) {
    query.Add("from", from).Add("mount", digest);
    scope = "repository:" + from + ":pull";
  }
  request.url = registry_->At("/v2/" + path_ + "/blobs/uploads/", query.Encode());
  const api::Url base = request.url;
  BUOY_ASSIGN(auto answer, registry_->Do(std::move(request), cancel, scope));
  BlobUpload upload;
  if (answer->status() == 201) {
    upload.mounted = true;
    return upload;
  }
  if (answer->status() != 202) return ErrorOf(*answer);
  BUOY_ASSIGN_CONTEXT(upload.location, base.Resolve(answer->headers().Get("Location")),
                      "invalid location of an upload");
  return upload;
}

Status Repository::CancelUpload(const BlobUpload& upload, CancelSource* cancel) {
  HttpRequest request;
  request.method = "DELETE";
  request.url = upload.location;
  BUOY_ASSIGN(auto answer, registry_->Do(std::move(request), cancel));
  return Succeeded(answer->status()) ? Ok() : Status(ErrorOf(*answer));
}

Status Repository::PutBlob(const BlobUpload& upload, const std::string& digest, ByteSource& content,
                           int64_t size, CancelSource* cancel) {
  HttpRequest request;
  request.method = "PUT";
  request.url = upload.location;
  request.url.query +=
      (request.url.query.empty() ? "digest=" : "&digest=") + api::EscapeQuery(digest);
  request.headers.Set("Content-Type", "application/octet-stream");
  request.upload = &content;
  request.upload_size = size;
  BUOY_ASSIGN(auto answer, registry_->Do(std::move(request), cancel));
  return Succeeded(answer->status()) ? Ok() : Status(ErrorOf(*answer));
}

}  // namespace buoy::distribution
