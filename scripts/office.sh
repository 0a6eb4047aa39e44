#!/bin/sh
# Print the path of a LibreOffice, installing Debian's spreadsheet if there is none and that may be done.
# Without one: a failure where IMPACT_REQUIRE_OFFICE is set (CI), otherwise a sentence and no output.
set -eu

find_office() {
    for name in "${IMPACT_OFFICE:-}" soffice libreoffice "/Applications/LibreOffice.app/Contents/MacOS/soffice"; do
        command -v "$name" && return
    done
    return 1
}

find_office && exit
"$(dirname "$0")/apt.sh" libreoffice-calc && find_office && exit

if [ -n "${IMPACT_REQUIRE_OFFICE:-}" ]; then
    echo "No LibreOffice could be found or installed, and the tests that open our workbooks in it must run here." >&2
    exit 1
fi
echo "No LibreOffice: the tests marked 'office' are left out. Install one to run them." >&2
