#include "daemon/container/leftovers.h"

#include <dirent.h>
#include <unistd.h>

#include <set>
#include <sstream>

#include "common/digest/digest.h"
#include "common/unix/file.h"
#include "common/unix/mount.h"
#include "daemon/container/lost_shims.h"
#include "daemon/container/subprocess.h"
#include "daemon/logging/log.h"
#include "daemon/volume/mount_setup.h"

namespace buoy::container {
namespace {

constexpr std::chrono::milliseconds kPatience{5'000};
constexpr char kVolumesSuffix[] = ".volumes";

std::vector<std::string> FolderNames(const std::string& path) {
  std::vector<std::string> names;
  DIR* dir = opendir(path.c_str());
  if (dir == nullptr) return names;
  while (dirent* entry = readdir(dir)) {
    if (entry->d_name[0] != '.') names.push_back(entry->d_name);
  }
  closedir(dir);
  return names;
}

std::string ParentOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

// Also true when the database cannot say.
bool IsKnown(Engine& engine, const std::string& id) {
  if (engine.registry.Get(id) != nullptr) return true;
  auto stmt = engine.store.db().Prepare("SELECT 1 FROM containers WHERE id=?");
  stmt.Bind(id);
  return stmt.Step().value_or(true);
}

std::set<std::string> UnknownIds(Engine& engine) {
  std::set<std::string> ids;
  for (const auto& folder : {ParentOf(engine.Root("x")), ParentOf(engine.Bundle("x")),
                             engine.options()->exec_root + "/runtime"}) {
    for (const auto& name : FolderNames(folder)) {
      if (IsHex64(name) && !ids.contains(name) && !IsKnown(engine, name)) ids.insert(name);
    }
  }
  return ids;
}

bool Runs(shim::Phase phase) {
  return phase == shim::Phase::kRunning || phase == shim::Phase::kPaused ||
         phase == shim::Phase::kRestarting || phase == shim::Phase::kCreating;
}

// The daemon was killed between the end of the container's row and telling its shim; or the row is
// not in this (older) database, and then the container is none of our business. False = it goes on.
bool EndShim(Engine& engine, LostShims& lost, const std::string& id) {
  const std::string socket = engine.Socket(id);
  if (!PathExists(socket) && !lost.Recall(id, socket)) return true;
  auto client = shim::ShimClient::Connect(engine.areas.hub, socket, kPatience);
  if (!client.ok()) {
    if (client.error().kind() == ErrorKind::kNotFound) return true;
    log::Error("cannot talk to the shim of a container that is not in the database: left alone",
               {{"container", id}, {"error", client.error().message()}});
    return false;
  }
  const shim::State& state = (*client)->initial_state();
  if (Runs(state.phase)) {
    log::Error(
        "a container runs that is not in the database (restored from an older copy?): it is left "
        "alone; kill its init to stop it, the next start of the daemon removes what is left",
        {{"container", id}, {"pid", state.pid}, {"shim", state.shim_pid}});
    return false;
  }
  (void)(*client)->Removed("");
  (void)(*client)->Quit();
  return true;
}

// A container that was never finished: nobody else knows its anonymous volumes.
void RemoveUnbornVolumes(Engine& engine, const std::string& id) {
  auto volumes = engine.areas.volumes.List();
  if (!volumes.ok()) return;
  for (const auto& volume : *volumes) {
    if (!volume.anonymous) continue;
    const std::string folder = ParentOf(engine.areas.volumes.Mountpoint(volume.name));
    if (ReadFile(folder + "/for").value_or("") != id) continue;
    auto removed = engine.areas.volumes.Remove(volume.name, true);
    if (!removed.ok()) {
      log::Warn("cannot remove an anonymous volume",
                {{"volume", volume.name}, {"error", removed.error().message()}});
    }
  }
}

std::string PlanPath(Engine& engine, const std::string& id) {
  return engine.Root(id) + kVolumesSuffix;
}

}  // namespace

void DeleteFromRuntime(const Options& options, const oci::Runtime& runtime, const std::string& id) {
  const std::string root = options.exec_root + "/runtime";
  if (!PathExists(root + "/" + id)) return;
  auto command = runtime.Command(root, options.host.systemd_cgroup);
  command.insert(command.end(), {"delete", "--force", id});
  (void)RunCommand(command);
}

Status PlanVolumeRemoval(Engine& engine, const std::string& id,
                         const std::vector<std::string>& volumes) {
  if (volumes.empty()) {
    (void)unlink(PlanPath(engine, id).c_str());
    return Ok();
  }
  std::string text;
  for (const auto& name : volumes) text += name + "\n";
  return WriteFileAtomic(PlanPath(engine, id), text);
}

bool VolumeRemovalPlanned(Engine& engine, const std::string& id) {
  return PathExists(PlanPath(engine, id));
}

void RemovePlannedVolumes(Engine& engine, const std::string& id) {
  auto text = ReadFile(PlanPath(engine, id));
  if (!text.ok()) return;
  std::istringstream names(*text);
  for (std::string name; names >> name;) {
    auto removed = engine.areas.volumes.Remove(name, true);
    if (!removed.ok() && removed.error().kind() != ErrorKind::kConflict) {
      log::Warn("cannot remove an anonymous volume",
                {{"volume", name}, {"error", removed.error().message()}});
    }
  }
  (void)unlink(PlanPath(engine, id).c_str());
}

void CollectUnknown(Engine& engine) {
  LostShims lost;
  for (const auto& id : UnknownIds(engine)) {
    if (!EndShim(engine, lost, id)) continue;
    log::Info("removing what is left of a container", {{"container", id}});
    const auto settings = engine.options();
    if (auto runtime = settings->runtimes->Find(""); runtime.ok()) {
      DeleteFromRuntime(*settings, *runtime, id);
    }
    // With a folder but without a row it was on its way in; on the way out the folder goes first.
    if (PathExists(engine.Root(id))) RemoveUnbornVolumes(engine, id);
    (void)engine.areas.network.Forget(id);
    for (const auto& folder : {engine.Root(id), engine.Bundle(id)}) {
      (void)Unmount(folder + "/mounts/shm");
      (void)volume::DropPins(folder + "/mounts/pins");
    }
    (void)engine.areas.storage.Remove(id);
    (void)RemoveAll(engine.Root(id));
    (void)RemoveAll(engine.Bundle(id));
  }
  const size_t suffix = sizeof kVolumesSuffix - 1;
  for (const auto& name : FolderNames(ParentOf(engine.Root("x")))) {
    if (name.size() != 64 + suffix || !name.ends_with(kVolumesSuffix)) continue;
    const std::string id = name.substr(0, 64);
    if (auto container = engine.registry.Get(id); container != nullptr) {
      // A removal that got no further than its plan has not begun.
      const State state = container->state();
      if (state != State::kRemoving && state != State::kDead)
        (void)unlink(PlanPath(engine, id).c_str());
      continue;
    }
    if (IsHex64(id) && !IsKnown(engine, id)) RemovePlannedVolumes(engine, id);
  }
}

}  // namespace buoy::container
