#!/usr/bin/env python3
"""Makes a small image archive from the host's static busybox, for `docker load`.

  make_image.py OUT.tar NAME:TAG [options]

The result is deterministic: same options, same image ID. By default it is like busybox:latest
(/bin/busybox and a link per applet, /etc/passwd, /etc/group, CMD ["sh"]) in the combined layout
of Docker 25+ (manifest.json and index.json).
"""

import argparse
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile

MTIME = 1700000000
CREATED = "2023-11-14T22:13:20Z"
PASSWD = """root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
test:x:1000:1000:test:/home/test:/bin/sh
nobody:x:65534:65534:nobody:/home:/bin/false
"""
GROUP = """root:x:0:
daemon:x:1:
audio:x:29:test
www-data:x:33:
test:x:1000:
nobody:x:65534:
"""
MEDIA_CONFIG = "application/vnd.oci.image.config.v1+json"
MEDIA_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
MEDIA_INDEX = "application/vnd.oci.image.index.v1+json"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def add(tar, name, mode, data=None, kind=tarfile.REGTYPE, link="", uid=0, gid=0):
    info = tarfile.TarInfo(name)
    info.mode, info.type, info.linkname, info.mtime = mode, kind, link, MTIME
    info.uid, info.gid = uid, gid
    if data is not None:
        info.size = len(data)
    tar.addfile(info, io.BytesIO(data) if data is not None else None)


def base_layer(busybox):
    with open(busybox, "rb") as binary:
        data = binary.read()
    applets = subprocess.run([busybox, "--list"], check=True, capture_output=True,
                             text=True).stdout.split()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for folder in ("bin", "dev", "etc", "home", "proc", "root", "sys", "usr", "var"):
            add(tar, folder, 0o700 if folder == "root" else 0o755, kind=tarfile.DIRTYPE)
        add(tar, "usr/bin", 0o755, kind=tarfile.DIRTYPE)
        add(tar, "usr/sbin", 0o755, kind=tarfile.DIRTYPE)
        add(tar, "var/www", 0o755, kind=tarfile.DIRTYPE)
        add(tar, "home/test", 0o755, kind=tarfile.DIRTYPE, uid=1000, gid=1000)
        add(tar, "tmp", 0o1777, kind=tarfile.DIRTYPE)
        add(tar, "bin/busybox", 0o755, data)
        for applet in sorted(set(applets) - {"busybox"}):
            add(tar, "bin/" + applet, 0o755, kind=tarfile.LNKTYPE, link="bin/busybox")
        add(tar, "usr/bin/env", 0o777, kind=tarfile.SYMTYPE, link="/bin/env")
        add(tar, "etc/passwd", 0o644, PASSWD.encode())
        add(tar, "etc/group", 0o644, GROUP.encode())
    return out.getvalue()


def extra_layer(number):
    """Layer n adds /layers/n and deletes /layers/n-1."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        add(tar, "layers", 0o755, kind=tarfile.DIRTYPE)
        add(tar, f"layers/{number}", 0o644, f"layer {number}\n".encode())
        if number > 1:
            add(tar, f"layers/.wh.{number - 1}", 0o644, b"")
    return out.getvalue()


def config_blob(args, layers):
    env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] + args.env
    config = {"Env": env, "Cmd": json.loads(args.cmd)}
    if args.entrypoint:
        config["Entrypoint"] = json.loads(args.entrypoint)
    if args.user:
        config["User"] = args.user
    if args.workdir:
        config["WorkingDir"] = args.workdir
    if args.stop_signal:
        config["StopSignal"] = args.stop_signal
    if args.label:
        config["Labels"] = dict(item.split("=", 1) for item in args.label)
    if args.volume:
        config["Volumes"] = {path: {} for path in args.volume}
    if args.expose:
        config["ExposedPorts"] = {port: {} for port in args.expose}
    if args.healthcheck:
        config["Healthcheck"] = json.loads(args.healthcheck)
    history = [{"created": CREATED, "created_by": "ADD busybox / # buildkit"}]
    history += [{"created": CREATED, "created_by": f"RUN layer {n} # buildkit"}
                for n in range(1, len(layers))]
    history.append({"created": CREATED, "created_by": "CMD " + args.cmd, "empty_layer": True})
    image = {"architecture": args.arch, "config": config, "created": CREATED, "history": history,
             "os": "linux",
             "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]}}
    return json.dumps(image, separators=(",", ":")).encode()


def write_archive(args, layers, config):
    packed = [gzip.compress(layer, 6, mtime=0) if args.gzip else layer for layer in layers]
    media = "application/vnd.oci.image.layer.v1.tar" + ("+gzip" if args.gzip else "")

    def descriptor(media_type, blob, **more):
        return {"mediaType": media_type, "digest": digest(blob), "size": len(blob), **more}

    manifest = json.dumps({"schemaVersion": 2, "mediaType": MEDIA_MANIFEST,
                           "config": descriptor(MEDIA_CONFIG, config),
                           "layers": [descriptor(media, blob) for blob in packed]}).encode()
    name, _, tag = args.name.rpartition(":")
    full = name if "." in name.split("/")[0] or name.startswith("localhost") else (
        "docker.io/" + (name if "/" in name else "library/" + name))
    annotations = {"io.containerd.image.name": f"{full}:{tag}",
                   "org.opencontainers.image.ref.name": tag}
    index = json.dumps({"schemaVersion": 2, "mediaType": MEDIA_INDEX, "manifests": [
        descriptor(MEDIA_MANIFEST, manifest, annotations=annotations)]}).encode()

    def path(blob):
        return "blobs/sha256/" + digest(blob)[7:]

    with tarfile.open(args.out, "w", format=tarfile.PAX_FORMAT) as tar:
        if args.layout in ("oci", "both"):
            add(tar, "oci-layout", 0o444, b'{"imageLayoutVersion":"1.0.0"}')
            add(tar, "index.json", 0o644, index)
        seen = set()
        for blob in packed + [config] + ([manifest] if args.layout != "docker" else []):
            if path(blob) not in seen:
                add(tar, path(blob), 0o444, blob)
            seen.add(path(blob))
        if args.layout in ("docker", "both"):
            add(tar, "manifest.json", 0o644, json.dumps([{
                "Config": path(config), "RepoTags": [args.name],
                "Layers": [path(blob) for blob in packed]}]).encode())
    print(digest(config))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("name", help="NAME:TAG")
    parser.add_argument("--layout", choices=("docker", "oci", "both"), default="both")
    parser.add_argument("--gzip", action="store_true", help="compress the layers")
    parser.add_argument("--layers", type=int, default=1, help="number of layers in all")
    parser.add_argument("--busybox", default="/bin/busybox")
    parser.add_argument("--arch", default="amd64")
    parser.add_argument("--cmd", default='["sh"]', help="JSON array")
    parser.add_argument("--entrypoint", help="JSON array")
    parser.add_argument("--healthcheck", help="JSON object, as in the image's config")
    parser.add_argument("--user")
    parser.add_argument("--workdir")
    parser.add_argument("--stop-signal")
    for flag in ("env", "label", "volume", "expose"):
        parser.add_argument("--" + flag, action="append", default=[])
    args = parser.parse_args()
    if ":" not in args.name.rpartition("/")[2]:
        sys.exit("make_image.py: NAME:TAG needs a tag")
    layers = [base_layer(args.busybox)] + [extra_layer(n) for n in range(1, args.layers)]
    write_archive(args, layers, config_blob(args, layers))


if __name__ == "__main__":
    main()
