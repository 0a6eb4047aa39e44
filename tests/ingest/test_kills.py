"""`ingest --accept` killed at a hundred random moments: nothing lost, nothing half, and the next one goes through."""

import multiprocessing
import os
import random
import signal
import time
from datetime import date

import pytest

from impact_analytics import build, supplied
from impact_analytics.queries import Asked, value
from tests.conftest import copied, thinned
from tests.ingest.filled import filled, spend, without_period

PERIOD = "2024-Q4"
ROUNDS = 5  # each on a programme of its own, since one that has taken in much is slow to take in more
KILLS = 20  # a round
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["impact_analytics.cli"])

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")


def accept(path, folder, cache):
    os.environ["IMPACT_CACHE"] = cache
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    from impact_analytics import cli  # noqa: PLC0415 - the child's own

    raise SystemExit(
        cli.main(["ingest", path, "--folder", folder, "--received-on", "2025-02-10", "--accept", "--who", "anna"])
    )


def started(path, folder, cache):
    child = FORKS.Process(target=accept, args=(str(path), str(folder.path), str(cache)))
    child.start()
    return child


def test_a_hundred_kills(cache, tmp_path):
    drawn = random.Random(100)
    folders = [small(tmp_path / str(number)) for number in range(ROUNDS)]
    paths = [tmp_path / f"{number}.xlsx" for number in range(KILLS + 2)]
    for number, path in enumerate(paths):
        path.write_bytes(filled(folders[0], PERIOD, spend(number + 1)))
    landed = sum(killed(folder, paths, cache, drawn) for folder in folders)
    assert ROUNDS < landed < ROUNDS * KILLS  # some came before the commit, some after


def small(path):
    folder = thinned(copied("example", path), ["e1-T01"])
    without_period(folder, PERIOD)
    return folder


def killed(folder, paths, cache, drawn):
    """Accept a sheet, kill as many acceptances, accept one more; return how many entries the log had before it."""
    first, *attempts, last = paths
    before = incurred(folder)
    whole = timed(first, folder, cache)
    landed = 1
    for path in attempts:
        child = started(path, folder, cache)
        time.sleep(drawn.uniform(0, whole * 1.1))
        child.kill()
        child.join()
        known = supplied.entries(folder.path)
        assert len(known) in (landed, landed + 1)
        assert [entry.number for entry in known] == list(range(1, len(known) + 1))
        landed = len(known)
    assert timed(last, folder, cache) > 0
    assert incurred(folder) == before + len(paths)
    assert len(supplied.standing(folder.path)) == landed + 1
    assert not [one for one in build.check(folder.path) if one.severity == "error"]
    return landed


def incurred(folder):
    return value(Asked(build.build(folder.path), date(2025, 2, 28)), "incurred").value


def timed(path, folder, cache):
    start = time.monotonic()
    child = started(path, folder, cache)
    child.join(60)
    assert child.exitcode == 0
    return time.monotonic() - start
