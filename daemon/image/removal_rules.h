#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/reference/reference.h"
#include "common/result/result.h"

// Docker's rules of what may be removed, without doing anything.
namespace buoy::image {

// A container that uses an image.
struct ImageUser {
  std::string container_id;
};

// What may stand in the way of deleting an image.
struct ImageTies {
  bool has_children = false;
  bool has_references = false;
  std::optional<ImageUser> running, stopped;
};

struct DeleteConflict {
  bool hard = false;  // force does not help
  bool used = false;  // by a container
  std::string reason;

  Error ToError(const std::string& image_id) const;
};

// The first conflict; with `force`, hard ones only. `references_matter` = false: the references
// are about to be removed with the image.
std::optional<DeleteConflict> FindConflict(const ImageTies& ties, bool force,
                                           bool references_matter = true);

// Whether the image has at most one tag, and digests at most in that tag's repository.
bool IsSingleReference(const std::vector<Reference>& references);

// Whether what the user gave is (a prefix of) the ID, with or without "sha256:".
bool IsIdPrefix(const std::string& id, const std::string& text);

// The digest references that go with a tag of the same repository when it was its last one there.
std::vector<Reference> OrphanedDigests(const Reference& removed,
                                       const std::vector<Reference>& remaining);

// "unable to remove repository reference": the only name of an image that a container uses.
Error ReferenceInUse(const std::string& ref, const ImageUser& user, const std::string& image_id);

}  // namespace buoy::image
