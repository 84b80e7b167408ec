#include "daemon/storage/tree_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include "common/unix/fd.h"

namespace buoy::storage {

namespace {

class NullSink : public ByteSink {
 public:
  Status Write(std::string_view) override { return Ok(); }
};

}  // namespace

Status CopyTree(int from_fd, int to_fd, bool apply_whiteouts) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoError("pipe");
  Fd read_end(ends[0]), write_end(ends[1]);
  PackOptions pack;
  pack.overlay_whiteouts = apply_whiteouts;
  pack.truncate_times = false;
  Status packed;
  std::thread packer([&] {
    FdSink sink(write_end.get());
    packed = PackFolder(from_fd, sink, pack);
    write_end = Fd();
  });
  UnpackTarOptions unpack;
  unpack.whiteouts = apply_whiteouts ? Whiteouts::kApply : Whiteouts::kLiteral;
  FdSource source(read_end.get());
  auto unpacked = UnpackTar(to_fd, source, unpack);
  NullSink rest;  // also after an error: the packer must come to its end
  auto drained = CopyStream(source, rest);
  packer.join();
  BUOY_TRY(packed);
  if (!unpacked.ok()) return std::move(unpacked).error();
  if (!drained.ok()) return std::move(drained).error();
  return Ok();
}

}  // namespace buoy::storage
