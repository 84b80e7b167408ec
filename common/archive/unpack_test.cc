#include "common/archive/unpack.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common/archive/pack.h"
#include "common/archive/rooted.h"
#include "common/archive/tar_reader.h"
#include "common/archive/tar_writer.h"
#include "common/unix/file.h"

namespace buoy {
namespace {

struct Item {
  TarEntry entry;
  std::string data;
};

Item File(const std::string& path, const std::string& data = "", mode_t mode = 0644) {
  Item item;
  item.entry.path = path;
  item.entry.mode = mode;
  item.data = data;
  return item;
}

Item Other(TarType type, const std::string& path, const std::string& target = "") {
  Item item;
  item.entry.path = path;
  item.entry.type = type;
  item.entry.link_target = target;
  item.entry.mode = 0755;
  return item;
}
Item Dir(const std::string& path) { return Other(TarType::kDirectory, path); }
Item Symlink(const std::string& path, const std::string& to) {
  return Other(TarType::kSymlink, path, to);
}
Item Hardlink(const std::string& path, const std::string& to) {
  return Other(TarType::kHardlink, path, to);
}

std::string MakeTar(const std::vector<Item>& items) {
  StringSink out;
  auto writer = *TarWriter::Open(out);
  for (const auto& item : items) {
    auto status = item.entry.type == TarType::kFile ? writer->AddFile(item.entry, item.data)
                                                    : writer->Begin(item.entry);
    EXPECT_TRUE(status.ok()) << status.error().message();
  }
  EXPECT_TRUE(writer->Finish().ok());
  return out.Take();
}

// A root to unpack into, inside a folder with things that must stay as they are.
class UnpackTest : public testing::Test {
 protected:
  void SetUp() override {
    outside_ = testing::TempDir() + "/unpack";
    ASSERT_TRUE(RemoveAll(outside_).ok());
    ASSERT_TRUE(MakeDirs(outside_ + "/root").ok());
    ASSERT_TRUE(WriteFileAtomic(outside_ + "/secret", "secret", 0600).ok());
    root_ = *Open(outside_ + "/root", O_PATH | O_DIRECTORY);
  }
  void TearDown() override { EXPECT_TRUE(RemoveAll(outside_).ok()); }

  Result<UnpackTarResult> Unpack(const std::vector<Item>& items,
                                 Whiteouts whiteouts = Whiteouts::kOverlay) {
    UnpackTarOptions options;
    options.whiteouts = whiteouts;
    return UnpackWith(items, options);
  }
  Result<UnpackTarResult> UnpackWith(const std::vector<Item>& items,
                                     const UnpackTarOptions& options) {
    StringSource source(MakeTar(items));
    return UnpackTar(root_.get(), source, options);
  }

  std::string Path(const std::string& name) { return outside_ + "/root/" + name; }
  std::string Content(const std::string& name) { return ReadFile(Path(name)).value_or("<none>"); }
  struct stat Stat(const std::string& name) {
    struct stat info = {};
    EXPECT_EQ(::lstat(Path(name).c_str(), &info), 0) << name;
    return info;
  }
  bool Exists(const std::string& name) {
    struct stat info;
    return ::lstat(Path(name).c_str(), &info) == 0;
  }
  std::string Xattr(const std::string& name, const char* xattr) {
    char value[256];
    ssize_t n = ::lgetxattr(Path(name).c_str(), xattr, value, sizeof value);
    return n < 0 ? "<none>" : std::string(value, static_cast<size_t>(n));
  }
  bool IsWhiteout(const std::string& name) {
    auto info = Stat(name);
    return S_ISCHR(info.st_mode) && info.st_rdev == 0;
  }
  void ExpectOutsideUntouched() {
    EXPECT_EQ(ReadFile(outside_ + "/secret").value_or(""), "secret");
    struct stat info;
    ASSERT_EQ(::stat((outside_ + "/secret").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600u);
    EXPECT_EQ(info.st_nlink, 1u);
    Fd folder = *Open(outside_, O_PATH | O_DIRECTORY);
    int entries = 0;
    for (const char* name : {"root", "secret"}) entries += PathExists(outside_ + "/" + name);
    EXPECT_EQ(entries, 2);
    ASSERT_EQ(::stat(outside_.c_str(), &info), 0);
    EXPECT_EQ(info.st_nlink, 3u);  // only "root" was ever made here
  }

  std::string outside_;
  Fd root_;
};

TEST_F(UnpackTest, KeepsEveryAttribute) {
  Item suid = File("bin/suid", "x", 06755);
  suid.entry.uid = 12;
  suid.entry.gid = 34;
  suid.entry.mtime = {1700000000, 123456789};
  suid.entry.xattrs = {
      {"user.a", "b"},
      {"security.capability",
       std::string(
           "\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
           20)}};
  Item folder = Dir("bin/");
  folder.entry.mode = 01777;
  folder.entry.mtime = {1600000000, 0};
  Item null = Other(TarType::kCharDevice, "dev/null");
  null.entry.device_major = 1;
  null.entry.device_minor = 3;
  null.entry.mode = 0666;
  Item link = Symlink("l", "../../anywhere");
  link.entry.uid = 5;
  link.entry.mtime = {1500000000, 0};
  auto result = Unpack(
      {folder, suid, Hardlink("bin/again", "bin/suid"), null, Other(TarType::kFifo, "fifo"), link});
  ASSERT_TRUE(result.ok()) << result.error().message();
  EXPECT_EQ(result->bytes, 1u + std::string("../../anywhere").size());
  EXPECT_EQ(result->implied_folders, std::vector<std::string>{"dev"});
  auto info = Stat("bin/suid");
  EXPECT_EQ(info.st_mode & 07777, 06755u);
  EXPECT_EQ(info.st_uid, 12u);
  EXPECT_EQ(info.st_gid, 34u);
  EXPECT_EQ(info.st_mtim.tv_sec, 1700000000);
  EXPECT_EQ(info.st_nlink, 2u);
  EXPECT_EQ(Xattr("bin/suid", "user.a"), "b");
  EXPECT_EQ(Xattr("bin/suid", "security.capability").size(), 20u);
  EXPECT_EQ(Stat("bin").st_mtim.tv_sec, 1600000000);
  EXPECT_EQ(Stat("bin").st_mode & 07777, 01777u);
  EXPECT_EQ(Stat("dev/null").st_rdev, makedev(1, 3));
  EXPECT_EQ(Stat("dev/null").st_mode & 07777, 0666u);
  EXPECT_TRUE(S_ISFIFO(Stat("fifo").st_mode));
  EXPECT_EQ(Stat("l").st_uid, 5u);
  EXPECT_EQ(Stat("l").st_mtim.tv_sec, 1500000000);
}

TEST_F(UnpackTest, ReplacesAndMerges) {
  ASSERT_TRUE(Unpack({File("a", "1"), Dir("d"), File("d/x", "1"), Symlink("s", "d")}).ok());
  ASSERT_TRUE(
      Unpack({Dir("a"), File("a/in", "2"), Dir("d"), File("s", "now a file"), File("d/y", "3")})
          .ok());
  EXPECT_EQ(Content("a/in"), "2");
  EXPECT_EQ(Content("d/x"), "1");
  EXPECT_EQ(Content("d/y"), "3");
  EXPECT_EQ(Content("s"), "now a file");
  ASSERT_TRUE(Unpack({File("d", "gone")}).ok());
  EXPECT_EQ(Content("d"), "gone");
}

TEST_F(UnpackTest, WhiteoutsForOverlayfs) {
  auto result =
      Unpack({File("etc/.wh.passwd"), Dir("var"), File("var/.wh..wh..opq"), File("var/new", "n"),
              File(".wh..wh.plnk"), Dir("both"), File(".wh.both"), File(".wh.back"), Dir("back"),
              File(".wh.file"), File("file", "f"), File("kept", "k"), File(".wh.kept")});
  ASSERT_TRUE(result.ok()) << result.error().message();
  EXPECT_TRUE(IsWhiteout("etc/passwd"));
  EXPECT_EQ(Xattr("var", "trusted.overlay.opaque"), "y");
  EXPECT_EQ(Content("var/new"), "n");
  EXPECT_FALSE(Exists(".wh..wh.plnk"));
  EXPECT_EQ(Xattr("both", "trusted.overlay.opaque"), "y");
  EXPECT_EQ(Xattr("back", "trusted.overlay.opaque"), "y");
  EXPECT_EQ(Content("file"), "f");
  EXPECT_EQ(Content("kept"), "k");
}

TEST_F(UnpackTest, WhiteoutsAppliedInPlace) {
  ASSERT_TRUE(
      Unpack({File("a", "1"), File("d/old", "1"), File("d/sub/old", "1"), File("keep", "1")},
             Whiteouts::kApply)
          .ok());
  ASSERT_TRUE(Unpack({File(".wh.a"), File("d/new", "2"), File("d/sub/new", "2"),
                      File("d/.wh..wh..opq"), File("b", "2"), File(".wh.b")},
                     Whiteouts::kApply)
                  .ok());
  EXPECT_FALSE(Exists("a"));
  EXPECT_FALSE(Exists("d/old"));
  EXPECT_FALSE(Exists("d/sub/old"));
  EXPECT_EQ(Content("d/new"), "2");
  EXPECT_EQ(Content("d/sub/new"), "2");
  EXPECT_EQ(Content("b"), "2");
  EXPECT_EQ(Content("keep"), "1");
}

TEST_F(UnpackTest, LiteralWhiteoutsAreFiles) {
  ASSERT_TRUE(Unpack({File(".wh.a", "x")}, Whiteouts::kLiteral).ok());
  EXPECT_EQ(Content(".wh.a"), "x");
}

TEST_F(UnpackTest, PackTurnsOverlayFormBack) {
  ASSERT_TRUE(Unpack({File(".wh.gone"), Dir("d"), File("d/.wh..wh..opq"), File("d/f", "x"),
                      Hardlink("z", "d/f")})
                  .ok());
  StringSink out;
  PackOptions options;
  options.overlay_whiteouts = true;
  ASSERT_TRUE(PackFolder(root_.get(), out, options).ok());
  StringSource in(out.Take());
  auto reader = *TarReader::Open(in);
  std::vector<std::string> names;
  TarEntry entry;
  while (*reader->Next(&entry)) {
    names.push_back(entry.path + (entry.link_target.empty() ? "" : ">" + entry.link_target));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"d/", "d/.wh..wh..opq", "d/f", ".wh.gone", "z>d/f"}));
}

TEST_F(UnpackTest, HolesStayHoles) {
  // GNU sparse by the host's tar: 100 MB with 4 KB of data.
  std::string big = outside_ + "/root/big", tar = testing::TempDir() + "/sparse.tar";
  Fd fd = *Open(big, O_CREAT | O_WRONLY, 0644);
  ASSERT_EQ(::pwrite(fd.get(), "data", 4, 50 << 20), 4);
  ASSERT_EQ(::ftruncate(fd.get(), 100 << 20), 0);
  for (const char* format : {"gnu", "posix"}) {
    ASSERT_EQ(
        ::system(("tar -C " + outside_ + "/root -S --format=" + format + " -cf " + tar + " big")
                     .c_str()),
        0);
    ASSERT_EQ(::unlink(big.c_str()), 0);
    Fd in = *Open(tar, O_RDONLY);
    FdSource source(in.get());
    auto result = UnpackTar(root_.get(), source, {});
    ASSERT_TRUE(result.ok()) << result.error().message();
    auto info = Stat("big");
    EXPECT_EQ(info.st_size, 100 << 20);
    EXPECT_LT(info.st_blocks, 1000);
  }
}

TEST_F(UnpackTest, DeepTreesAreRemovable) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "d/";
  ASSERT_TRUE(Unpack({File(deep + "f"), Symlink("s", deep), File("s/" + deep + "f")}).ok());
  ASSERT_TRUE(RemoveTreeAt(root_.get(), "d").ok());
  EXPECT_FALSE(Exists("d"));
}

// --- Hostile archives: each either refused with a text or confined ---

struct Hostile {
  const char* name;
  std::vector<Item> items;
  const char* error;    // part of the message; nullptr = accepted, but confined
  const char* content;  // with nullptr above: "path=content" that must then exist in the root
};
void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }

class HostileTar : public UnpackTest, public testing::WithParamInterface<Hostile> {};

TEST_P(HostileTar, StaysInside) {
  auto result = Unpack(GetParam().items);
  if (GetParam().error != nullptr) {
    ASSERT_FALSE(result.ok());
    EXPECT_NE(result.error().message().find(GetParam().error), std::string::npos)
        << result.error().message();
  } else {
    ASSERT_TRUE(result.ok()) << result.error().message();
    std::string want = GetParam().content;
    size_t equals = want.find('=');
    EXPECT_EQ(Content(want.substr(0, equals)), want.substr(equals + 1));
  }
  ExpectOutsideUntouched();
}

Item WithXattr(Item item, const char* name, const char* value) {
  item.entry.xattrs = {{name, value}};
  return item;
}

INSTANTIATE_TEST_SUITE_P(
    Table, HostileTar,
    testing::Values(
        Hostile{"dotdot", {File("../secret", "evil")}, "is outside of", ""},
        Hostile{"dotdot_in_the_middle", {File("a/../../secret", "evil")}, "is outside of", ""},
        Hostile{"dotdot_folder", {Dir("../new")}, "is outside of", ""},
        Hostile{"absolute", {File("/etc/passwd", "x")}, nullptr, "etc/passwd=x"},
        Hostile{"absolute_dotdot", {File("/../secret", "evil")}, "is outside of", ""},
        Hostile{"harmless_dotdot", {File("a/../b", "x")}, nullptr, "b=x"},
        Hostile{"symlink_up_then_write",
                {Symlink("s", ".."), File("s/secret", "evil")},
                nullptr,
                "secret=evil"},
        Hostile{"symlink_absolute_then_write",
                {Symlink("s", "/etc"), File("etc/keep", ""), File("s/passwd", "x")},
                nullptr,
                "etc/passwd=x"},
        Hostile{"symlink_to_file_then_write",
                {Symlink("s", "../secret"), File("s", "evil")},
                nullptr,
                "s=evil"},
        Hostile{"symlink_chain",
                {Symlink("a", "b/.."), Symlink("b", "../.."), File("a/secret", "evil")},
                nullptr,
                "secret=evil"},
        Hostile{"symlink_dangling_parent",
                {Symlink("s", "/none"), File("s/x", "evil")},
                "no such file",
                ""},
        Hostile{"symlink_loop", {Symlink("s", "s"), File("s/x", "evil")}, "too many levels", ""},
        Hostile{"symlink_proc_self",
                {Symlink("s", "/proc/self/root"), File("s/tmp/x", "evil")},
                "no such file",
                ""},
        Hostile{"folder_over_symlink",
                {Symlink("s", ".."), Dir("s"), File("s/secret", "evil")},
                nullptr,
                "s/secret=evil"},
        Hostile{"folder_swapped_for_symlink",
                {Dir("d"), File("d/a", ""), Symlink("d", ".."), File("d/secret", "evil")},
                nullptr,
                "secret=evil"},
        Hostile{"hardlink_outside",
                {Hardlink("h", "../secret"), File("h", "evil")},
                "invalid hardlink",
                ""},
        Hostile{"hardlink_absolute", {Hardlink("h", "/etc/passwd")}, "no such file", ""},
        Hostile{"hardlink_through_symlink",
                {Symlink("s", ".."), Hardlink("h", "s/secret")},
                "no such file",
                ""},
        Hostile{"hardlink_to_symlink_then_write",
                {Symlink("s", "../secret"), Hardlink("h", "s"), File("h", "evil")},
                nullptr,
                "h=evil"},
        Hostile{"hardlink_to_itself", {File("a", "x"), Hardlink("a", "a")}, nullptr, "a=x"},
        Hostile{"whiteout_dotdot", {File(".wh...")}, "invalid whiteout", ""},
        Hostile{"whiteout_dot", {File(".wh..")}, "invalid whiteout", ""},
        Hostile{"whiteout_of_nothing", {File(".wh.")}, "invalid whiteout", ""},
        Hostile{"whiteout_through_symlink",
                {Symlink("s", ".."), File("s/.wh.secret"), File("ok", "x")},
                nullptr,
                "ok=x"},
        Hostile{"opaque_through_symlink",
                {Symlink("s", ".."), File("s/.wh..wh..opq"), File("ok", "x")},
                nullptr,
                "ok=x"},
        Hostile{
            "overlay_redirect",
            {WithXattr(Dir("d"), "trusted.overlay.redirect", "/../../secret"), File("d/f", "x")},
            nullptr,
            "d/f=x"},
        Hostile{"root_becomes_symlink",
                {Symlink("./", ".."), File("secret", "evil")},
                nullptr,
                "secret=evil"},
        Hostile{"root_becomes_file", {File(".", "evil"), File("ok", "x")}, nullptr, "ok=x"},
        Hostile{"root_hardlinked", {Hardlink("h", "/")}, "invalid hardlink", ""},
        Hostile{"file_as_parent", {File("f", "x"), File("f/g", "y")}, "not a directory", ""},
        Hostile{"path_too_long", {File(std::string(5000, 'p'), "x")}, "file name too long", ""}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(UnpackTest, OverlayXattrsAreDropped) {
  ASSERT_TRUE(Unpack({WithXattr(Dir("d"), "trusted.overlay.redirect", "/x"),
                      WithXattr(File("f"), "trusted.overlay.metacopy", "x")})
                  .ok());
  EXPECT_EQ(Xattr("d", "trusted.overlay.redirect"), "<none>");
  EXPECT_EQ(Xattr("f", "trusted.overlay.metacopy"), "<none>");
}

TEST_F(UnpackTest, BombsMeetTheirLimits) {
  UnpackTarOptions options;
  options.max_bytes = 10;
  EXPECT_TRUE(UnpackWith({File("a", "12345"), File("b", "12345")}, options).ok());
  auto bytes = UnpackWith({File("a", "12345"), File("b", "123456")}, options);
  ASSERT_FALSE(bytes.ok());
  EXPECT_EQ(bytes.error().kind(), ErrorKind::kInvalidArgument);
  options = {};
  options.max_entries = 2;
  EXPECT_FALSE(UnpackWith({File("a"), File("b"), File("c")}, options).ok());
}

TEST_F(UnpackTest, BaseConfinesAndSymlinksResolveInTheRoot) {
  ASSERT_TRUE(Unpack({Dir("data"), Dir("base"), Symlink("base/s", "/data")}).ok());
  UnpackTarOptions options;
  options.base = "/base";
  ASSERT_TRUE(UnpackWith({File("s/f", "x"), File("g", "y")}, options).ok());
  EXPECT_EQ(Content("data/f"), "x");
  EXPECT_EQ(Content("base/g"), "y");
  EXPECT_FALSE(UnpackWith({File("../h", "x")}, options).ok());
  options.no_overwrite_dir_non_dir = true;
  options.owner = {{7, 8}};
  EXPECT_FALSE(UnpackWith({Dir("g")}, options).ok());
  ASSERT_TRUE(UnpackWith({File("i")}, options).ok());
  EXPECT_EQ(Stat("base/i").st_uid, 7u);
}

}  // namespace
}  // namespace buoy
