"""Answers fit the Engine API's published schema (v1.50), where the file is at hand."""

import json
import os
import pathlib

import pytest
from daemon import Daemon

yaml = pytest.importorskip("yaml")


def _spec_path():
    for base in pathlib.Path(__file__).resolve().parents:
        candidate = base / "shared/docker-api/v1.50.yaml"
        if candidate.exists():
            return candidate
    return None


SPEC_PATH = _spec_path()
pytestmark = pytest.mark.skipif(SPEC_PATH is None, reason="no shared/docker-api/v1.50.yaml beside")


@pytest.fixture(scope="module")
def spec():
    return yaml.safe_load(SPEC_PATH.read_text())


@pytest.fixture(scope="module")
def daemon():
    with Daemon() as d:
        d.load_busybox()
        d.run("run", "-d", "--name", "c1", "-p", "127.0.0.1:0:80", "-v", "vol:/v", "--health-cmd",
              "true", "busybox", "sleep", "600")
        d.run("run", "--name", "done", "busybox", "true")
        yield d


class Checker:
    """A small validator for the subset of Swagger 2 that the file uses."""

    def __init__(self, spec):
        self.spec, self.problems = spec, []

    def resolve(self, schema):
        while "$ref" in schema:
            node = self.spec
            for part in schema["$ref"].lstrip("#/").split("/"):
                node = node[part]
            schema = node
        # An allOf without properties only adds words to a scalar.
        if "allOf" in schema and not self.properties(schema):
            return self.resolve(schema["allOf"][0])
        return schema

    def properties(self, schema):
        found = dict(schema.get("properties", {}))
        for part in schema.get("allOf", []):
            found.update(self.properties(self.resolve(part)))
        return found

    def check(self, value, schema, path):
        schema = self.resolve(schema)
        if value is None:
            return  # Go's nil; the file rarely says x-nullable where it should
        kind = schema.get("type") or ("object" if "allOf" in schema or "properties" in schema else None)
        types = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict,
                 "number": (int, float)}
        if kind in types and not isinstance(value, types[kind]):
            self.problems.append(f"{path}: {value!r} is no {kind}")
            return
        if "enum" in schema and value not in schema["enum"] and value != "":
            self.problems.append(f"{path}: {value!r} is none of {schema['enum']}")
        if kind == "array":
            for i, item in enumerate(value):
                self.check(item, schema.get("items", {}), f"{path}[{i}]")
        if kind == "object":
            known = self.properties(schema)
            for key, item in value.items():
                if key in known:
                    self.check(item, known[key], f"{path}.{key}")
                elif isinstance(schema.get("additionalProperties"), dict):
                    self.check(item, schema["additionalProperties"], f"{path}.{key}")
            for key in schema.get("required", []):
                if key not in value:
                    self.problems.append(f"{path}: {key} is missing")


CALLS = [
    ("/info", "/info", 200), ("/version", "/version", 200), ("/_ping", None, 200),
    ("/containers/json?all=1&size=1", "/containers/json", 200),
    ("/containers/c1/json?size=1", "/containers/{id}/json", 200),
    ("/containers/done/json", "/containers/{id}/json", 200),
    ("/containers/c1/top", "/containers/{id}/top", 200),
    ("/containers/c1/changes", "/containers/{id}/changes", 200),
    ("/images/json", "/images/json", 200), ("/images/busybox/json", "/images/{name}/json", 200),
    ("/images/busybox/history", "/images/{name}/history", 200),
    ("/networks", "/networks", 200), ("/networks/bridge", "/networks/{id}", 200),
    ("/volumes", "/volumes", 200), ("/volumes/vol", "/volumes/{name}", 200),
    ("/system/df", "/system/df", 200), ("/containers/ghost/json", "/containers/{id}/json", 404),
    ("/containers/c1/stats?stream=false", "/containers/{id}/stats", 200),
]


@pytest.mark.parametrize("call", CALLS, ids=[c[0] for c in CALLS])
def test_answer_fits(daemon, spec, call):
    path, template, status = call
    answer = daemon.request("GET", "/v1.50" + path)
    assert answer[0] == status, answer
    if template is None:
        return
    checker = Checker(spec)
    schema = spec["paths"][template]["get"]["responses"][status].get("schema", {})
    checker.check(json.loads(answer[2]), schema, path)
    assert not checker.problems, "\n".join(checker.problems)


def test_inspect_has_every_documented_field(daemon, spec):
    checker = Checker(spec)
    found = json.loads(daemon.request("GET", "/v1.50/containers/c1/json")[2])
    known = checker.properties(checker.resolve({"$ref": "#/definitions/ContainerInspectResponse"}))
    optional = {"ImageManifestDescriptor", "SizeRw", "SizeRootFs", "GraphDriver"}
    assert set(known) - optional - set(found) == set()
    host = checker.properties(checker.resolve({"$ref": "#/definitions/HostConfig"}))
    missing = set(host) - set(found["HostConfig"])
    assert missing <= {"Annotations", "StorageOpt", "Tmpfs", "Sysctls", "Runtime", "Mounts", "Init",
                       "KernelMemoryTCP", "KernelMemory", "Capabilities"}, missing
