#include "api/server/compat.h"
#include "api/server/routes/routes.h"

namespace buoy::api {

namespace {

Status List(ImageBackend& backend, ApiRequest& request) {
  ImageListOptions options;
  options.all = request.Bool("all");
  options.digests = request.Bool("digests");
  options.shared_size = !request.Before({1, 42}) && request.Bool("shared-size");
  BUOY_ASSIGN(options.filters, request.filters());
  if (std::string name = request.Get("filter");
      request.Before({1, 25}) && !name.empty() && options.filters["reference"].empty()) {
    options.filters["reference"].insert(name);
  }
  BUOY_ASSIGN(auto images, backend.List(options));
  return request.ReplyJson(200, ImagesJsonFor(request.version(), ToJson(images)));
}

Status CheckPlatform(const types::ImageInspect& image, const std::string& ref,
                     const std::string& platform) {
  if (platform.empty()) return Ok();
  BUOY_ASSIGN(std::string wanted, ParsePlatformJson(platform));
  std::string actual = image.os + "/" + image.architecture;
  // A variant counts when both sides name one.
  bool same =
      wanted == actual || (wanted.starts_with(actual + "/") &&
                           (image.variant.empty() || wanted == actual + "/" + image.variant));
  if (same) return Ok();
  if (!image.variant.empty()) actual += "/" + image.variant;
  return NotFound("image with reference " + ref + " was found but its platform (" + actual +
                  ") does not match the specified platform (" + wanted + ")");
}

Status Inspect(ImageBackend& backend, ApiRequest& request) {
  std::string platform = request.Before({1, 49}) ? "" : request.Get("platform");
  if (!platform.empty() && request.Bool("manifests")) {
    return InvalidArgument(
        "conflicting options: manifests and platform options cannot both be set");
  }
  BUOY_ASSIGN(auto image, backend.Inspect(request.var()));
  BUOY_TRY(CheckPlatform(image, request.var(), platform));
  return request.ReplyJson(200, ImageInspectJsonFor(request.version(), ToJson(image)));
}

Status History(ImageBackend& backend, ApiRequest& request) {
  if (!request.Before({1, 48})) {
    BUOY_TRY(CheckImagePlatform(backend, request.var(), request.Get("platform")));
  }
  BUOY_ASSIGN(auto history, backend.History(request.var()));
  return request.ReplyJsonOf(200, history);
}

Status Tag(ImageBackend& backend, ApiRequest& request) {
  BUOY_TRY(backend.Tag(request.var(), request.Get("repo"), request.Get("tag")));
  return request.ReplyEmpty(201);
}

Status Remove(ImageBackend& backend, ApiRequest& request) {
  if (request.var().find_first_not_of(" \t\r\n") == std::string::npos) {
    return InvalidArgument("image name cannot be blank");
  }
  auto platforms = request.query().All("platforms");
  if (!request.Before({1, 50}) && !platforms.empty()) {
    if (platforms.size() > 1) return InvalidArgument("multiple platforms are not supported");
    BUOY_TRY(CheckImagePlatform(backend, request.var(), platforms[0]));
  }
  BUOY_ASSIGN(auto deleted,
              backend.Remove(request.var(), request.Bool("force"), request.Bool("noprune")));
  return request.ReplyJsonOf(200, deleted);
}

Status Prune(ImageBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(Filters filters, request.filters());
  BUOY_ASSIGN(auto report, backend.Prune(filters));
  return request.ReplyJsonOf(200, report);
}

Status Search(ImageBackend& backend, ApiRequest& request) {
  int limit = 0;
  if (std::string text = request.Get("limit"); !text.empty()) {
    BUOY_ASSIGN_CONTEXT(limit, ParseAtoi(text), "invalid limit specified");
    if (limit < 0) return InvalidArgument("invalid limit specified");
  }
  BUOY_ASSIGN(Filters filters, request.filters());
  BUOY_ASSIGN(auto results, backend.Search(request.Get("term"), limit, filters,
                                           std::string(request.header("X-Registry-Auth"))));
  return request.ReplyJsonOf(200, results);
}

Status InspectDistribution(ImageBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto found, backend.InspectDistribution(
                              request.var(), std::string(request.header("X-Registry-Auth"))));
  return request.ReplyJsonOf(200, found);
}

Status Commit(ImageBackend& backend, ApiRequest& request) {
  ImageCommitOptions options;
  BUOY_ASSIGN(std::string body, request.JsonText());
  if (!body.empty() && body != "null" && body != "null\n") {
    auto config = FromJson<types::ContainerConfig>(body);
    if (!config.ok()) return std::move(config).error().Context("invalid JSON");
    options.config = *std::move(config);
  }
  options.container = request.Get("container");
  options.repo = request.Get("repo");
  options.tag = request.Get("tag");
  options.comment = request.Get("comment");
  options.author = request.Get("author");
  options.pause = request.BoolOr("pause", true);
  options.changes = request.query().All("changes");
  BUOY_ASSIGN(std::string id, backend.Commit(options));
  return request.ReplyJsonOf(201, types::IdResponse{id});
}

constexpr RouteRow<ImageBackend> kRoutes[] = {
    {"GET", "/images/json", {1, 24}, List},
    {"GET", "/images/search", {1, 24}, Search},
    {"GET", "/images/{name}/json", {1, 24}, Inspect},
    {"GET", "/images/{name}/history", {1, 24}, History},
    {"POST", "/images/{name}/tag", {1, 24}, Tag},
    {"POST", "/images/prune", {1, 25}, Prune},
    {"DELETE", "/images/{name}", {1, 24}, Remove},
    {"POST", "/commit", {1, 24}, Commit},
    {"GET", "/distribution/{name}/json", {1, 30}, InspectDistribution},
};

}  // namespace

Status CheckImagePlatform(ImageBackend& backend, const std::string& ref,
                          const std::string& platform) {
  if (platform.empty()) return Ok();
  BUOY_ASSIGN(auto image, backend.Inspect(ref));
  return CheckPlatform(image, ref, platform);
}

std::vector<Route> ImageRoutes(ImageBackend& backend) { return BindRoutes(backend, kRoutes); }

}  // namespace buoy::api
