#include "daemon/network/nft.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <nftables/libnftables.h>
#include <sys/socket.h>

#include <cstdlib>

namespace buoy::network {

namespace {

// libnftables opens its socket without close-on-exec, and a shim must not inherit it.
void CloseNetfilterSocketsOnExec() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return;
  while (dirent* entry = readdir(folder)) {
    int fd = std::atoi(entry->d_name);
    int protocol = -1;
    int domain = -1;
    socklen_t size = sizeof domain;
    if (entry->d_name[0] == '.' || getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 ||
        domain != AF_NETLINK || getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) != 0 ||
        protocol != NETLINK_NETFILTER) {
      continue;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  closedir(folder);
}

bool SaysMissing(const std::string& text) {
  return text.find("No such file or directory") != std::string::npos;
}

}  // namespace

void Nft::Closer::operator()(nft_ctx* context) const { nft_ctx_free(context); }

Result<Nft> Nft::Open() {
  nft_ctx* context = nft_ctx_new(NFT_CTX_DEFAULT);
  if (context == nullptr) return Internal("cannot open nftables");
  Nft nft(context);
  CloseNetfilterSocketsOnExec();
  nft_ctx_buffer_output(context);
  nft_ctx_buffer_error(context);
  return nft;
}

Result<std::string> Nft::Run(const std::string& commands) {
  nft_ctx_output_set_flags(context_.get(), NFT_CTX_OUTPUT_NUMERIC_PROTO);
  int code = nft_run_cmd_from_buffer(context_.get(), commands.c_str());
  std::string output = nft_ctx_get_output_buffer(context_.get());
  std::string error = nft_ctx_get_error_buffer(context_.get());
  if (code != 0) return Internal("nftables: " + error);
  return output;
}

Result<std::string> Nft::ListIfThere(const std::string& command) {
  auto listing = Run(command);
  if (!listing.ok() && SaysMissing(listing.error().message())) return std::string();
  return listing;
}

Result<std::string> Nft::ListTable(const std::string& family, const std::string& name) {
  return ListIfThere("list table " + family + " " + name);
}

Result<std::string> Nft::ListChain(const std::string& family, const std::string& table,
                                   const std::string& chain) {
  nft_ctx_output_set_flags(context_.get(), NFT_CTX_OUTPUT_HANDLE);
  int code = nft_run_cmd_from_buffer(context_.get(),
                                     ("list chain " + family + " " + table + " " + chain).c_str());
  std::string output = nft_ctx_get_output_buffer(context_.get());
  std::string error = nft_ctx_get_error_buffer(context_.get());
  if (code == 0) return output;
  if (SaysMissing(error)) return std::string();
  return Internal("nftables: " + error);
}

}  // namespace buoy::network
