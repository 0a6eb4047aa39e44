#!/bin/sh
# Run pytest with the Chromium and the LibreOffice there are; under CI a missing one is a failure, elsewhere its tests
# are left out.
# usage: test.sh PYTHON [PYTEST_ARGUMENT...]
set -eu

python=$1
shift
case "${CI:-false}" in
    false | 0) ;;
    *) export IMPACT_REQUIRE_BROWSER=1 IMPACT_REQUIRE_OFFICE=1 ;;
esac

scripts=$(dirname "$0")
IMPACT_BROWSER=$("$scripts/browser.sh")
IMPACT_OFFICE=$("$scripts/office.sh")
export IMPACT_BROWSER IMPACT_OFFICE

# A worker a core; the tests of a file stay together, since they share what is dear to build.
set -- -n auto --dist loadfile "$@"
run="${IMPACT_BROWSER:+b}${IMPACT_OFFICE:+o}"
case "$run" in
    bo) exec "$python" -m pytest "$@" ;;
    b) exec "$python" -m pytest -m "not office" "$@" ;;
    o) exec "$python" -m pytest -m "not browser" "$@" ;;
    *) exec "$python" -m pytest -m "not browser and not office" "$@" ;;
esac
