#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "common/result/result.h"

namespace buoy {

// A normalised image reference: domain/path[:tag][@digest], as in
// "docker.io/library/busybox:latest". Always has a domain and a path.
class Reference {
 public:
  // Docker's "familiar" input: "busybox", "host:5000/a/b:tag@sha256:...". Errors are
  // kInvalidArgument with the texts of Docker's reference library.
  static Result<Reference> ParseNormalized(std::string_view text);
  // The same for what may be an ID: 64 hex digits or a bare digest are refused by ParseNormalized,
  // and this says whether `text` is one; then the digest is returned in *digest.
  static bool IsIdentifier(std::string_view text, std::string* digest);

  const std::string& domain() const { return domain_; }
  const std::string& path() const { return path_; }
  const std::string& tag() const { return tag_; }
  const std::string& digest() const { return digest_; }
  bool has_tag() const { return !tag_.empty(); }
  bool has_digest() const { return !digest_.empty(); }
  bool IsNameOnly() const { return tag_.empty() && digest_.empty(); }

  // "docker.io/library/busybox"
  std::string Name() const { return domain_ + "/" + path_; }
  // Name() with tag and digest.
  std::string String() const { return Name() + Suffix(); }
  // "busybox"
  std::string FamiliarName() const;
  // "busybox:latest"
  std::string FamiliarString() const { return FamiliarName() + Suffix(); }

  // The reference with tag "latest" when it has neither tag nor digest.
  Reference WithDefaultTag() const;
  // Only the name.
  Reference Trimmed() const;
  // kInvalidArgument "invalid tag format" / "invalid digest format".
  Result<Reference> WithTag(std::string_view tag) const;
  Result<Reference> WithDigest(std::string_view digest) const;

  bool operator==(const Reference&) const = default;
  auto operator<=>(const Reference&) const = default;

 private:
  std::string Suffix() const {
    return (tag_.empty() ? "" : ":" + tag_) + (digest_.empty() ? "" : "@" + digest_);
  }

  std::string domain_, path_, tag_, digest_;
};

// The grammar's terminals, for those who check parts alone.
bool IsValidTag(std::string_view tag);
bool IsValidDomain(std::string_view domain);    // host[:port]
bool IsValidRemoteName(std::string_view path);  // "library/busybox"

// path.Match of Go: "*", "?", "[a-z]", "\\x"; '/' is matched only by '/'. As in the `reference`
// filter. kInvalidArgument "syntax error in pattern" for a malformed pattern.
Result<bool> MatchPattern(std::string_view pattern, std::string_view text);
// Docker's FamiliarMatch: the pattern against "name:tag" and, failing that, against "name".
Result<bool> FamiliarMatch(std::string_view pattern, const Reference& reference);

}  // namespace buoy
