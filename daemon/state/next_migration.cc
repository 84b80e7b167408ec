// A file of its own: the compiler must not know the value where it is used.
#include "daemon/state/migrations.h"

namespace buoy::state {

[[gnu::weak]] extern const char* const kNextMigration = nullptr;

}  // namespace buoy::state
