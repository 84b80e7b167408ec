"""api/openapi.yaml against the route tables: the same operations, versions and parameters.

Usage: openapi_test.py OPENAPI.YAML PRINT_ROUTES SOURCE...
"""

import re
import subprocess
import sys

import yaml

METHODS = ("get", "head", "post", "put", "delete")
READERS = r"(?:Get|Bool|BoolOr|Has|All|header|ReadSpace)\((?:request, )?\"([A-Za-z_-]+)\""


def described(document):
    """{(method, path): operation}"""
    operations = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                operations[(method.upper(), path)] = item[method]
    return operations


def unresolved(document):
    """References in the document that lead nowhere."""
    missing = []

    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                target = document
                for part in node["$ref"].removeprefix("#/").split("/"):
                    target = target.get(part, {})
                if not target:
                    missing.append(node["$ref"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)
    return missing


def faults(document, table, sources):
    operations = described(document)
    served = {(method, path): since for method, path, since in table}
    for key in sorted(operations.keys() - served.keys()):
        yield "described but not served: %s %s" % key
    for key in sorted(served.keys() - operations.keys()):
        yield "served but not described: %s %s" % key
    for key in operations.keys() & served.keys():
        since = operations[key].get("x-since", "1.24")
        if since != served[key]:
            yield "%s %s: x-since is %s, the table says %s" % (*key, since, served[key])
    for path, item in document["paths"].items():
        declared = {p["name"] for p in item.get("parameters", []) if p["in"] == "path"}
        if declared != set(re.findall(r"\{(\w+)\}", path)):
            yield "%s: its path parameters are %s" % (path, sorted(declared))
    names = {
        p["name"]
        for operation in operations.values()
        for p in operation.get("parameters", [])
    }
    read = set(re.findall(READERS, sources)) - {"Upgrade", "Content-Type"}
    for name in sorted(read - names):
        yield "parameter %s is read but not described" % name
    for name in sorted(names):
        if '"%s"' % name not in sources:
            yield "parameter %s is described but nobody reads it" % name
    for reference in unresolved(document):
        yield "%s leads nowhere" % reference


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = yaml.safe_load(file)
    printed = subprocess.run([sys.argv[2]], check=True, capture_output=True, text=True).stdout
    table = [line.split() for line in printed.splitlines()]
    if not table:
        sys.exit("no routes were printed")
    sources = ""
    for path in sys.argv[3:]:
        with open(path, encoding="utf-8") as file:
            sources += file.read()
    sources = sources.replace(".filters()", '.Get("filters")')
    found = list(faults(document, table, sources))
    for fault in found:
        print(fault)
    sys.exit(1 if found else 0)


main()
