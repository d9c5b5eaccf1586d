#!/bin/sh
# apt-install.sh PACKAGE...: install Debian packages where that needs no password, else say how.
set -eu

if ! command -v apt-get >/dev/null; then
    echo "Please install: $* (this machine has no apt-get, so the names may differ)." >&2
    exit 1
elif [ "$(id -u)" = 0 ]; then
    as_root=
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "Please run: sudo apt-get install $*" >&2
    exit 1
fi

echo "apt-get install $*"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $as_root apt-get update &&
       $as_root env DEBIAN_FRONTEND=noninteractive \
           apt-get install --yes --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    exit 1
fi
