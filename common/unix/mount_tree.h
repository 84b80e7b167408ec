#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy {

// Mount trees by descriptor: what was opened is what gets mounted, whatever becomes of its path.

// A copy of what is mounted at `fd` (O_PATH, file or folder) and below it, attached nowhere: it
// lives as long as the descriptor or until attached. Changes of mounts do not propagate to or from
// it. `fd` must be in the caller's mount namespace.
Result<Fd> CloneTree(int fd, bool recursive = true);
// Of a copy that is attached nowhere.
Status MakeTreeReadOnly(int tree_fd, bool recursive = true);
// Attaches a copy at an open file or folder; the descriptor goes on to work.
Status AttachTree(int tree_fd, int target_fd);

// A root folder with copies mounted in it, in a mount namespace that holds nothing else and ends
// with this object: nobody else sees the mounts, and a crash leaves none.
class PrivateRoot {
 public:
  struct Tree {
    Fd fd;                    // of CloneTree
    std::string destination;  // absolute, in the root; made when missing, symlinks stay inside
    bool is_folder = true;
  };
  // `root` is a mount point. Trees are attached in the order given.
  static Result<PrivateRoot> Create(const std::string& root, const std::vector<Tree>& trees);

  int root_fd() const { return root_.get(); }  // O_PATH folder

 private:
  Fd root_, namespace_;
};

}  // namespace buoy
