#!/bin/sh
# Print the path of a Chromium, installing Debian's if there is none and that may be done.
# Without one: a failure where IMPACT_REQUIRE_BROWSER is set (CI), otherwise a sentence and no output.
set -eu

find_browser() {
    for name in "${IMPACT_BROWSER:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        command -v "$name" && return
    done
    return 1
}

find_browser && exit
"$(dirname "$0")/apt.sh" chromium && find_browser && exit

if [ -n "${IMPACT_REQUIRE_BROWSER:-}" ]; then
    echo "No Chromium could be found or installed, and the browser tests must run here." >&2
    exit 1
fi
echo "No Chromium: the tests marked 'browser' are left out. Install one to run them." >&2
