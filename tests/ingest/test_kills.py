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
from tests.ingest.filled import filled, spend, without_period

PERIOD = "2024-Q4"
KILLS = 100
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


def test_a_hundred_kills(small_folder, cache, tmp_path):
    drawn = random.Random(100)
    without_period(small_folder, PERIOD)
    before = value(Asked(build.build(small_folder.path), date(2025, 2, 28)), "incurred").value
    paths = [tmp_path / f"{number}.xlsx" for number in range(KILLS + 1)]
    for number, path in enumerate(paths):
        path.write_bytes(filled(small_folder, PERIOD, spend(number + 1)))
    whole = timed(paths[0], small_folder, cache)
    landed = 1
    for number in range(1, KILLS):
        child = started(paths[number], small_folder, cache)
        time.sleep(drawn.uniform(0, whole * 1.1))
        child.kill()
        child.join()
        known = supplied.entries(small_folder.path)
        assert len(known) in (landed, landed + 1)
        assert [entry.number for entry in known] == list(range(1, len(known) + 1))
        landed = len(known)
    assert 1 < landed < KILLS  # some came before the commit, some after
    assert timed(paths[KILLS], small_folder, cache) > 0
    snapshot = build.build(small_folder.path)
    assert value(Asked(snapshot, date(2025, 2, 28)), "incurred").value == before + KILLS + 1
    assert len(supplied.standing(small_folder.path)) == landed + 1
    assert not [one for one in build.check(small_folder.path) if one.severity == "error"]


def timed(path, folder, cache):
    start = time.monotonic()
    child = started(path, folder, cache)
    child.join(60)
    assert child.exitcode == 0
    return time.monotonic() - start
