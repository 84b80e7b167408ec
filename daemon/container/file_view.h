#pragma once

#include <memory>
#include <string>

#include "common/unix/mount_tree.h"
#include "daemon/container/engine.h"

namespace buoy::container {

// A container's file system with everything that is mounted in it, seen from outside. Resolve paths
// only with OpenInRoot: the container may change what they mean at any time.
//
// As with Docker that is its root file system, its volumes, binds and images; no tmpfs and nothing
// of the kernel (/proc, /sys). They are mounted in a private mount namespace; what a container that
// does not run needs on the host for that is mounted as for a start, until the last view closes.
class FileView {
 public:
  static Result<std::unique_ptr<FileView>> Open(Engine& engine, const ContainerPtr& container);
  ~FileView();
  FileView(const FileView&) = delete;
  FileView& operator=(const FileView&) = delete;

  int root_fd() const { return root_.root_fd(); }
  const ContainerData& data() const { return data_; }

 private:
  FileView(Engine& engine, ContainerPtr container, ContainerData data)
      : engine_(engine), container_(std::move(container)), data_(std::move(data)) {}
  Status OpenLocked();
  void CloseLocked();

  Engine& engine_;
  ContainerPtr container_;
  ContainerData data_;
  PrivateRoot root_;
  bool counted_ = false;  // in container_->file_views
};

}  // namespace buoy::container
