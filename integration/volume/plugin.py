"""A volume plugin of the v1 protocol, as a process: plugin.py SOCKET STATE.json FOLDER.

It keeps what it was asked in the state file (calls and the mounts not given back), so that it may be
killed and started again as any plugin.
"""

import http.server
import json
import os
import pathlib
import socketserver
import sys

SOCKET, STATE, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])


def load():
    if STATE.exists():
        return json.loads(STATE.read_text())
    return {"volumes": {}, "mounts": [], "calls": []}


def save(state):
    new = STATE.with_suffix(".new")
    new.write_text(json.dumps(state))
    os.replace(new, STATE)


def describe(name):
    return {"Name": name, "Mountpoint": str(FOLDER / name), "CreatedAt": "2020-01-02T03:04:05Z",
            "Status": {"size": 7}}


def act(state, method, request):
    name = request.get("Name", "")
    if method == "Plugin.Activate":
        return {"Implements": ["VolumeDriver"]}
    if method == "VolumeDriver.Capabilities":
        return {"Capabilities": {"Scope": "global"}}
    if method == "VolumeDriver.List":
        return {"Volumes": [describe(n) for n in state["volumes"]]}
    if method == "VolumeDriver.Create":
        if (request.get("Opts") or {}).get("fail"):
            return {"Err": "refused by " + request["Opts"]["fail"]}
        (FOLDER / name).mkdir(parents=True, exist_ok=True)
        state["volumes"][name] = request.get("Opts") or {}
        return {}
    if name not in state["volumes"]:
        return {"Err": f"volume {name} not found"}
    if method == "VolumeDriver.Get":
        return {"Volume": describe(name)}
    if method == "VolumeDriver.Remove":
        del state["volumes"][name]
        return {}
    if method in ("VolumeDriver.Path", "VolumeDriver.Mount"):
        if method.endswith("Mount"):
            if state["volumes"][name].get("failmount"):
                return {"Err": "no medium"}
            state["mounts"].append([name, request["ID"]])
        return {"Mountpoint": str(FOLDER / name)}
    if method == "VolumeDriver.Unmount":
        if [name, request["ID"]] not in state["mounts"]:
            return {"Err": "not mounted"}
        state["mounts"].remove([name, request["ID"]])
        return {}
    return {"Err": "unknown method " + method}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        method = self.path.strip("/")
        state = load()
        answer = act(state, method, json.loads(body) if body.strip() else {})
        state["calls"].append(method.split(".")[-1])
        save(state)
        data = json.dumps({"Err": "", **answer}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.docker.plugins.v1.2+json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def address_string(self):
        return "unix"

    def log_message(self, *_):
        pass


if os.path.exists(SOCKET):
    os.unlink(SOCKET)
os.makedirs(os.path.dirname(SOCKET), exist_ok=True)
socketserver.UnixStreamServer(SOCKET, Handler).serve_forever()
