#!/bin/sh
# Make a virtual environment if there is none that works, and install pinned requirements when they have changed.
# usage: PYTHON=python3 venv.sh FOLDER [REQUIREMENTS_FILE]
set -eu

venv=$1
requirements=${2:-}
python=${PYTHON:-python3}
scripts=$(dirname "$0")
recent_enough='import sys; sys.exit(sys.version_info < (3, 11))'

make_venv() {
    if ! "$python" -c "$recent_enough" 2>/dev/null; then
        echo "'$python' is not Python 3.11 or newer: install one, or name it: make PYTHON=/path/to/python3 ..." >&2
        exit 1
    fi
    # Debian and Ubuntu ship Python without ensurepip; a package named after the version has it.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$scripts/apt.sh" "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
    echo "Making $venv ..." >&2
    "$python" -m venv --clear "$venv"
}

"$venv/bin/python" -c "$recent_enough; import pip" 2>/dev/null || make_venv
[ -n "$requirements" ] || exit 0

# The stamp holds a checksum of contents: a fresh clone or a touched file installs nothing twice.
stamp="$venv/.installed-$requirements"
wanted=$(cat requirements.txt requirements-dev.txt requirements.lock | cksum)
if [ "$wanted" != "$(cat "$stamp" 2>/dev/null)" ]; then
    echo "Installing $requirements ..." >&2
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" -c requirements.lock
    echo "$wanted" >"$stamp"
fi
