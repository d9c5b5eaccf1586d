#!/bin/sh
# The front end's tests and its build need Node; using or installing the package does not.
if ! command -v npm >/dev/null ||
   ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null; then
    echo "This needs Node 20 or newer with npm (https://nodejs.org). Without it, make check" >&2
    echo "still runs all that concerns Python, and make demo needs no Node at all." >&2
    exit 1
fi
