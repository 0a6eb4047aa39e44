#!/bin/sh
# Install Debian packages where that may be done without asking: as root, or with passwordless sudo.
# usage: apt.sh PACKAGE...      exits 1 with one sentence where it may not
set -eu

if ! command -v apt-get >/dev/null; then
    echo "Please install $* with this system's own package manager, then try again." >&2
    exit 1
elif [ "$(id -u)" -eq 0 ]; then
    as_root=
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "Please run 'sudo apt-get install $*', then try again." >&2
    exit 1
fi

echo "Installing $* through apt ..." >&2
$as_root apt-get update -qq >&2 || echo "apt-get update failed; trying with the lists at hand." >&2
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
