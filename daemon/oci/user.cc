#include "daemon/oci/user.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <string_view>

#include "common/unix/fd.h"

namespace buoy::oci {
namespace {

constexpr size_t kMaxFile = 4u << 20;
constexpr int64_t kMaxId = 0x7fffffff;

// The n-th of the fields separated by ':'; empty when there are fewer.
std::string_view Field(std::string_view line, int n) {
  while (n-- > 0) {
    size_t colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    line.remove_prefix(colon + 1);
  }
  return line.substr(0, line.find(':'));
}

std::string_view Trim(std::string_view text) {
  const char* kSpace = " \t\r\n\v\f";
  size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

void ForEachLine(std::string_view text, const std::function<void(std::string_view)>& visit) {
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = Trim(text.substr(0, end));
    if (!line.empty() && line[0] != '#') visit(line);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// Malformed numbers in the files count as 0, as in glibc's and Docker's readers.
int64_t Number(std::string_view text) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

struct NumericId {
  bool numeric = false;
  int64_t id = 0;
};
Result<NumericId> ParseId(std::string_view text) {
  std::string_view digits = text;
  if (!digits.empty() && digits[0] == '+') digits.remove_prefix(1);
  bool negative = !digits.empty() && digits[0] == '-' && digits.data() == text.data();
  std::string_view body = negative ? digits.substr(1) : digits;
  if (body.empty() || body.find_first_not_of("0123456789") != std::string_view::npos) {
    return NumericId{};
  }
  int64_t value = 0;
  auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), value);
  if (error != std::errc() || value > kMaxId || (negative && value != 0)) {
    return InvalidArgument("uids and gids must be in range 0-2147483647");
  }
  return NumericId{true, value};
}

struct PasswdEntry {
  std::string name, home;
  int64_t uid = 0, gid = 0;
};
std::optional<PasswdEntry> FindUser(const std::string& passwd, const std::string& name,
                                    const NumericId& id) {
  std::optional<PasswdEntry> found;
  ForEachLine(passwd, [&](std::string_view line) {
    if (found) return;
    int64_t uid = Number(Field(line, 2));
    bool match = id.numeric || name.empty() ? uid == id.id : Field(line, 0) == name;
    if (match) {
      found = PasswdEntry{std::string(Field(line, 0)), std::string(Field(line, 5)), uid,
                          Number(Field(line, 3))};
    }
  });
  return found;
}

std::optional<int64_t> FindGroup(const std::string& group, const std::string& name,
                                 const NumericId& id) {
  std::optional<int64_t> found;
  ForEachLine(group, [&](std::string_view line) {
    int64_t gid = Number(Field(line, 2));
    if (!found && (id.numeric ? gid == id.id : Field(line, 0) == name)) found = gid;
  });
  return found;
}

std::vector<int64_t> GroupsOf(const std::string& group, const std::string& member) {
  std::vector<int64_t> gids;
  ForEachLine(group, [&](std::string_view line) {
    std::string_view members = Field(line, 3);
    while (!members.empty()) {
      size_t comma = members.find(',');
      if (members.substr(0, comma) == member) {
        gids.push_back(Number(Field(line, 2)));
        return;
      }
      if (comma == std::string_view::npos) return;
      members.remove_prefix(comma + 1);
    }
  });
  return gids;
}

// A gid that a file or the user gave, as a number the kernel takes.
Result<uint32_t> CheckedId(int64_t id) {
  if (id < 0 || id > kMaxId) {
    return InvalidArgument("uids and gids must be in range 0-2147483647");
  }
  return static_cast<uint32_t>(id);
}

Result<int64_t> ResolveGroup(const std::string& group, const std::string& name) {
  BUOY_ASSIGN(NumericId id, ParseId(name));
  if (auto found = FindGroup(group, name, id)) return *found;
  if (!id.numeric) {
    return InvalidArgument("unable to find group " + name + ": no matching entries in group file");
  }
  return id.id;
}

void AddGid(std::vector<uint32_t>& gids, uint32_t gid) {
  if (std::find(gids.begin(), gids.end(), gid) == gids.end()) gids.push_back(gid);
}

// Missing, special and oversized files count as empty: a container need not have them, and what it
// puts there must neither block the daemon nor lead it out of the root.
std::string ReadInRoot(int root_fd, const char* path) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  Fd fd(static_cast<int>(syscall(SYS_openat2, root_fd, path, &how, sizeof how)));
  struct stat info {};
  if (!fd.valid() || fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  if (info.st_size > static_cast<off_t>(kMaxFile)) return {};
  std::string text;
  char buffer[16384];
  ssize_t n;
  while ((n = read(fd.get(), buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<size_t>(n));
    if (text.size() > kMaxFile) return {};
  }
  return n < 0 ? std::string() : text;
}

}  // namespace

Result<ProcessUser> ResolveUserIn(const std::string& passwd, const std::string& group,
                                  const std::string& user,
                                  const std::vector<std::string>& group_add) {
  std::string user_name(Field(user, 0));
  std::string group_name(Field(user, 1));
  BUOY_ASSIGN(NumericId uid, ParseId(user_name));
  int64_t resolved_uid = uid.id, resolved_gid = 0;
  std::vector<int64_t> extra;
  ProcessUser result;
  if (auto entry = FindUser(passwd, user_name, uid)) {
    resolved_uid = entry->uid;
    resolved_gid = entry->gid;
    if (!entry->home.empty()) result.home = entry->home;
    if (group_name.empty()) extra = GroupsOf(group, entry->name);
  } else if (!user_name.empty() && !uid.numeric) {
    return InvalidArgument("unable to find user " + user_name +
                           ": no matching entries in passwd file");
  }
  if (!group_name.empty()) {
    BUOY_ASSIGN(resolved_gid, ResolveGroup(group, group_name));
  }
  BUOY_ASSIGN(result.uid, CheckedId(resolved_uid));
  BUOY_ASSIGN(result.gid, CheckedId(resolved_gid));
  result.additional_gids.push_back(result.gid);
  for (const auto& name : group_add) {
    BUOY_ASSIGN(int64_t gid, ResolveGroup(group, name));
    extra.push_back(gid);
  }
  for (int64_t gid : extra) {
    BUOY_ASSIGN(uint32_t checked, CheckedId(gid));
    AddGid(result.additional_gids, checked);
  }
  return result;
}

Result<ProcessUser> ResolveUser(int root_fd, const std::string& user,
                                const std::vector<std::string>& group_add) {
  return ResolveUserIn(ReadInRoot(root_fd, "etc/passwd"), ReadInRoot(root_fd, "etc/group"), user,
                       group_add);
}

}  // namespace buoy::oci
