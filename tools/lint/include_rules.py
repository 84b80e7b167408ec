#!/usr/bin/env python3
"""Checks who includes whom, where costly headers may appear, and how long files are."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
TOP = ("api", "cli", "common", "daemon", "integration")

# folder -> prefixes it may include from this repository; the longest matching folder counts.
MAY_INCLUDE = {
    "common": ["common/"],
    "api": ["common/", "api/"],
    "cli": ["common/", "api/", "cli/"],
    "daemon": ["common/", "api/", "daemon/"],
    "daemon/shim": ["common/", "daemon/shim/"],
    "daemon/shim_client": ["common/", "daemon/shim_client/"],
    "integration": ["common/", "api/", "daemon/", "cli/", "integration/"],
}
# header -> (what a file must look like to include it, reason)
COSTLY = {
    "nlohmann/json.hpp": (r"\.cc$|/codec\.h$|_json\.h$|/internal/", "5-10 s to compile: .cc files only"),
    "httplib.h": (r"^api/(server|client|http)/", "the HTTP engine wraps it"),
    "CLI/CLI.hpp": (r"^cli/.*\.cc$", "11 s to compile"),
    "spdlog/": (r"^daemon/logging/.*\.cc$", "daemon/logging wraps it"),
}
MAX_LINES = 500
LONG_TABLES = re.compile(r"(_table|_words|_names|_profile|_flags)[^/]*\.(cc|h)$")


def allowed_for(path):
    best = max((f for f in MAY_INCLUDE if path.startswith(f + "/")), key=len)
    return MAY_INCLUDE[best]


def check(path, text):
    name = str(path.relative_to(ROOT))
    lines = text.count("\n")
    if lines > MAX_LINES and not LONG_TABLES.search(name):
        yield f"{name}: {lines} lines, more than {MAX_LINES}: split it"
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+([<"])([^>"]+)', line)
        if not match:
            continue
        header = match.group(2)
        if header.split("/")[0] in TOP and not header.startswith(tuple(allowed_for(name))):
            yield f"{name}:{number}: must not include {header}"
        for costly, (where, why) in COSTLY.items():
            if header.startswith(costly) and not re.search(where, name):
                yield f"{name}:{number}: must not include {header} ({why})"


def main():
    problems, files = [], 0
    for top in TOP:
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".h", ".cc"):
                files += 1
                problems += check(path, path.read_text())
    print("\n".join(problems))
    print(f"{files} files, {len(problems)} problems")
    return 1 if problems or not files else 0


sys.exit(main())
