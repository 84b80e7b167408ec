#pragma once

namespace buoy::shim {

// The one thread's scratch space for reads; never kept across a call.
inline constexpr unsigned kIoBufferSize = 64 * 1024;
extern char g_io_buffer[kIoBufferSize];

}  // namespace buoy::shim
