#include "daemon/swarm/local_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "common/base64/base64.h"
#include "common/json/codec.h"
#include "common/types/swarm_json.h"
#include "common/unix/file.h"
#include "daemon/swarm/seal.h"
#include "daemon/swarm/unlock_key.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}  // namespace buoy::failpoint

namespace buoy::swarm {
namespace {

constexpr char kKeysContext[] = "swarm keys";

struct KeysFile {
  int64_t format = 1;
  bool locked = false;
  std::string data;  // base64 of NodeKeys' JSON, sealed when locked
};

template <class V>
void Fields(V& v, KeysFile& s) {
  v("Format", s.format);
  v("Locked", s.locked);
  v("Data", s.data);
}

struct KeysText {
  std::string data_key, node_key;  // the first in base64
};

template <class V>
void Fields(V& v, KeysText& s) {
  v("DataKey", s.data_key);
  v("NodeKey", s.node_key);
}

Result<KeysFile> ReadKeysFile(const std::string& path) {
  BUOY_ASSIGN(std::string text, ReadFile(path));
  BUOY_ASSIGN_CONTEXT(auto file, FromJson<KeysFile>(text), path);
  if (file.format != 1) return Unavailable(path + " is of a newer release");
  return file;
}

}  // namespace

template <class V>
void Fields(V& v, LocalState& s) {
  v("NodeID", s.node_id);
  v("LocalAddr", s.local_addr);
  v("ListenAddr", s.listen_addr);
  v("AdvertiseAddr", s.advertise_addr);
  v("DataPathAddr", s.data_path_addr);
  v("Role", s.role, json::kOmitEmpty);
  v("Managers", s.managers, json::kOmitEmpty);
}

bool LocalFiles::IsMember() const { return PathExists(State()); }

Status LocalFiles::MakeFolders() const {
  BUOY_TRY(MakeDirs(folder_, 0700));
  return MakeDirs(Certificates(), 0755);
}

Status LocalFiles::SaveState(const LocalState& state) const {
  return WriteFileAtomic(State(), ToJson(state));
}

Result<LocalState> LocalFiles::LoadState() const {
  BUOY_ASSIGN(std::string text, ReadFile(State()));
  auto state = FromJson<LocalState>(text);
  if (!state.ok()) return std::move(state).error().Context(State());
  return state;
}

Status LocalFiles::SaveKeys(const NodeKeys& keys, const std::string& unlock_key) const {
  KeysFile file;
  std::string data = ToJson(KeysText{Base64Encode(keys.data_key), keys.node_key});
  if (!unlock_key.empty()) {
    BUOY_ASSIGN(std::string key, ParseUnlockKey(unlock_key));
    BUOY_ASSIGN(data, Seal(key, kKeysContext, data));
    file.locked = true;
  }
  file.data = Base64Encode(data);
  return WriteFileAtomic(Keys(), ToJson(file));
}

Result<NodeKeys> LocalFiles::LoadKeys(const std::string& unlock_key) const {
  BUOY_ASSIGN(KeysFile file, ReadKeysFile(Keys()));
  auto data = Base64Decode(file.data);
  if (!data) return Internal(Keys() + ": malformed");
  if (file.locked) {
    if (unlock_key.empty()) return Unauthorized("the swarm's keys are locked");
    BUOY_ASSIGN(std::string key, ParseUnlockKey(unlock_key));
    BUOY_ASSIGN(data, Unseal(key, kKeysContext, *data));
  }
  BUOY_ASSIGN_CONTEXT(auto text, FromJson<KeysText>(*data), Keys());
  auto data_key = Base64Decode(text.data_key);
  if (!data_key) return Internal(Keys() + ": malformed");
  return NodeKeys{*std::move(data_key), text.node_key};
}

Result<bool> LocalFiles::KeysLocked() const {
  BUOY_ASSIGN(KeysFile file, ReadKeysFile(Keys()));
  return file.locked;
}

Status LocalFiles::SaveCertificates(const std::string& root, const std::string& node) const {
  BUOY_TRY(WriteFileAtomic(Certificates() + "/swarm-root-ca.crt", root, 0644));
  failpoint::Hit("swarm_renew.root");
  return WriteFileAtomic(Certificates() + "/swarm-node.crt", node, 0644);
}

Result<std::string> LocalFiles::NodeCertificate() const {
  return ReadFile(Certificates() + "/swarm-node.crt");
}

Result<std::string> LocalFiles::RootCertificate() const {
  return ReadFile(Certificates() + "/swarm-root-ca.crt");
}

Status LocalFiles::Clear() const {
  if (!PathExists(folder_)) return Ok();
  if (unlink(State().c_str()) != 0 && errno != ENOENT) return ErrnoError("unlink " + State());
  BUOY_ASSIGN(Fd folder, Open(folder_, O_RDONLY | O_DIRECTORY));
  fsync(folder.get());
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    BUOY_TRY(RemoveAll(entry.path().string()));
  }
  return Ok();
}

}  // namespace buoy::swarm
