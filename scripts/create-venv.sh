#!/bin/sh
# create-venv.sh PYTHON FOLDER: a virtual environment with pip.
set -eu
python=$1 folder=$2

if [ -z "$python" ]; then
    echo "xaiwidgets needs Python 3.11 or newer, and none is on the PATH; say make PYTHON=..." >&2
    exit 1
fi

# Debian and Ubuntu ship Python without the module that puts pip into an environment.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    "$(dirname "$0")/apt-install.sh" "python$version-venv"
fi

"$python" -m venv "$folder"
