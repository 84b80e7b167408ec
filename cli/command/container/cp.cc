#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "cli/command/container/container.h"
#include "cli/command/container/cp_path.h"
#include "cli/command/output_file.h"
#include "cli/command/terminal.h"
#include "cli/config/auth.h"
#include "cli/flags/units.h"
#include "common/archive/pack.h"
#include "common/archive/tar_reader.h"
#include "common/archive/tar_writer.h"
#include "common/archive/unpack.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

constexpr uint32_t kGoModeDir = 1u << 31;
constexpr uint32_t kGoModeSymlink = 1u << 27;
constexpr uint32_t kGoModeType = 0x8f280000;

struct Options {
  bool archive = false, follow = false, quiet = false;
  bool Tells() const { return !quiet && IsTerminal(STDERR_FILENO); }
};

struct PathStat {
  uint32_t mode = 0;
  std::string link_target;
  bool is_dir() const { return (mode & kGoModeDir) != 0; }
  bool is_link() const { return (mode & kGoModeSymlink) != 0; }
};

Result<PathStat> DecodeStat(const api::Headers& headers) {
  BUOY_ASSIGN(std::string json, DecodeBase64(headers.Get("X-Docker-Container-Path-Stat")));
  auto value = Value::Parse(json);
  if (!value.ok()) {
    return Internal("unable to decode container path stat header: " + value.error().message());
  }
  return PathStat{static_cast<uint32_t>(value->Int("mode")), value->Str("linkTarget")};
}

Result<PathStat> StatInContainer(Cli& cli, const std::string& container, const std::string& path) {
  BUOY_ASSIGN(std::string api_path, ContainerPath(container, "/archive"));
  BUOY_ASSIGN(api::Reply reply, cli.Do("HEAD", api_path, {{"path", path}}));
  return DecodeStat(reply.headers);
}

// Counts what passes, for the last line.
class CountingSource : public ByteSource {
 public:
  explicit CountingSource(ByteSource& inner) : inner_(inner) {}
  Result<size_t> Read(std::span<char> buffer) override {
    BUOY_ASSIGN(size_t got, inner_.Read(buffer));
    bytes_ += static_cast<int64_t>(got);
    return got;
  }
  int64_t bytes() const { return bytes_; }

 private:
  ByteSource& inner_;
  int64_t bytes_ = 0;
};

// A tar made by a thread while somebody else reads it.
class PipedTar {
 public:
  static Result<std::unique_ptr<PipedTar>> Start(std::function<Status(ByteSink&)> make) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return ErrnoError("pipe");
    auto tar = std::make_unique<PipedTar>();
    tar->read_ = Fd(ends[0]);
    tar->source_ = std::make_unique<FdSource>(ends[0]);
    tar->thread_ = std::thread([self = tar.get(), make = std::move(make), end = ends[1]] {
      Fd write(end);
      FdSink sink(write.get());
      self->status_ = make(sink);
    });
    return tar;
  }
  ~PipedTar() { (void)Finish(); }
  ByteSource& source() { return *source_; }
  // What making it came to.
  Status Finish() {
    read_.reset();
    if (thread_.joinable()) thread_.join();
    return status_;
  }

 private:
  Fd read_;
  std::unique_ptr<FdSource> source_;
  std::thread thread_;
  Status status_;
};

std::string Absolute(const std::string& path) {
  if (path.starts_with('/')) return cp::KeepTrail(cp::Clean(path), path);
  char cwd[PATH_MAX];
  std::string base = getcwd(cwd, sizeof cwd) != nullptr ? cwd : ".";
  return cp::KeepTrail(cp::Clean(base + "/" + path), path);
}

void Report(Cli& cli, const Options& options, int64_t bytes, const std::string& where) {
  if (!options.Tells()) return;
  cli.Err("Successfully copied " + HumanSize(static_cast<double>(bytes), 3) + " to " + where +
          "\n");
}

// Copies an archive with its top entry renamed.
Status Renamed(ByteSource& from, ByteSink& to, const cp::Placement& placed) {
  BUOY_ASSIGN(auto reader, TarReader::Open(from));
  BUOY_ASSIGN(auto writer, TarWriter::Open(to));
  TarEntry entry;
  while (true) {
    BUOY_ASSIGN(bool more, reader->Next(&entry));
    if (!more) break;
    entry.path = cp::Rebase(entry.path, placed.old_base, placed.new_base);
    if (entry.type == TarType::kHardlink) {
      entry.link_target = cp::Rebase(entry.link_target, placed.old_base, placed.new_base);
    }
    BUOY_TRY(writer->Begin(entry));
    if (entry.type == TarType::kFile) BUOY_TRY(CopyStream(reader->EntryData(), *writer));
  }
  return writer->Finish();
}

Status UnpackLocally(ByteSource& tar, const cp::Placement& placed) {
  BUOY_ASSIGN(Fd root, Open(placed.dir, O_RDONLY | O_DIRECTORY));
  UnpackTarOptions unpack;
  unpack.owner = std::pair(geteuid(), getegid());
  unpack.no_overwrite_dir_non_dir = true;
  if (!placed.renames()) {
    BUOY_TRY(UnpackTar(root.get(), tar, unpack));
    return Ok();
  }
  BUOY_ASSIGN(auto piped,
              PipedTar::Start([&](ByteSink& sink) { return Renamed(tar, sink, placed); }));
  auto unpacked = UnpackTar(root.get(), piped->source(), unpack);
  Status made = piped->Finish();
  if (!unpacked.ok()) return std::move(unpacked).error();
  return made;
}

cp::Destination LocalDestination(const std::string& path) {
  cp::Destination out{path};
  struct stat info {};
  out.exists = stat(path.c_str(), &info) == 0;
  out.is_dir = out.exists && S_ISDIR(info.st_mode);
  return out;
}

Result<int> FromContainer(Cli& cli, const Options& options, const cp::Operand& from,
                          std::string to) {
  if (to.empty()) return InvalidArgument("destination can not be empty");
  if (to != "-") {
    to = Absolute(to);
    BUOY_TRY(CheckOutputPath(to));
  }
  std::string path = from.path;
  std::string rebase_name;
  if (options.follow) {
    auto info = StatInContainer(cli, from.container, path);
    if (info.ok() && info->is_link()) {
      rebase_name = cp::SplitDirEntry(path).second;
      path = cp::KeepTrail(cp::ResolveLink(path, info->link_target), path);
      if (rebase_name == cp::SplitDirEntry(path).second || rebase_name == ".") rebase_name.clear();
    }
  }
  BUOY_ASSIGN(api::Client * client, cli.client());
  BUOY_ASSIGN(std::string api_path, ContainerPath(from.container, "/archive"));
  BUOY_ASSIGN(auto stream, client->Open({.path = api_path, .query = {{"path", path}}}));
  BUOY_ASSIGN(PathStat info, DecodeStat(stream->headers()));
  if (to == "-") {
    FdSink sink(STDOUT_FILENO);
    BUOY_TRY(CopyStream(*stream, sink));
    return 0;
  }
  CountingSource counted(*stream);
  BUOY_ASSIGN(cp::Placement placed,
              cp::Place({path, info.is_dir(), rebase_name}, LocalDestination(to)));
  BUOY_TRY(UnpackLocally(counted, placed));
  Report(cli, options, counted.bytes(), to);
  return 0;
}

// What a container's path is, symlinks followed. A missing one is left to the daemon to tell.
Result<cp::Destination> ContainerDestination(Cli& cli, const cp::Operand& to) {
  cp::Destination out{to.path};
  auto info = StatInContainer(cli, to.container, to.path);
  if (info.ok() && info->is_link()) {
    out.path = cp::ResolveLink(to.path, info->link_target);
    info = StatInContainer(cli, to.container, out.path);
  }
  if (!info.ok()) return out;
  if ((info->mode & kGoModeType & ~kGoModeDir) != 0) {
    return InvalidArgument("destination \"" + to.container + ":" + to.path +
                           "\" must be a directory or a regular file: got a device");
  }
  out.exists = true;
  out.is_dir = info->is_dir();
  return out;
}

Result<cp::Source> LocalSource(const std::string& path, bool follow) {
  cp::Source out{path};
  std::string clean = cp::Clean(path);
  if (follow) {
    char real[PATH_MAX];
    if (realpath(clean.c_str(), real) == nullptr) return ErrnoError("lstat " + clean);
    std::string name = cp::SplitDirEntry(path).second;
    out.path = cp::KeepTrail(real, path);
    if (cp::SplitDirEntry(out.path).second != name) out.rebase_name = name;
  }
  struct stat info {};
  std::string shown = cp::Clean(out.path);
  bool as_dir = cp::AssertsDirectory(path);
  if ((as_dir ? stat(shown.c_str(), &info) : lstat(shown.c_str(), &info)) != 0) {
    return ErrnoError("lstat " + shown);
  }
  out.is_dir = S_ISDIR(info.st_mode);
  if (as_dir && !out.is_dir) return InvalidArgument("not a directory");
  return out;
}

// The source as a tar whose top entry is called as the destination wants it.
Status PackLocally(const cp::Source& source, const cp::Placement& placed, ByteSink& sink) {
  BUOY_ASSIGN(auto writer, TarWriter::Open(sink));
  Packer packer(*writer, {});
  auto [dir, base] = cp::SplitDirEntry(source.path);
  if (base != "." && base != "/") {
    BUOY_ASSIGN(Fd parent, Open(dir, O_RDONLY | O_DIRECTORY));
    BUOY_TRY(packer.AddEntry(parent.get(), base, placed.renames() ? placed.new_base : base));
    return writer->Finish();
  }
  BUOY_ASSIGN(Fd folder, Open(dir, O_RDONLY | O_DIRECTORY));
  struct stat info {};
  fstat(folder.get(), &info);
  TarEntry top;
  top.path = (placed.renames() ? placed.new_base : ".") + "/";
  top.type = TarType::kDirectory;
  top.mode = info.st_mode & 07777;
  top.uid = info.st_uid;
  top.gid = info.st_gid;
  top.mtime = {info.st_mtim.tv_sec, 0};
  BUOY_TRY(writer->Begin(top));
  BUOY_TRY(packer.AddChildren(folder.get(), placed.renames() ? placed.new_base : ""));
  return writer->Finish();
}

Status Upload(Cli& cli, const std::string& container, const std::string& dir, bool archive,
              ByteSource& tar) {
  BUOY_ASSIGN(api::Client * client, cli.client());
  BUOY_ASSIGN(std::string path, ContainerPath(container, "/archive"));
  api::Call call{.method = "PUT", .path = path, .upload = &tar};
  call.query.Add("noOverwriteDirNonDir", "true").Add("path", dir);
  if (archive) call.query.Add("copyUIDGID", "true");
  BUOY_TRY(client->Do(call));
  return Ok();
}

Result<int> ToContainer(Cli& cli, const Options& options, const std::string& from,
                        const cp::Operand& to) {
  BUOY_ASSIGN(cp::Destination destination, ContainerDestination(cli, to));
  if (from == "-") {
    if (!destination.is_dir) {
      return InvalidArgument("destination \"" + to.container + ":" + to.path +
                             "\" must be a directory");
    }
    FdSource input(STDIN_FILENO);
    BUOY_TRY(Upload(cli, to.container, destination.path, options.archive, input));
    return 0;
  }
  std::string local = Absolute(from);
  BUOY_ASSIGN(cp::Source source, LocalSource(local, options.follow));
  BUOY_ASSIGN(cp::Placement placed, cp::Place(source, destination));
  BUOY_ASSIGN(auto piped,
              PipedTar::Start([&](ByteSink& sink) { return PackLocally(source, placed, sink); }));
  CountingSource counted(piped->source());
  Status sent = Upload(cli, to.container, placed.dir, options.archive, counted);
  Status packed = piped->Finish();
  BUOY_TRY(std::move(sent));
  BUOY_TRY(std::move(packed));
  Report(cli, options, counted.bytes(), to.container + ":" + destination.path);
  return 0;
}

Result<int> Run(Invocation& in, const Options& options) {
  if (in.args[0].empty()) return InvalidArgument("source can not be empty");
  if (in.args[1].empty()) return InvalidArgument("destination can not be empty");
  cp::Operand from = cp::ParseOperand(in.args[0]);
  cp::Operand to = cp::ParseOperand(in.args[1]);
  if (!from.container.empty() && !to.container.empty()) {
    return InvalidArgument("copying between containers is not supported");
  }
  if (!from.container.empty()) return FromContainer(in.cli, options, from, in.args[1]);
  if (!to.container.empty()) return ToContainer(in.cli, options, from.path, to);
  return InvalidArgument("must specify at least one container source");
}

}  // namespace

Command ContainerCp() {
  auto options = std::make_shared<Options>();
  return {.use = "cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-",
          .brief = "Copy files/folders between a container and the local filesystem",
          .long_text =
              "Copy files/folders between a container and the local filesystem\n\nUse '-' "
              "as the source to read a tar archive from stdin\nand extract it to a "
              "directory destination in a container.\nUse '-' as the destination to "
              "stream a tar archive of a\ncontainer source to stdout.",
          .full_names = "container cp, cp",
          .args = ExactArgs(2),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->follow, "follow-link", 'L',
                           "Always follow symbol link in SRC_PATH");
                flags.Bool(&options->archive, "archive", 'a',
                           "Archive mode (copy all uid/gid information)");
                flags.Bool(&options->quiet, "quiet", 'q',
                           "Suppress progress output during copy. Progress output is "
                           "automatically suppressed if no terminal is attached");
              },
          .run = [options](Invocation& in) { return Run(in, *options); },
          .use_also = "cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH"};
}

}  // namespace buoy::cli
