#pragma once

#include <string>
#include <string_view>

namespace buoy::server {

// Tells systemd ("READY=1", "STOPPING=1", "RELOADING=1", "STATUS=..."), as sd_notify(3) describes;
// without NOTIFY_SOCKET nothing happens.
void NotifyServiceManager(std::string_view state);
// "RELOADING=1" with the time that Type=notify-reload wants to see.
std::string ReloadingState();
// Puts a descriptor into systemd's fd store, where it outlives this process (FileDescriptorStoreMax
// of the unit). False without a service manager.
bool StoreDescriptor(int fd, const std::string& name);

}  // namespace buoy::server
