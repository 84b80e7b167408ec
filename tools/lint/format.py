#!/usr/bin/env python3
"""Checks that clang-format would change nothing. `tools/lint/format.py . --fix` changes it."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1])
FIX = "--fix" in sys.argv


def main():
    files = [
        str(path)
        for top in ("api", "cli", "common", "daemon", "integration")
        for path in sorted((ROOT / top).rglob("*"))
        if path.suffix in (".h", ".cc")
    ]
    mode = ["-i"] if FIX else ["--dry-run", "--Werror", "--ferror-limit=1"]
    run = subprocess.run(["clang-format", *mode, *files], cwd=ROOT, capture_output=True, text=True)
    sys.stdout.write(run.stderr)
    return run.returncode


sys.exit(main())
