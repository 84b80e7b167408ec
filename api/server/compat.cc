#include "api/server/compat.h"

#include <algorithm>

#include "api/http/headers.h"
#include "common/json/codec.h"

namespace buoy::api {

namespace {

using json::Json;

// Runs `edit` on the parsed text; text that cannot be parsed goes through as it is.
template <class Edit>
std::string Edited(std::string text, Edit edit) {
  Result<Json> parsed = json::Parse(text);
  if (!parsed.ok()) return text;
  edit(*parsed);
  return json::Dump(*parsed);
}

void AddVirtualSizes(Json& images) {
  for (auto& image : images) {
    if (image.is_object() && image.contains("Size")) image["VirtualSize"] = image["Size"];
  }
}

// What of a container's config is an image's, without empty fields: since 1.50.
Json OnlyImages(const Json& config) {
  Json out = Json::object();
  for (const char* key :
       {"User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels",
        "StopSignal", "ArgsEscaped", "Healthcheck", "OnBuild", "Shell"}) {
    auto found = config.find(key);
    if (found == config.end() || found->is_null() || *found == Json("") || *found == Json(false) ||
        ((found->is_array() || found->is_object()) && found->empty())) {
      continue;
    }
    out[key] = *found;
  }
  return out;
}

bool IsEmptyList(const Json& object, const char* name) {
  auto found = object.find(name);
  return found == object.end() || found->empty();
}

void AddAlias(Json& aliases, const std::string& alias) {
  if (alias.empty()) return;
  if (!aliases.is_array()) aliases = Json::array();
  if (std::find(aliases.begin(), aliases.end(), Json(alias)) == aliases.end()) {
    aliases.push_back(alias);
  }
}

bool IsUserDefinedNetwork(const std::string& name) {
  return name != "bridge" && name != "host" && name != "none" && name != "default" &&
         !name.starts_with("container:");
}

}  // namespace

std::string ImagesJsonFor(ApiVersion version, std::string list) {
  if (version >= ApiVersion{1, 51}) return list;
  return Edited(std::move(list), [version](Json& images) {
    for (auto& image : images) {
      image["Containers"] = -1;
      if (version < ApiVersion{1, 43} && IsEmptyList(image, "RepoTags") &&
          IsEmptyList(image, "RepoDigests")) {
        image["RepoTags"] = Json::array({"<none>:<none>"});
        image["RepoDigests"] = Json::array({"<none>@<none>"});
      }
    }
    if (version < ApiVersion{1, 44}) AddVirtualSizes(images);
  });
}

std::string ImageInspectJsonFor(ApiVersion version, std::string inspect) {
  if (version < ApiVersion{1, 50} && version >= ApiVersion{1, 45}) return inspect;
  return Edited(std::move(inspect), [version](Json& image) {
    if (version >= ApiVersion{1, 50}) {
      if (auto config = image.find("Config"); config != image.end()) *config = OnlyImages(*config);
      return;
    }
    image["Container"] = "";
    image["ContainerConfig"] = nullptr;
    if (version >= ApiVersion{1, 44}) return;
    image["VirtualSize"] = image["Size"];
    if (!image.contains("Created")) image["Created"] = "0001-01-01T00:00:00Z";
  });
}

std::string ContainersJsonFor(ApiVersion version, std::string list) {
  if (version >= ApiVersion{1, 46}) return list;
  return Edited(std::move(list), [](Json& containers) {
    for (auto& container : containers) {
      if (auto host = container.find("HostConfig"); host != container.end() && host->is_object()) {
        host->erase("Annotations");
      }
    }
  });
}

std::string ContainerInspectJsonFor(ApiVersion version, std::string inspect) {
  if (version >= ApiVersion{1, 45}) return inspect;
  return Edited(std::move(inspect), [](Json& container) {
    std::string short_id = container.value("Id", "").substr(0, 12);
    std::string hostname;
    if (container.contains("Config")) hostname = container["Config"].value("Hostname", "");
    if (!container.contains("NetworkSettings")) return;
    auto& networks = container["NetworkSettings"]["Networks"];
    if (!networks.is_object()) return;
    for (auto it = networks.begin(); it != networks.end(); ++it) {
      if (!IsUserDefinedNetwork(it.key()) || !it.value().is_object()) continue;
      AddAlias(it.value()["Aliases"], short_id);
      AddAlias(it.value()["Aliases"], hostname);
    }
  });
}

std::string InfoJsonFor(ApiVersion version, std::string info) {
  return Edited(std::move(info), [version](Json& out) {
    for (const char* name : {"ContainerdCommit", "RuncCommit", "InitCommit"}) {
      auto found = out.find(name);
      if (found == out.end() || !found->is_object()) continue;
      if (version < ApiVersion{1, 49}) {
        (*found)["Expected"] = found->value("ID", "");
      } else {
        found->erase("Expected");
      }
    }
    if (version < ApiVersion{1, 50}) {
      out["BridgeNfIptables"] = false;
      out["BridgeNfIp6tables"] = false;
    }
    if (auto registry = out.find("RegistryConfig");
        registry != out.end() && registry->is_object() && version >= ApiVersion{1, 47}) {
      registry->erase("AllowNondistributableArtifactsCIDRs");
      registry->erase("AllowNondistributableArtifactsHostnames");
    }
  });
}

std::string DiskUsageJsonFor(ApiVersion version, std::string usage) {
  if (version >= ApiVersion{1, 44}) return usage;
  return Edited(std::move(usage), [](Json& out) {
    if (out.contains("Images") && out["Images"].is_array()) AddVirtualSizes(out["Images"]);
  });
}

bool HasContainerConfig(const std::string& body) {
  Result<Json> parsed = json::Parse(body);
  if (!parsed.ok() || !parsed->is_object()) return false;
  for (auto it = parsed->begin(); it != parsed->end(); ++it) {
    if (!EqualNoCase(it.key(), "HostConfig") && !EqualNoCase(it.key(), "NetworkingConfig")) {
      return true;
    }
  }
  return false;
}

}  // namespace buoy::api
