#include "common/reference/reference.h"

#include <algorithm>
#include <cctype>

#include "common/digest/digest.h"
#include "common/reference/grammar.h"

namespace buoy {

namespace {

constexpr std::string_view kDefaultDomain = "docker.io";
constexpr std::string_view kLegacyDomain = "index.docker.io";
constexpr std::string_view kOfficial = "library/";
constexpr size_t kMaxPath = 255;

std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return c < 128 ? std::tolower(c) : c; });
  return lower;
}

// The domain (with Docker Hub's aliases resolved) and the remainder, before any validation.
std::pair<std::string, std::string> SplitDomain(std::string_view name) {
  size_t slash = name.find('/');
  if (slash == std::string_view::npos) {
    return {std::string(kDefaultDomain), std::string(kOfficial).append(name)};
  }
  std::string_view first = name.substr(0, slash);
  std::string domain(first), rest(name.substr(slash + 1));
  if (first == kLegacyDomain) {
    domain = kDefaultDomain;
  } else if (first != "localhost" && first.find_first_of(".:") == std::string_view::npos &&
             ToLower(first) == first) {
    domain = kDefaultDomain;
    rest = name;
  }
  if (domain == kDefaultDomain && rest.find('/') == std::string::npos) {
    rest = std::string(kOfficial) + rest;
  }
  return {domain, rest};
}

struct Parts {
  std::string_view path, tag, digest;
};

// Splits path[:tag][@digest] by the grammar; false = no match.
bool SplitRemainder(std::string_view text, Parts* parts) {
  size_t at = text.find('@');
  if (at != std::string_view::npos) {
    parts->digest = text.substr(at + 1);
    if (!grammar::IsDigestPattern(parts->digest)) return false;
    text = text.substr(0, at);
  }
  size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    parts->tag = text.substr(colon + 1);
    if (!IsValidTag(parts->tag)) return false;
    text = text.substr(0, colon);
  }
  parts->path = text;
  return IsValidRemoteName(text);
}

}  // namespace

Result<Reference> Reference::ParseNormalized(std::string_view text) {
  if (IsHex64(text)) {
    return InvalidArgument("invalid repository name (" + std::string(text) +
                           "), cannot specify 64-byte hexadecimal strings");
  }
  auto [domain, rest] = SplitDomain(text);
  std::string remote = rest.substr(0, rest.find(':'));
  if (ToLower(remote) != remote) {
    return InvalidArgument("invalid reference format: repository name (" + remote +
                           ") must be lowercase");
  }
  Parts parts;
  if (!IsValidDomain(domain) || !SplitRemainder(rest, &parts)) {
    return InvalidArgument("invalid reference format");
  }
  if (parts.path.size() > kMaxPath) {
    return InvalidArgument("repository name must not be more than 255 characters");
  }
  if (!parts.digest.empty()) BUOY_TRY(ValidateDigest(parts.digest));
  Reference reference;
  reference.domain_ = domain;
  reference.path_ = parts.path;
  reference.tag_ = parts.tag;
  reference.digest_ = parts.digest;
  return reference;
}

bool Reference::IsIdentifier(std::string_view text, std::string* digest) {
  if (IsHex64(text)) {
    *digest = HexDigest(text);
    return true;
  }
  if (!IsDigest(text)) return false;
  *digest = text;
  return true;
}

std::string Reference::FamiliarName() const {
  if (domain_ != kDefaultDomain) return Name();
  if (path_.starts_with(kOfficial)) {
    std::string rest = path_.substr(kOfficial.size());
    if (rest.find('/') == std::string::npos) return rest;
  }
  return path_;
}

Reference Reference::WithDefaultTag() const {
  Reference copy = *this;
  if (IsNameOnly()) copy.tag_ = "latest";
  return copy;
}

Reference Reference::Trimmed() const {
  Reference copy = *this;
  copy.tag_.clear();
  copy.digest_.clear();
  return copy;
}

Result<Reference> Reference::WithTag(std::string_view tag) const {
  if (!IsValidTag(tag)) return InvalidArgument("invalid tag format");
  Reference copy = *this;
  copy.tag_ = tag;
  return copy;
}

Result<Reference> Reference::WithDigest(std::string_view digest) const {
  if (!IsDigest(digest)) return InvalidArgument("invalid digest format");
  Reference copy = *this;
  copy.digest_ = digest;
  return copy;
}

Result<bool> FamiliarMatch(std::string_view pattern, const Reference& reference) {
  BUOY_ASSIGN(bool whole, MatchPattern(pattern, reference.FamiliarString()));
  if (whole) return true;
  return MatchPattern(pattern, reference.FamiliarName());
}

}  // namespace buoy
