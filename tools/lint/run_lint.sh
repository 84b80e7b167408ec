#!/usr/bin/env bash
# Runs a lint script over the source tree that this runfile comes from.
set -eu
root=$(dirname "$(readlink -f WORKSPACE)")
exec /usr/bin/python3 "$root/$1" "$root"
