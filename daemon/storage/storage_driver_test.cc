#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "common/archive/tar_reader.h"
#include "common/archive/tar_writer.h"
#include "common/digest/digest.h"
#include "common/unix/file.h"
#include "daemon/storage/overlay_driver.h"
#include "daemon/storage/vfs_driver.h"

namespace buoy::storage {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;  // "d/" = a folder, "l@" = symlink

std::string MakeTar(const Files& files, mode_t folder_mode = 0755) {
  StringSink out;
  auto writer = *TarWriter::Open(out);
  for (const auto& [path, data] : files) {
    TarEntry entry;
    entry.path = path;
    entry.mtime = {1700000000, 0};
    Status status;
    if (path.ends_with("/")) {
      entry.type = TarType::kDirectory;
      entry.mode = folder_mode;
      status = writer->Begin(entry);
    } else if (path.ends_with("@")) {
      entry.type = TarType::kSymlink;
      entry.path.pop_back();
      entry.link_target = data;
      status = writer->Begin(entry);
    } else {
      status = writer->AddFile(entry, data);
    }
    EXPECT_TRUE(status.ok());
  }
  EXPECT_TRUE(writer->Finish().ok());
  return out.Take();
}

// What every driver promises. The parameter is its name and the folder of its layers.
struct Driver {
  const char* name;
  const char* folder;
  Result<std::unique_ptr<StorageDriver>> (*open)(const std::string& data_root);
};

class StorageDriverTest : public testing::TestWithParam<Driver> {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "/data";
    folder_ = root_ + "/" + GetParam().folder;
    ASSERT_TRUE(RemoveAll(root_).ok());
    Reopen();
  }
  void TearDown() override {
    for (const auto& id : containers_) EXPECT_TRUE(driver_->Remove(id).ok());
    driver_.reset();
    EXPECT_TRUE(RemoveAll(root_).ok());
  }
  void Reopen() {
    driver_.reset();
    auto opened = GetParam().open(root_);
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    driver_ = std::move(*opened);
  }

  std::unique_ptr<StagedLayer> Stage(const std::string& tar, UnpackOptions options = {}) {
    StringSource source(tar);
    auto staged = driver_->StageLayer(source, options);
    EXPECT_TRUE(staged.ok()) << staged.error().message();
    return staged.ok() ? std::move(*staged) : nullptr;
  }
  std::string Add(const std::string& parent, const Files& files) {
    std::vector<std::unique_ptr<StagedLayer>> layers;
    layers.push_back(Stage(MakeTar(files)));
    auto infos = driver_->CommitLayers(parent, std::move(layers));
    EXPECT_TRUE(infos.ok()) << infos.error().message();
    return infos.ok() ? infos->back().chain_id : "";
  }
  std::string Container(const std::string& id, const std::string& chain) {
    auto status = driver_->PrepareContainerRootfs(id, chain);
    EXPECT_TRUE(status.ok()) << status.error().message();
    containers_.push_back(id);
    auto path = driver_->Mount(id);
    EXPECT_TRUE(path.ok()) << path.error().message();
    return path.ok() ? *path : "/none";
  }
  static std::string Content(const std::string& path) { return ReadFile(path).value_or("<none>"); }
  static void Put(const std::string& path, const std::string& data) {
    ASSERT_TRUE(WriteFileAtomic(path, data, 0644).ok()) << path;
  }
  std::string Diff(const std::string& id) {
    auto changes = driver_->Changes(id);
    EXPECT_TRUE(changes.ok()) << changes.error().message();
    std::string text;
    for (const auto& change : *changes) {
      text += "CAD"[static_cast<int>(change.kind)] + change.path + " ";
    }
    return text;
  }

  bool IsOverlay() const { return driver_->name() == "overlay2"; }

  std::string root_;
  std::string folder_;
  std::unique_ptr<StorageDriver> driver_;
  std::vector<std::string> containers_;
};

TEST_P(StorageDriverTest, LayersStackAndAreFoundAgain) {
  std::string base =
      Add("", {{"etc/", ""}, {"etc/a", "1"}, {"etc/b", "1"}, {"d/", ""}, {"d/x", "1"}});
  std::string top =
      Add(base, {{"etc/.wh.a", ""}, {"etc/b", "22"}, {"d/", ""}, {"d/.wh..wh..opq", ""}});
  auto info = *driver_->GetLayer(top);
  EXPECT_EQ(info.parent_chain_id, base);
  EXPECT_EQ(info.size, 2);
  EXPECT_EQ(top, Sha256Digest(base + " " + info.diff_id));
  Reopen();
  EXPECT_EQ(*driver_->LayerChain(top), (std::vector<std::string>{top, base}));
  EXPECT_EQ(driver_->ListLayers()->size(), 2u);
  std::string rootfs = Container("c1", top);
  EXPECT_FALSE(PathExists(rootfs + "/etc/a"));
  EXPECT_EQ(Content(rootfs + "/etc/b"), "22");
  EXPECT_FALSE(PathExists(rootfs + "/d/x"));
  EXPECT_TRUE(PathExists(rootfs + "/d"));
  if (!IsOverlay()) return;
  EXPECT_EQ(driver_->LayerData(top)->at("LowerDir"), folder_ + "/" + DigestHex(base) + "/diff");
  EXPECT_EQ(driver_->LayerData(base)->count("LowerDir"), 0u);
}

TEST_P(StorageDriverTest, ImpliedFoldersLookAsBelow) {
  std::vector<std::unique_ptr<StagedLayer>> layers;
  layers.push_back(Stage(MakeTar({{"./", ""}, {"d/", ""}, {"d/e/", ""}}, 01770)));
  layers.push_back(Stage(MakeTar({{"d/e/file", "x"}})));
  auto infos = *driver_->CommitLayers("", std::move(layers));
  std::string rootfs = Container("c1", infos.back().chain_id);
  struct stat info;
  for (const char* path : {"", "/d", "/d/e"}) {
    ASSERT_EQ(::stat((rootfs + path).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 01770u) << path;
    EXPECT_EQ(info.st_mtime, 1700000000) << path;
  }
}

TEST_P(StorageDriverTest, InitLayerIsThereAndNoChange) {
  std::string chain = Add("", {{"etc/", ""}, {"etc/hosts", "own"}, {"bin/", ""}});
  std::string rootfs = Container("c1", chain);
  for (const char* path : {"/dev/console", "/dev/pts", "/dev/shm", "/proc", "/sys", "/.dockerenv",
                           "/etc/resolv.conf", "/etc/hostname"}) {
    EXPECT_TRUE(PathExists(rootfs + path)) << path;
  }
  EXPECT_EQ(Content(rootfs + "/etc/hosts"), "own");
  char target[64] = {};
  EXPECT_GT(::readlink((rootfs + "/etc/mtab").c_str(), target, sizeof target - 1), 0);
  EXPECT_STREQ(target, "/proc/mounts");
  EXPECT_EQ(Diff("c1"), "");
  EXPECT_EQ(*driver_->ReadWriteSize("c1"), 0);
}

TEST_P(StorageDriverTest, HostileImageCannotMoveTheInitLayerOut) {
  std::string chain =
      Add("", {{"etc@", "/../../../../../../../../tmp"}, {"dev@", "/"}, {"proc", "a file"}});
  std::string rootfs = Container("c1", chain);
  EXPECT_TRUE(PathExists(rootfs + "/tmp/hostname") || !PathExists(rootfs + "/tmp"));
  EXPECT_TRUE(PathExists(rootfs + "/console"));
  EXPECT_FALSE(PathExists("/tmp/hostname"));
}

TEST_P(StorageDriverTest, ChangesAsDockerCountsThem) {
  std::string chain = Add("", {{"etc/", ""},
                               {"etc/a", "1"},
                               {"etc/b", "1"},
                               {"d/", ""},
                               {"d/x", "1"},
                               {"d/y", "1"},
                               {"e/", ""},
                               {"e/f", "1"},
                               {"g", "1"}});
  std::string rootfs = Container("c1", chain);
  Put(rootfs + "/etc/a", "changed");
  Put(rootfs + "/new", "12345");
  ASSERT_TRUE(MakeDirs(rootfs + "/n/m").ok());
  ASSERT_EQ(::unlink((rootfs + "/etc/b").c_str()), 0);
  ASSERT_TRUE(RemoveAll(rootfs + "/d").ok());
  ASSERT_TRUE(MakeDirs(rootfs + "/d").ok());  // opaque now
  Put(rootfs + "/d/y", "22");
  ASSERT_TRUE(RemoveAll(rootfs + "/e").ok());
  ASSERT_EQ(::chmod((rootfs + "/g").c_str(), 0600), 0);
  EXPECT_EQ(Diff("c1"), "C/d D/d/x C/d/y D/e C/etc C/etc/a D/etc/b C/g A/n A/n/m A/new ");
  EXPECT_EQ(*driver_->ReadWriteSize("c1"), 7 + 5 + 2 + 1);

  StringSink diff;
  ASSERT_TRUE(driver_->WriteDiff("c1", diff).ok());
  StringSource in(diff.data());
  auto reader = *TarReader::Open(in);
  std::string names;
  TarEntry entry;
  while (*reader->Next(&entry)) names += entry.path + " ";
  EXPECT_EQ(names, IsOverlay() ? "d/ d/.wh..wh..opq d/y .wh.e etc/ etc/a etc/.wh.b g n/ n/m/ new "
                               : "d/ d/y etc/ etc/a g n/ n/m/ new d/.wh.x .wh.e etc/.wh.b ");

  // The diff on top of the same layers gives the same tree.
  std::vector<std::unique_ptr<StagedLayer>> layers;
  layers.push_back(Stage(diff.data()));
  auto infos = *driver_->CommitLayers(chain, std::move(layers));
  std::string again = Container("c2", infos[0].chain_id);
  EXPECT_EQ(Content(again + "/etc/a"), "changed");
  EXPECT_FALSE(PathExists(again + "/d/x"));
  EXPECT_FALSE(PathExists(again + "/e"));
  StringSink exported;
  ASSERT_TRUE(driver_->Export("c2", exported).ok());
  EXPECT_NE(exported.data().find("etc/resolv.conf"), std::string::npos);
}

TEST_P(StorageDriverTest, MoreLayersThanAPageOfOptions) {
  std::string chain;
  for (int i = 0; i < 120; ++i) chain = Add(chain, {{"f" + std::to_string(i), "x"}});
  std::string rootfs = Container("c1", chain);
  EXPECT_EQ(Content(rootfs + "/f0"), "x");
  EXPECT_EQ(Content(rootfs + "/f119"), "x");
  for (int i = 0; i < 9; ++i) {
    std::vector<std::unique_ptr<StagedLayer>> layers;
    layers.push_back(Stage(MakeTar({{"g" + std::to_string(i), "x"}})));
    auto infos = driver_->CommitLayers(chain, std::move(layers));
    EXPECT_EQ(infos.ok(), i < 8);
    if (infos.ok()) chain = infos->back().chain_id;
  }
}

TEST_P(StorageDriverTest, ScratchAndViews) {
  std::string rootfs = Container("c1", "");
  EXPECT_TRUE(PathExists(rootfs + "/etc/hosts"));
  Put(rootfs + "/x", "1");
  EXPECT_EQ(Diff("c1"), "A/x ");
  ASSERT_TRUE(driver_->Unmount("c1").ok());
  EXPECT_FALSE(driver_->IsMounted("c1"));
  ASSERT_TRUE(driver_->Unmount("c1").ok());
  auto view = *driver_->OpenRootfs("c1");
  Fd file(::openat(view->root_fd(), "x", O_RDWR));
  ASSERT_TRUE(file.valid());
  ASSERT_TRUE(WriteAll(file.get(), "2").ok());
  // The view's file system is the one that gets mounted.
  ASSERT_TRUE(driver_->Mount("c1").ok());
  EXPECT_TRUE(driver_->IsMounted("c1"));
  EXPECT_EQ(Content(rootfs + "/x"), "2");
  Reopen();  // a new daemon finds it mounted
  EXPECT_TRUE(driver_->IsMounted("c1"));
  EXPECT_EQ(*driver_->Mount("c1"), rootfs);
  ASSERT_TRUE(driver_->Remove("c1").ok());
  EXPECT_FALSE(PathExists(root_ + "/containers/c1/rw"));
  ASSERT_TRUE(driver_->Remove("c1").ok());
}

TEST_P(StorageDriverTest, WrongDiffIdLeavesNothing) {
  StringSource source(MakeTar({{"a", "1"}}));
  UnpackOptions options;
  options.expected_diff_id = Sha256Digest("other");
  auto staged = driver_->StageLayer(source, options);
  ASSERT_FALSE(staged.ok());
  EXPECT_TRUE(staged.error().message().starts_with("invalid diffID for layer: expected \"sha256:"));
  EXPECT_EQ(::rmdir((folder_ + "/.staging").c_str()), 0);  // is empty
}

TEST_P(StorageDriverTest, GarbageIsCollectedAndTheGoodKept) {
  std::string base = Add("", {{"a", "1"}});
  std::string top = Add(base, {{"b", "1"}});
  std::string other = Add("", {{"c", "1"}});
  ASSERT_TRUE(MakeDirs(folder_ + "/.staging/1-1/diff/deep/er").ok());
  ASSERT_TRUE(MakeDirs(folder_ + "/" + std::string(64, 'a') + "/diff").ok());  // no layer file
  ASSERT_TRUE(RemoveAll(folder_ + "/" + DigestHex(base)).ok());                // takes `top` along
  Reopen();
  ASSERT_TRUE(driver_->CollectGarbage().ok());
  EXPECT_EQ(*driver_->ListLayers(), std::vector<std::string>{other});
  EXPECT_FALSE(PathExists(folder_ + "/.staging/1-1"));
  EXPECT_FALSE(PathExists(folder_ + "/" + std::string(64, 'a')));
  EXPECT_FALSE(PathExists(folder_ + "/" + DigestHex(top)));
}

// Reads a tar and kills the process after so many bytes.
class DeadlySource : public ByteSource {
 public:
  DeadlySource(std::string data, size_t limit) : inner_(std::move(data)), left_(limit) {}
  Result<size_t> Read(std::span<char> buffer) override {
    if (left_ == 0) ::kill(::getpid(), SIGKILL);
    auto n = inner_.Read(buffer.subspan(0, std::min(left_, buffer.size())));
    left_ -= *n;
    return n;
  }

 private:
  StringSource inner_;
  size_t left_;
};

TEST_P(StorageDriverTest, KilledInTheMiddleLeaksNothing) {
  std::string tar = MakeTar({{"a", std::string(3000, 'x')}, {"b", std::string(3000, 'y')}});
  for (size_t limit : {size_t{1}, size_t{512}, size_t{3000}, size_t{5000}, tar.size() - 1}) {
    pid_t child = ::fork();
    if (child == 0) {
      DeadlySource source(tar, limit);
      (void)driver_->StageLayer(source, {});
      ::_exit(0);
    }
    int status;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    Reopen();
    ASSERT_TRUE(driver_->CollectGarbage().ok());
    EXPECT_TRUE(driver_->ListLayers()->empty());
    ASSERT_EQ(::rmdir((folder_ + "/.staging").c_str()), 0) << "staging not empty";
    ASSERT_EQ(::rmdir((folder_).c_str()), 0) << "overlay not empty";
    Reopen();
  }
}

TEST_P(StorageDriverTest, NameIsDockers) { EXPECT_EQ(driver_->name(), GetParam().name); }

INSTANTIATE_TEST_SUITE_P(Drivers, StorageDriverTest,
                         testing::Values(Driver{"overlay2", "overlay", &OverlayDriver::Open},
                                         Driver{"vfs", "vfs", &VfsDriver::Open}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace buoy::storage
