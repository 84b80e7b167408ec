#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "common/unix/fd.h"
#include "common/unix/file.h"
#include "daemon/volume/mount_setup.h"
#include "daemon/volume/volume_service.h"

namespace buoy::volume {
namespace {

class FakeUsage : public VolumeUsage {
 public:
  std::vector<std::string> ContainersUsing(const std::string& volume) override {
    return volume == used ? std::vector<std::string>{"c1"} : std::vector<std::string>{};
  }
  std::string used;
};

class VolumeTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string base = std::string(getenv("TEST_TMPDIR")) + "/volXXXXXX";
    root_ = mkdtemp(base.data());
    db_ = std::move(state::Db::Open(root_ + "/buoy.db")).value();
    store_ = std::move(VolumeStore::Open(root_, *db_)).value();
    store_->SetUsage(&usage_);
  }
  VolumeRecord Make(const std::string& name) {
    CreateVolume request;
    request.name = name;
    return store_->Create(request).value();
  }
  MountScope Scope() { return {*store_, nullptr, "c1", root_ + "/pins"}; }
  std::string Message(const CreateVolume& request) {
    auto result = store_->Create(request);
    return result.ok() ? "" : result.error().message();
  }

  std::string root_;
  std::unique_ptr<state::Db> db_;
  FakeUsage usage_;
  std::unique_ptr<VolumeStore> store_;
};

TEST_F(VolumeTest, CreatesNamedAndAnonymousOnes) {
  Make("data");
  EXPECT_TRUE(PathExists(root_ + "/volumes/data/_data"));
  auto anonymous = Make("");
  EXPECT_EQ(anonymous.name.size(), 64u);
  EXPECT_TRUE(anonymous.labels.contains("com.docker.volume.anonymous"));
  EXPECT_EQ(store_->List()->size(), 2u);
  auto first = store_->Get("data").value();
  EXPECT_EQ(Make("data").created_ns, first.created_ns) << "an existing one is returned as it is";
}

TEST_F(VolumeTest, RefusesInDockersWords) {
  CreateVolume request;
  request.name = "x/y";
  EXPECT_EQ(Message(request),
            "create x/y: \"x/y\" includes invalid characters for a local volume name, only "
            "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, "
            "use absolute path");
  request.name = "..";
  EXPECT_NE(Message(request), "");
  request.name = "a";
  EXPECT_EQ(Message(request),
            "create a: volume name is too short, names should be at least two "
            "alphanumeric characters");
  request.name = "ok";
  request.options = {{"foo", "bar"}};
  EXPECT_EQ(Message(request), "create ok: invalid option: \"foo\"");
  request.options = {{"type", "tmpfs"}};
  EXPECT_EQ(Message(request), "create ok: missing required option: \"device\"");
  request.options.clear();
  request.driver = "nope";
  EXPECT_EQ(Message(request),
            "create ok: error looking up volume plugin nope: plugin \"nope\" not found");
  EXPECT_EQ(store_->Get("ok").error().message(), "get ok: no such volume");
}

TEST_F(VolumeTest, AVolumeInUseStays) {
  Make("data");
  usage_.used = "data";
  auto refused = store_->Remove("data");
  EXPECT_EQ(refused.error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(refused.error().message(), "remove data: volume is in use - [c1]");
  usage_.used.clear();
  EXPECT_TRUE(store_->Remove("data").ok());
  EXPECT_FALSE(PathExists(root_ + "/volumes/data"));
  EXPECT_EQ(store_->Remove("data").error().kind(), ErrorKind::kNotFound);
  EXPECT_TRUE(store_->Remove("data", true).ok());
}

TEST_F(VolumeTest, AReferenceHoldsUntilTheDatabaseDoes) {
  CreateVolume request;
  request.name = "data";
  request.reference = "c2";
  ASSERT_TRUE(store_->Create(request).ok());
  EXPECT_FALSE(store_->Remove("data").ok());
  store_->Release("c2");
  EXPECT_TRUE(store_->Remove("data").ok());
}

TEST_F(VolumeTest, ARemovalCutShortIsFinishedOrTakenBack) {
  Make("kept");
  ASSERT_EQ(rename((root_ + "/volumes/kept").c_str(), (root_ + "/volumes/.removed-kept").c_str()),
            0);
  ASSERT_TRUE(MakeDirs(root_ + "/volumes/.removed-gone/_data").ok());
  store_ = std::move(VolumeStore::Open(root_, *db_)).value();
  EXPECT_TRUE(PathExists(root_ + "/volumes/kept/_data"));
  EXPECT_FALSE(PathExists(root_ + "/volumes/.removed-gone"));
}

TEST_F(VolumeTest, CopyUpTakesContentOwnerAndLinksAndStaysInTheRoot) {
  std::string rootfs = root_ + "/rootfs";
  ASSERT_TRUE(MakeDirs(rootfs + "/data/sub").ok());
  ASSERT_TRUE(WriteFileAtomic(rootfs + "/data/sub/file", "hello", 0640).ok());
  ASSERT_EQ(link((rootfs + "/data/sub/file").c_str(), (rootfs + "/data/hard").c_str()), 0);
  ASSERT_EQ(symlink("/etc/passwd", (rootfs + "/data/link").c_str()), 0);
  ASSERT_EQ(symlink("/../../../../data", (rootfs + "/alias").c_str()), 0);
  ASSERT_EQ(chmod((rootfs + "/data").c_str(), 01770), 0);
  Fd root(open(rootfs.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  Make("data");
  ASSERT_TRUE(VolumeStore::CopyUp(store_->Mountpoint("data"), root.get(), "/alias").ok());
  std::string copy = store_->Mountpoint("data");
  EXPECT_EQ(ReadFile(copy + "/sub/file").value(), "hello");
  struct stat one {
  }, two{}, top{}, symbolic{};
  ASSERT_EQ(stat((copy + "/sub/file").c_str(), &one), 0);
  ASSERT_EQ(stat((copy + "/hard").c_str(), &two), 0);
  ASSERT_EQ(lstat((copy + "/link").c_str(), &symbolic), 0);
  ASSERT_EQ(stat(copy.c_str(), &top), 0);
  EXPECT_EQ(one.st_ino, two.st_ino);
  EXPECT_EQ(one.st_mode & 07777, 0640u);
  EXPECT_EQ(top.st_mode & 07777, 01770u);
  EXPECT_TRUE(S_ISLNK(symbolic.st_mode));
  ASSERT_TRUE(WriteFileAtomic(rootfs + "/data/later", "x").ok());
  ASSERT_TRUE(VolumeStore::CopyUp(store_->Mountpoint("data"), root.get(), "/data").ok());
  EXPECT_FALSE(PathExists(copy + "/later")) << "only an empty volume is filled";
  Make("other");
  EXPECT_TRUE(VolumeStore::CopyUp(store_->Mountpoint("other"), root.get(), "/missing").ok());
}

TEST_F(VolumeTest, ListAndPruneFilter) {
  VolumeService service(*store_);
  Make("one");
  Make("two");
  auto anonymous = Make("");
  usage_.used = "one";
  EXPECT_EQ(service.List({{"dangling", {"true"}}})->volumes.size(), 2u);
  EXPECT_EQ(service.List({{"dangling", {"false"}}})->volumes.at(0).name, "one");
  EXPECT_EQ(service.List({{"name", {"^tw"}}})->volumes.at(0).name, "two");
  EXPECT_EQ(service.List({{"bad", {"x"}}}).error().message(), "invalid filter 'bad'");
  auto pruned = service.Prune({}).value();
  ASSERT_EQ(pruned.volumes_deleted.size(), 1u);
  EXPECT_EQ(pruned.volumes_deleted[0], anonymous.name);
  EXPECT_EQ(service.Prune({{"all", {"1"}}})->volumes_deleted.at(0), "two");
  EXPECT_EQ(service.List({})->volumes.size(), 1u);
}

TEST_F(VolumeTest, SetUpMakesBindSourcesOfDashVOnly) {
  oci::MountPlan bind;
  bind.type = "bind";
  bind.source = root_ + "/made";
  bind.destination = "/x";
  auto refused = SetUpMounts(Scope(), {bind});
  EXPECT_EQ(
      refused.error().message(),
      "invalid mount config for type \"bind\": bind source path does not exist: " + bind.source);
  bind.create_source = true;
  EXPECT_TRUE(SetUpMounts(Scope(), {bind}).ok());
  EXPECT_TRUE(PathExists(bind.source));
}

TEST_F(VolumeTest, ASubpathThatLeavesTheVolumeIsRefused) {
  Make("data");
  std::string folder = store_->Mountpoint("data");
  ASSERT_EQ(symlink("/etc", (folder + "/out").c_str()), 0);
  oci::MountPlan mount;
  mount.type = "volume";
  mount.name = "data";
  mount.destination = "/x";
  mount.subpath = "out";
  auto refused = SetUpMounts(Scope(), {mount});
  EXPECT_EQ(refused.error().message(),
            "path concatenation escapes the base directory, base: " + folder + ", subpath: out");
  mount.subpath = "ghost";
  refused = SetUpMounts(Scope(), {mount});
  EXPECT_EQ(refused.error().message(),
            "cannot access path " + folder + "/ghost: no such file or directory");
  EXPECT_EQ(refused.error().kind(), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace buoy::volume
