#include <charconv>

#include "api/distribution/endpoints.h"
#include "api/distribution/errors.h"
#include "api/http/query.h"
#include "common/base64/base64.h"
#include "common/json/codec.h"
#include "daemon/registry/registry_service.h"

namespace buoy::registry {

namespace {

constexpr size_t kMaxAnswer = 8u << 20;
constexpr int kDefaultLimit = 25;

struct Wanted {
  std::optional<bool> official;
  bool automated = false;
  int stars = 0;
};

Result<bool> BoolFilter(const std::string& name, const std::set<std::string>& values) {
  const bool yes = values.contains("1") || values.contains("true");
  const bool no = values.contains("0") || values.contains("false");
  if (yes == no || values.size() != 1) {
    std::string text;
    for (const auto& value : values) text += (text.empty() ? "" : " ") + value;
    return InvalidArgument("invalid filter '" + name + "=[" + text + "]'");
  }
  return yes;
}

Result<Wanted> ParseFilters(const api::Filters& filters) {
  Wanted wanted;
  for (const auto& [name, values] : filters) {
    if (values.empty()) continue;
    if (name == "is-official") {
      BUOY_ASSIGN(bool official, BoolFilter(name, values));
      wanted.official = official;
    } else if (name == "is-automated") {
      BUOY_ASSIGN(wanted.automated, BoolFilter(name, values));
    } else if (name == "stars") {
      for (const auto& value : values) {
        int stars = 0;
        auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), stars);
        if (code != std::errc() || end != value.data() + value.size()) {
          return InvalidArgument("invalid filter 'stars=" + value + "'");
        }
        wanted.stars = std::max(wanted.stars, stars);
      }
    } else {
      return InvalidArgument("invalid filter '" + name + "'");
    }
  }
  return wanted;
}

// The registry ("" = Docker Hub's index) and what to look for there.
std::pair<std::string, std::string> SplitTerm(const std::string& term) {
  size_t slash = term.find('/');
  std::string first = term.substr(0, slash);
  if (slash == std::string::npos ||
      (first.find_first_of(".:") == std::string::npos && first != "localhost")) {
    return {"", term.starts_with("library/") ? term.substr(8) : term};
  }
  return {first, term.substr(slash + 1)};
}

types::ImageSearchResult ParseResult(const json::Json& item) {
  types::ImageSearchResult result;
  auto text = [&](const char* name) {
    auto found = item.find(name);
    return found != item.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  result.name = text("name");
  result.description = text("description");
  if (auto found = item.find("star_count"); found != item.end() && found->is_number_integer()) {
    result.star_count = found->get<int>();
  }
  if (auto found = item.find("is_official"); found != item.end() && found->is_boolean()) {
    result.is_official = found->get<bool>();
  }
  return result;
}

}  // namespace

Result<std::vector<types::ImageSearchResult>> RegistryService::Search(
    const std::string& term, int limit, const api::Filters& filters,
    const distribution::Credentials& credentials) {
  BUOY_ASSIGN(Wanted wanted, ParseFilters(filters));
  if (wanted.automated) return std::vector<types::ImageSearchResult>();
  if (term.find("://") != std::string::npos) {
    return InvalidArgument("invalid repository name: repository name (" + term +
                           ") should not have a scheme");
  }
  if (limit == 0) limit = kDefaultLimit;
  if (limit < 1 || limit > 100) {
    return InvalidArgument("limit " + std::to_string(limit) + " is outside the range of [1, 100]");
  }
  auto [host, remote] = SplitTerm(term);
  BUOY_ASSIGN(auto endpoints,
              host.empty() ? [&]() -> Result<std::vector<distribution::Endpoint>> {
                BUOY_ASSIGN(auto hub, distribution::EndpointAt(settings(), std::string("https://") + distribution::kIndexHost));
                return std::vector<distribution::Endpoint>{std::move(hub)};
              }()
                           : distribution::EndpointsOf(settings(), host, false));
  Result<std::unique_ptr<distribution::HttpResponse>> answer = Internal("no endpoints");
  std::vector<std::unique_ptr<distribution::HttpClient>> clients;  // outlive the answer
  for (const auto& endpoint : endpoints) {
    distribution::HttpRequest request;
    request.url = endpoint.url;
    request.url.path = "/v1/search";
    request.url.query = api::Query{{"q", remote}, {"n", std::to_string(limit)}}.Encode();
    if (endpoint.url.is_https() && !credentials.username.empty() && !credentials.password.empty()) {
      request.headers.Set("Authorization", "Basic " + Base64Encode(credentials.username + ":" +
                                                                   credentials.password));
    }
    clients.push_back(std::make_unique<distribution::HttpClient>(endpoint.http));
    answer = clients.back()->Send(request, nullptr);
    if (answer.ok()) break;
  }
  if (!answer.ok()) return std::move(answer).error();
  if ((*answer)->status() != 200) {
    auto error = Internal("unexpected status code " + std::to_string((*answer)->status()));
    answer = Internal("");
    return error;
  }
  auto body = ReadAll(**answer, kMaxAnswer);
  answer = Internal("");  // before its client
  if (!body.ok()) return std::move(body).error();
  auto parsed = json::Parse(*body);
  if (!parsed.ok() || !parsed->is_object()) {
    return Internal("error decoding registry search results");
  }
  std::vector<types::ImageSearchResult> results;
  auto list = parsed->find("results");
  if (list == parsed->end() || !list->is_array()) return results;
  for (const auto& item : *list) {
    if (!item.is_object()) continue;
    auto result = ParseResult(item);
    if (wanted.official && *wanted.official != result.is_official) continue;
    if (result.star_count >= wanted.stars) results.push_back(std::move(result));
  }
  return results;
}

}  // namespace buoy::registry
