#!/bin/sh
# Run pytest with the Chromium there is; under CI a missing one is a failure, elsewhere its tests are left out.
# usage: test.sh PYTHON [PYTEST_ARGUMENT...]
set -eu

python=$1
shift
case "${CI:-false}" in
    false | 0) ;;
    *) export IMPACT_REQUIRE_BROWSER=1 ;;
esac

IMPACT_BROWSER=$("$(dirname "$0")/browser.sh")
export IMPACT_BROWSER
if [ -n "$IMPACT_BROWSER" ]; then
    exec "$python" -m pytest "$@"
fi
exec "$python" -m pytest -m "not browser" "$@"
