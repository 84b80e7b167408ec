#include "daemon/state/migrations.h"

namespace buoy::state {
namespace {

// 1: images, containers, networks, volumes, events.
constexpr char kInitial[] = R"sql(
-- id is the digest of the config ("sha256:..."), whose bytes are a blob of the same digest.
CREATE TABLE images (
  id          TEXT PRIMARY KEY,
  created_ns  INTEGER NOT NULL,
  size        INTEGER NOT NULL,           -- bytes of its unpacked layers
  parent      TEXT NOT NULL DEFAULT '',
  manifest    TEXT NOT NULL DEFAULT '',   -- digest of the manifest it came with, if any
  last_tag_ns INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE image_tags (
  reference TEXT PRIMARY KEY,             -- normalised: docker.io/library/busybox:latest
  image_id  TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE
);
CREATE TABLE image_digests (
  reference TEXT PRIMARY KEY,             -- normalised: docker.io/library/busybox@sha256:...
  image_id  TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE
);
-- Unpacked layers; the folder is <data-root>/<driver>/<hex of chain id>.
CREATE TABLE layers (
  chain_id TEXT PRIMARY KEY,
  diff_id  TEXT NOT NULL,
  parent   TEXT NOT NULL DEFAULT '',      -- chain id below, '' = bottom
  size     INTEGER NOT NULL
);
CREATE TABLE image_layers (
  image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  chain_id TEXT NOT NULL REFERENCES layers(chain_id),
  blob     TEXT NOT NULL DEFAULT '',      -- digest of the blob as it came, '' = none kept
  media_type TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (image_id, position)
);

-- config, host_config, networking: the API's JSON. runtime: what the daemon decided at create.
CREATE TABLE containers (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,       -- without slash
  created_ns  INTEGER NOT NULL,
  image_id    TEXT NOT NULL,
  config      TEXT NOT NULL,
  host_config TEXT NOT NULL,
  networking  TEXT NOT NULL DEFAULT '{}',
  mounts      TEXT NOT NULL DEFAULT '[]',
  details     TEXT NOT NULL DEFAULT '{}',
  -- The state as last known; the shim's journal brings it up to date.
  state         TEXT NOT NULL DEFAULT 'created',
  pid           INTEGER NOT NULL DEFAULT 0,
  pid_start     INTEGER NOT NULL DEFAULT 0,
  exit_code     INTEGER NOT NULL DEFAULT 0,
  error         TEXT NOT NULL DEFAULT '',
  oom_killed    INTEGER NOT NULL DEFAULT 0,
  started_ns    INTEGER NOT NULL DEFAULT 0,
  finished_ns   INTEGER NOT NULL DEFAULT 0,
  restart_count INTEGER NOT NULL DEFAULT 0,
  has_been_started INTEGER NOT NULL DEFAULT 0,
  manually_stopped INTEGER NOT NULL DEFAULT 0,
  boot_id       TEXT NOT NULL DEFAULT '',
  journal_seq   INTEGER NOT NULL DEFAULT 0  -- last record of the shim's journal applied
);
CREATE TABLE networks (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  driver   TEXT NOT NULL,
  resource TEXT NOT NULL                   -- the API's NetworkResource, without containers
);
CREATE TABLE endpoints (
  id           TEXT PRIMARY KEY,
  network_id   TEXT NOT NULL REFERENCES networks(id),
  container_id TEXT NOT NULL,
  settings     TEXT NOT NULL,              -- EndpointSettings
  details      TEXT NOT NULL DEFAULT '{}', -- host interface, ports ...
  UNIQUE (network_id, container_id)
);
CREATE TABLE volumes (
  name       TEXT PRIMARY KEY,
  driver     TEXT NOT NULL,
  created_ns INTEGER NOT NULL,
  labels     TEXT NOT NULL DEFAULT '{}',
  options    TEXT NOT NULL DEFAULT '{}',
  anonymous  INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE events (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  time_ns INTEGER NOT NULL,
  event   TEXT NOT NULL
);
CREATE INDEX events_by_time ON events(time_ns);
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
)sql";

// Mounts that volume plugins were asked for, until they are given back.
constexpr char kPluginVolumes[] = R"sql(
ALTER TABLE volumes ADD COLUMN mountpoint TEXT NOT NULL DEFAULT '';
CREATE TABLE volume_mounts (
  volume    TEXT NOT NULL,
  reference TEXT NOT NULL,                 -- a container's id, or what else needed the volume
  driver    TEXT NOT NULL,
  PRIMARY KEY (volume, reference)
);
)sql";

}  // namespace

const std::vector<std::string>& Migrations() {
  static const std::vector<std::string> migrations = [] {
    std::vector<std::string> all = {kInitial, kPluginVolumes};
    if (kNextMigration != nullptr) all.push_back(kNextMigration);
    return all;
  }();
  return migrations;
}

}  // namespace buoy::state
