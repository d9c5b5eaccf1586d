#!/bin/sh
# What the full test run needs besides Python packages: a Chromium, the Fashion-MNIST files, and a font.
set -eu
here=$(dirname "$0")

have_chromium() {
    [ -n "${CHROMIUM:-}" ] && return
    for name in chromium-headless-shell chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null && return
    done
    return 1
}

have_fashion_mnist() {
    for share in /usr/share /usr/local/share; do
        [ -d "$share/datasets/fashion-mnist" ] && return
    done
    return 1
}

if [ "${XAI_SKIP_BROWSER:-}" != 1 ] && ! have_chromium; then
    # The shell has no window of its own to keep: an eighth less work for the same pages.
    "$here/apt-install.sh" chromium-headless-shell || "$here/apt-install.sh" chromium || {
        echo "The browser tests need Chromium: install it, or set CHROMIUM to its path, or" >&2
        echo "set XAI_SKIP_BROWSER=1 to leave these tests out." >&2
        exit 1
    }
fi

if ! have_fashion_mnist; then
    "$here/apt-install.sh" dataset-fashion-mnist || {
        echo "Without it, tests that need Fashion-MNIST look for torchvision's copy." >&2
    }
fi

if ! find /usr/share/fonts /usr/local/share/fonts -name Navilu.ttf 2>/dev/null | grep -q .; then
    "$here/apt-install.sh" fonts-knda || {
        echo "Without it, the test of Kannada's digits is skipped." >&2
    }
fi
