"""A registry that lies, and a proxy that cuts connections."""

import base64
import hashlib
import http.server
import io
import json
import random
import socket
import tarfile
import threading
import urllib.parse

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"


def tar_of(**files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


LAYER = tar_of(file=b"content")


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def describe(media_type, data, **more):
    return {"mediaType": media_type, "digest": digest(data), "size": len(data), **more}


class FakeRegistry(http.server.ThreadingHTTPServer):
    """`blobs` by digest, `manifests` by "name/reference" -> (bytes, content type). `seen` are the
    requests: (method, path, Authorization or "")."""

    daemon_threads = True

    def __init__(self, address="127.0.0.1"):
        super().__init__((address, 0), Handler)
        self.host = f"{address}:{self.server_address[1]}"
        self.blobs, self.manifests, self.seen = {}, {}, []
        self.challenge = None   # WWW-Authenticate of what comes without a good Authorization
        self.accepts = lambda authorization: True
        self.routes = {}        # path -> handler(request handler), before everything else

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def add(self, data):
        self.blobs[digest(data)] = data
        return data

    def image(self, name, layers, config=None, plain=None, **manifest):
        """An image of these blobs; `plain` are the layers' tars where they are compressed."""
        diff_ids = [digest(tar) for tar in plain or layers]
        config = config or json.dumps(
            {"architecture": "amd64", "os": "linux", "config": {},
             "rootfs": {"type": "layers", "diff_ids": diff_ids}}).encode()
        self.add(config)
        document = {"schemaVersion": 2, "mediaType": OCI_MANIFEST,
                    "config": describe(OCI_CONFIG, config),
                    "layers": [describe(OCI_LAYER, self.add(layer)) for layer in layers], **manifest}
        self.put(name, document)
        return document

    def put(self, name, document, content_type=OCI_MANIFEST):
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        repository, _, tag = name.partition(":")
        for reference in (tag, digest(data)):
            self.manifests[f"{repository}/{reference}"] = (data, content_type)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle(self):
        """Who begins with TLS is told at once, as Go's servers do it; it is no line to wait for."""
        if self.connection.recv(1, socket.MSG_PEEK) == b"\x16":
            self.connection.recv(65536)
            self.connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
                                    b"Connection: close\r\n\r\n400 Bad Request")
            return
        super().handle()

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def fail(self, status, code, **headers):
        body = json.dumps({"errors": [{"code": code, "message": code.lower().replace("_", " ")}]})
        self.answer(status, body.encode(), Content_Type="application/json", **headers)

    def do_GET(self):
        server, path = self.server, urllib.parse.urlsplit(self.path).path
        authorization = self.headers.get("Authorization", "")
        server.seen.append((self.command, self.path, authorization))
        if path in server.routes:
            return server.routes[path](self)
        if server.challenge and not (authorization and server.accepts(authorization)):
            return self.fail(401, "UNAUTHORIZED", WWW_Authenticate=server.challenge)
        if path == "/v2/":
            return self.answer(200, b"{}", Content_Type="application/json")
        name, kind, reference = path[len("/v2/"):].rsplit("/", 2)
        if kind == "manifests" and f"{name}/{reference}" in server.manifests:
            data, content_type = server.manifests[f"{name}/{reference}"]
            return self.answer(200, data, Content_Type=content_type,
                               Docker_Content_Digest=digest(data))
        if kind == "blobs" and reference in server.blobs:
            return self.answer(200, server.blobs[reference],
                               Content_Type="application/octet-stream")
        return self.fail(404, "MANIFEST_UNKNOWN" if kind == "manifests" else "BLOB_UNKNOWN")

    do_HEAD = do_GET
    do_POST = do_GET


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class FlakyProxy:
    """Forwards to a port and cuts: `cut(connection number)` is after how many bytes of answer."""

    def __init__(self, port, cut, rate=None):
        self.target, self.cut, self.rate = port, cut, rate
        self.moved = self.connections = self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        # Without its end the thread would accept on whatever gets the descriptor's number next.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(20)
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            threading.Thread(target=self.pump, args=(client, server, None), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, client, self.cut(self.connections)),
                             daemon=True).start()

    def pump(self, source, sink, limit):
        moved = 0
        try:
            while data := source.recv(16384):
                if limit is not None and moved + len(data) >= limit:
                    data = data[:limit - moved]
                    sink.sendall(data)
                    self.moved += len(data)
                    self.cuts += 1
                    break
                sink.sendall(data)
                moved += len(data)
                if sink.getpeername()[1] != self.target:
                    self.moved += len(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()


def sometimes(chance, seed=1):
    """Cuts so many of the connections, somewhere in their first megabyte."""
    dice = random.Random(seed)
    return lambda _: dice.randrange(1, 1 << 20) if dice.random() < chance else None
