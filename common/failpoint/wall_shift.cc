#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace buoy::failpoint {

int64_t WallShift();

namespace {

const int64_t kNone = 0;

const volatile int64_t* MapShift() {
  const char* path = getenv("BUOY_WALL_SHIFT");
  if (path == nullptr) return &kNone;
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return &kNone;
  void* page = mmap(nullptr, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  return page == MAP_FAILED ? &kNone : static_cast<const int64_t*>(page);
}

}  // namespace

// Nanoseconds to be added to the wall clock, for tests of clock jumps (CLOCK_REALTIME is in no
// namespace): what the file named by BUOY_WALL_SHIFT (8 bytes, native order, mapped at the first
// call) holds now; 0 without one.
int64_t WallShift() {
  static const volatile int64_t* const shift = MapShift();
  return *shift;
}

}  // namespace buoy::failpoint
