#!/usr/bin/env bash
# System packages that no wheel brings: a C++ compiler and ICU's headers (PyICU builds from source),
# Python's own headers and venv module, and a browser for the browser tests.
# Decision: install them when that needs no question (root on a Debian-like system), otherwise say the exact
# command. Asking for sudo in the middle of `make` was rejected: a build must not hang on a password.
set -euo pipefail
python="${1:?usage: system.sh PYTHON}"

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Tidewaiter needs Python 3.11 or newer; '$python' is not. Try: make setup PYTHON=/path/to/python3.11" >&2
    exit 1
fi

needed=()  # without these the set-up cannot go on
wanted=()  # without these a few tests are skipped
command -v g++ >/dev/null || needed+=(g++)
command -v pkg-config >/dev/null || needed+=(pkg-config)
pkg-config --exists icu-i18n 2>/dev/null || needed+=(libicu-dev)
"$python" -c 'import ensurepip, venv' 2>/dev/null || needed+=(python3-venv)
"$python" -c 'import pathlib, sys, sysconfig; sys.exit(not pathlib.Path(sysconfig.get_path("include"), "Python.h").exists())' \
    || needed+=(python3-dev)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || wanted+=(chromium)

missing=("${needed[@]}" "${wanted[@]}")
if [ "${#missing[@]}" -eq 0 ]; then
    exit 0
fi

install="apt-get install --yes --no-install-recommends"
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing system packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update --quiet=2 </dev/null; then
        # A browser that cannot be had must not keep the compiler away: two calls.
        [ "${#needed[@]}" -eq 0 ] || $install --quiet "${needed[@]}" </dev/null && needed=()
        [ "${#wanted[@]}" -eq 0 ] || $install --quiet "${wanted[@]}" </dev/null && wanted=()
    fi
    if [ "${#needed[@]}" -eq 0 ] && [ "${#wanted[@]}" -eq 0 ]; then
        exit 0
    fi
    echo "The system's package manager failed. The command was: apt-get update && $install ${missing[*]}" >&2
else
    echo "Missing on this system: ${missing[*]}" >&2
    echo "On Debian or Ubuntu:  sudo apt-get update && sudo $install ${missing[*]}" >&2
    echo "Elsewhere, the same by other names (Fedora: gcc-c++ libicu-devel pkgconf python3-devel; macOS: brew install icu4c pkg-config)." >&2
fi
if [ "${#needed[@]}" -gt 0 ]; then
    exit 1
fi
echo "Going on without: the browser tests will be skipped." >&2
