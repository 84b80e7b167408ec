#include "daemon/authorization/plugin_chain.h"

#include <set>

#include <nlohmann/json.hpp>

#include "common/base64/base64.h"
#include "common/json/codec.h"
#include "daemon/logging/log.h"
#include "daemon/plugin/load.h"

namespace buoy::authorization {
namespace {

using Patience = plugin::PluginClient::Patience;

// As Go's encoder writes the Request: []byte in base64, nothing that is empty.
std::string RequestJson(const api::AuthorizationFacts& facts) {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  const auto text = [&out](const char* key, const std::string& value) {
    if (!value.empty()) out[key] = value;
  };
  text("User", facts.user);
  text("UserAuthNMethod", facts.user_method);
  text("RequestMethod", facts.method);
  text("RequestUri", facts.uri);
  text("RequestBody", Base64Encode(facts.body));
  if (!facts.headers.empty()) out["RequestHeaders"] = facts.headers;
  for (const auto& pem : facts.peer_certificates) {
    out["RequestPeerCertificates"].push_back(Base64Encode(pem));
  }
  if (facts.status != 0) out["ResponseStatusCode"] = facts.status;
  text("ResponseBody", Base64Encode(facts.answer));
  if (!facts.answer_headers.empty()) out["ResponseHeaders"] = facts.answer_headers;
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

struct Verdict {
  bool allow = false;
  std::string message;
};

Result<Verdict> ParseVerdict(const std::string& text) {
  BUOY_ASSIGN(json::Json answer, json::Parse(text));
  Verdict verdict;
  if (!answer.is_object()) return verdict;
  if (auto at = answer.find("Allow"); at != answer.end() && at->is_boolean()) {
    verdict.allow = at->get<bool>();
  }
  if (auto at = answer.find("Msg"); at != answer.end() && at->is_string()) {
    verdict.message = at->get<std::string>();
  }
  return verdict;
}

}  // namespace

Result<std::shared_ptr<const PluginChain::Links>> PluginChain::Load(
    const std::vector<std::string>& names, Patience patience) {
  auto links = std::make_shared<Links>();
  std::set<std::string> seen;
  for (const auto& name : names) {
    if (!seen.insert(name).second) continue;
    BUOY_ASSIGN(plugin::PluginClient client, plugin::LoadPlugin({}, name, "authz", patience));
    links->push_back({name, std::move(client)});
  }
  return std::shared_ptr<const Links>(std::move(links));
}

void PluginChain::Set(std::shared_ptr<const Links> links) {
  std::lock_guard lock(mutex_);
  links_ = std::move(links);
  wanted_ = !links_->empty();
}

Status PluginChain::CheckRequest(const api::AuthorizationFacts& facts) {
  Status allowed = Ask("AuthZPlugin.AuthZReq", facts);
  if (!allowed.ok()) {
    log::Error("AuthZRequest for " + facts.method + " " + facts.uri +
               " returned error: " + allowed.error().message());
  }
  return allowed;
}

Status PluginChain::CheckAnswer(const api::AuthorizationFacts& facts) {
  Status allowed = Ask("AuthZPlugin.AuthZRes", facts);
  if (!allowed.ok()) {
    log::Error("AuthZResponse for " + facts.method + " " + facts.uri +
               " returned error: " + allowed.error().message());
  }
  return allowed;
}

Status PluginChain::Ask(const char* method, const api::AuthorizationFacts& facts) {
  std::shared_ptr<const Links> links;
  {
    std::lock_guard lock(mutex_);
    links = links_;
  }
  const std::string request = RequestJson(facts);
  for (const Link& link : *links) {
    auto answer = link.client.Call(method, request, Patience::kRetry);
    auto verdict = answer.ok() ? ParseVerdict(*answer) : Result<Verdict>(answer.error());
    if (!verdict.ok()) {
      return Internal("plugin " + link.name + " failed with error: " + verdict.error().message());
    }
    if (!verdict->allow) {
      return Forbidden("authorization denied by plugin " + link.name + ": " + verdict->message);
    }
  }
  return Ok();
}

}  // namespace buoy::authorization
