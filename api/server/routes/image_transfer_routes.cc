#include <poll.h>

#include "api/server/progress.h"
#include "api/server/routes/routes.h"
#include "api/server/status.h"
#include "common/reference/reference.h"

namespace buoy::api {

namespace {

// The "platform" parameter of load, save and their like, which came with 1.48.
Result<std::string> TransferPlatform(const ApiRequest& request) {
  if (request.Before({1, 48})) return std::string();
  auto platforms = request.query().All("platform");
  if (platforms.size() > 1) {
    return InvalidArgument(
        "multiple platform parameters are not supported in this API version; use API version 1.52 "
        "or later");
  }
  if (platforms.empty()) return std::string();
  return ParsePlatformJson(platforms[0]);
}

// Whether the client has closed its end, so that nobody waits for the answer any more.
std::function<bool()> ClientGone(ApiRequest& request) {
  return [fd = request.client_fd()] {
    pollfd entry{fd, POLLRDHUP, 0};
    return poll(&entry, 1, 0) > 0 && (entry.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
  };
}

Status Pull(ImageBackend& backend, ApiRequest& request) {
  ImagePullOptions options;
  options.reference = request.Get("fromImage");
  // "pull -a" may send an image name with a trailing colon.
  if (options.reference.ends_with(':')) options.reference.pop_back();
  options.tag = request.Get("tag");
  if (!request.Before({1, 32})) options.platform = request.Get("platform");
  options.registry_auth = request.header("X-Registry-Auth");
  BUOY_ASSIGN(Reference reference, Reference::ParseNormalized(options.reference));
  if (!options.tag.empty()) {
    bool is_digest = options.tag.find(':') != std::string::npos;
    BUOY_TRY(is_digest ? reference.Trimmed().WithDigest(options.tag)
                       : reference.WithTag(options.tag));
  }
  if (reference.FamiliarName() == "scratch") return Forbidden("'scratch' is a reserved name");
  options.all_tags = options.tag.empty() && reference.IsNameOnly();
  options.client_gone = ClientGone(request);
  ProgressStream progress(request);
  return progress.Finish(backend.Pull(options, progress.sink()));
}

Status Import(ImageBackend& backend, ApiRequest& request) {
  ImageImportOptions options;
  std::string source = request.Get("fromSrc");
  options.repo = request.Get("repo");
  options.tag = request.Get("tag");
  options.message = request.Get("message");
  if (options.message.empty()) options.message = "Imported from " + source;
  if (!request.Before({1, 32})) options.platform = request.Get("platform");
  options.changes = request.query().All("changes");
  ProgressStream progress(request);
  if (source == "-") {
    return progress.Finish(backend.Import(request.body(), options, progress.sink()));
  }
  if (source.find("://") == std::string::npos) source = "http://" + source;
  BUOY_ASSIGN(auto remote, backend.OpenUrl(source));
  BUOY_TRY(progress.Write(ProgressStream::StatusLine("Downloading from " + source)));
  return progress.Finish(backend.Import(*remote, options, progress.sink()));
}

Status Create(ImageBackend& backend, ApiRequest& request) {
  return request.Get("fromImage").empty() ? Import(backend, request) : Pull(backend, request);
}

Status Push(ImageBackend& backend, ApiRequest& request) {
  if (!request.Before({1, 46})) {
    std::string tag = request.Get("tag");
    std::string ref = request.var() + (tag.empty() ? "" : ":" + tag);
    BUOY_TRY(CheckImagePlatform(backend, ref, request.Get("platform")));
  }
  ProgressStream progress(request);
  ImagePushOptions options;
  options.reference = request.var();
  options.tag = request.Get("tag");
  options.registry_auth = request.header("X-Registry-Auth");
  options.client_gone = ClientGone(request);
  return progress.Finish(backend.Push(options, progress.sink()));
}

Status Load(ImageBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(std::string platform, TransferPlatform(request));
  bool quiet = request.BoolOr("quiet", true);
  ProgressStream progress(request);
  return progress.FinishInStream(backend.Load(request.body(), quiet, platform, progress.sink()));
}

Status Save(ImageBackend& backend, ApiRequest& request, const std::vector<std::string>& names) {
  BUOY_ASSIGN(std::string platform, TransferPlatform(request));
  return backend.Save(names, platform, [&request]() -> Result<ByteSink*> {
    return request.StartStream("application/x-tar");
  });
}

Status SaveMany(ImageBackend& backend, ApiRequest& request) {
  return Save(backend, request, request.query().All("names"));
}

Status SaveOne(ImageBackend& backend, ApiRequest& request) {
  return Save(backend, request, {request.var()});
}

Status Auth(ImageBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(std::string config, ReadAll(request.body(), 1u << 20));
  BUOY_ASSIGN(std::string token, backend.Authenticate(config));
  return request.ReplyJson(
      200, "{\"IdentityToken\":" + JsonQuote(token) + ",\"Status\":\"Login Succeeded\"}");
}

constexpr RouteRow<ImageBackend> kRoutes[] = {
    {"POST", "/images/create", {1, 24}, Create},     {"POST", "/images/load", {1, 24}, Load, true},
    {"POST", "/images/{name}/push", {1, 24}, Push},  {"GET", "/images/get", {1, 24}, SaveMany},
    {"GET", "/images/{name}/get", {1, 24}, SaveOne}, {"POST", "/auth", {1, 24}, Auth},
};

}  // namespace

std::vector<Route> ImageTransferRoutes(ImageBackend& backend) {
  return BindRoutes(backend, kRoutes);
}

}  // namespace buoy::api
