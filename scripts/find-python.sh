#!/bin/sh
# Print the first Python on the PATH that is new enough; nothing if there is none.
for python in python3.11 python3 python; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$python"
        exit
    fi
done
