#include "daemon/server/memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace buoy::server {
namespace {

// The linker keeps the list of objects locked while this runs. What it relocated is in writable
// segments and stays.
int DropReadOnlySegments(dl_phdr_info* object, size_t, void*) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const uintptr_t start = object->dlpi_addr + segment.p_vaddr;
    const uintptr_t begin = start & ~(page - 1);
    madvise(reinterpret_cast<void*>(begin), start + segment.p_memsz - begin, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void ReleaseIdleMemory() {
  malloc_trim(0);
  dl_iterate_phdr(DropReadOnlySegments, nullptr);
}

}  // namespace buoy::server
