#!/usr/bin/env bash
# Debian's python3 has python3-yaml; Bazel's py_test would look for another interpreter.
exec /usr/bin/python3 "$@"
