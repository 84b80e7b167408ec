// The few functions that std::string, std::vector and std::function need from libstdc++.so,
// so that the linker takes nothing of libstdc++.a: no exceptions, no locales, no iostreams.
// Running out of memory or a broken invariant ends the process.
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

[[noreturn]] void Die(const char* what) {
  if (write(STDERR_FILENO, what, strlen(what)) < 0) abort();
  abort();
}

void* Allocate(size_t size) {
  void* memory = malloc(size == 0 ? 1 : size);
  if (memory == nullptr) Die("buoy-shim: out of memory\n");
  return memory;
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { free(memory); }
void operator delete[](void* memory) noexcept { free(memory); }
void operator delete(void* memory, size_t) noexcept { free(memory); }
void operator delete[](void* memory, size_t) noexcept { free(memory); }

extern "C" void __cxa_pure_virtual() { Die("buoy-shim: pure virtual call\n"); }

namespace std {
void __throw_length_error(const char*) { Die("buoy-shim: length_error\n"); }
void __throw_logic_error(const char*) { Die("buoy-shim: logic_error\n"); }
void __throw_out_of_range(const char*) { Die("buoy-shim: out_of_range\n"); }
void __throw_out_of_range_fmt(const char*, ...) { Die("buoy-shim: out_of_range\n"); }
void __throw_bad_alloc() { Die("buoy-shim: bad_alloc\n"); }
void __throw_bad_array_new_length() { Die("buoy-shim: bad_array_new_length\n"); }
void __throw_bad_function_call() { Die("buoy-shim: bad_function_call\n"); }
}  // namespace std
