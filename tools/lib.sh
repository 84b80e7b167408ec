# Shared by the README commands; sourced, not run.

say() { printf '\n==> %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

need_root() { [ "$(id -u)" = 0 ] || die "run this as root: sudo $0"; }

# install_packages SECTION...: installs what is missing of tools/packages.txt. Services that come
# with a package (docker.io brings dockerd) are not started.
install_packages() {
  local root list missing=() section package
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  list=$root/tools/packages.txt
  while read -r section package; do
    case "$section" in '' | '#'*) continue ;; esac
    [[ " $* " == *" $section "* ]] || continue
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
      missing+=("$package")
  done <"$list"
  if [ ${#missing[@]} = 0 ]; then
    say "Packages: all there"
    return
  fi
  say "Packages: installing ${missing[*]}"
  local policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    # shellcheck disable=SC2064
    trap "rm -f $policy" EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  [ -n "$(trap -p EXIT)" ] && { rm -f $policy; trap - EXIT; }
  return 0
}

# bazel_run ARGS...: Bazel with a settled environment (root under sudo may lack HOME).
bazel_run() {
  local root
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  export HOME=${HOME:-/root}
  (cd "$root" && bazel ${BUOY_OUTPUT_BASE:+--output_base=$BUOY_OUTPUT_BASE} "$@")
}
