#pragma once

#include <string>
#include <vector>

#include "common/types/image.h"
#include "daemon/image/context.h"
#include "daemon/image/removal_rules.h"

namespace buoy::image {

// Untags and deletes images in the database and keeps the record of it. The layers on disk are
// collected afterwards, by the caller. Used under the lock of what changes names.
class Removal {
 public:
  explicit Removal(const Context& context) : context_(context) {}

  // `docker rmi REF`: what was done before an error stays done.
  Status Remove(const std::string& ref, bool force, bool prune_parents);
  // Without a look at containers' use; for references that go one by one.
  Status Untag(const Reference& reference, const std::string& id);

  bool deleted_any() const { return !deleted_.empty(); }
  // The record, each deleted image followed by those of its layers that are in `removed`.
  std::vector<types::ImageDeleteItem> Report(const std::vector<std::string>& removed,
                                             int64_t* bytes = nullptr) const;

 private:
  struct Deleted {
    size_t record;  // index in records_
    std::vector<ImageLayer> layers;
  };

  // Removes the reference; true = nothing is left to do, the image has other names.
  Result<bool> RemoveReference(const Image& image, const std::string& ref, bool force);
  Status RemoveOnlyReferences(const Image& image, bool force);
  // `quiet`: conflicts only matter when the image is dangling and unused.
  Status Delete(const std::string& id, bool force, bool prune_parents, bool quiet);
  ImageTies TiesOf(const std::string& id) const;

  const Context& context_;
  std::vector<types::ImageDeleteItem> records_;
  std::vector<Deleted> deleted_;
};

}  // namespace buoy::image
