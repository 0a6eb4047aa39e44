"""Compare the build of a programme with a million rows with a bare COPY of the same file: `python -m benchmarks.bulk`.

A round is one of each, in its own process; what is timed is the work, not the start of Python. The build is all that
`build.build` does: hashes, checks, constraints, rules, facts, marts, the snapshot written and made current.
"""

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import duckdb

from impact_analytics import build
from impact_analytics.contract import contract

MOST = 3.0
LINES, CATEGORIES, QUARTERS = 5, 50, 40
TABLE = "sheet_financial"
PROGRAMME = """
basis = "supplied"
status = "open"
default_as_of = 2030-12-31
call = "bulk"
name = { it = "Prova di volume", en = "Bulk" }
title = { it = "Prova di volume", en = "Bulk" }
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=list(SIDES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        print(json.dumps(_measured(SIDES[asked.only], asked.folder)))
        return 0
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bulk"
        rows = write(folder, asked.rows)
        rounds = [{side: _in_its_own_process(side, folder) for side in SIDES} for _ in range(asked.rounds)]
    print(told(rows, rounds))
    return 0


def _measured(work: Callable[[Path], None], folder: Path) -> dict[str, float]:
    contract()  # read once by a process, not once a build
    started = time.perf_counter()
    work(folder)
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024}


def _in_its_own_process(side: str, folder: Path) -> dict[str, float]:
    with TemporaryDirectory() as cache:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.bulk", "--only", side, "--folder", str(folder)],
            env={**os.environ, "IMPACT_CACHE": cache},
            stdout=subprocess.PIPE,
            check=True,
        )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _copy(folder: Path) -> None:
    """Copy the file into a typed table without any constraint, in a database of its own."""
    path = folder.parent / "copied.duckdb"
    with suppress(FileNotFoundError):
        path.unlink()
    columns = ", ".join(f"{column.name} {column.type}" for column in contract()[TABLE].columns)
    with duckdb.connect(str(path)) as db:
        db.execute(f"CREATE TABLE copied ({columns})")
        db.execute(f"COPY copied FROM '{folder / f'{TABLE}.csv'}' (HEADER)")


def _build(folder: Path) -> None:
    build.build(folder)


SIDES = {"copy": _copy, "build": _build}


def told(rows: int, rounds: Sequence[dict[str, dict[str, float]]]) -> str:
    """Return what was measured: medians, and the median of the rounds' own ratios."""
    ratio = median(one["build"]["seconds"] / one["copy"]["seconds"] for one in rounds)
    lines = [f"{rows:,} rows of {TABLE}, {len(rounds)} rounds, median"]
    for side in SIDES:
        seconds, megabytes = (median(one[side][key] for one in rounds) for key in ("seconds", "mb"))
        lines.append(f"{side:8}{seconds:8.2f} s{megabytes:8.0f} MB at most in memory")
    verdict = "the limit holds" if ratio <= MOST else "the limit does not hold"
    return "\n".join([*lines, f"ratio   {ratio:8.2f}× (at most {MOST:.0f}×): {verdict}"])


# ---------------------------------------------------------------- a programme of any size


def write(folder: Path, rows: int) -> int:
    """Write a valid programme folder with about so many rows of expenditure; return how many."""
    folder.mkdir(parents=True)
    (folder / "programme.toml").write_text(PROGRAMME, encoding="utf-8")
    projects = max(1, round(rows / (QUARTERS * LINES * CATEGORIES)))
    periods = list(_periods())
    for table, found in _tables(projects, periods).items():
        _write_table(folder, table, found)
    _write_table(folder, TABLE, _financial(projects, periods))
    return projects * QUARTERS * LINES * CATEGORIES


def _write_table(folder: Path, table: str, rows: Iterable[dict[str, object]]) -> None:
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        found = iter(rows)
        first = next(found)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(first)
        writer.writerow(first.values())
        writer.writerows(row.values() for row in found)


def _tables(projects: int, periods: list[dict[str, date]]) -> dict[str, list[dict[str, object]]]:
    known = {"known_from": date(2020, 1, 1), "source_id": "invented"}
    named = {"name_it": "a", "name_en": "a"}
    titled = {"title_it": "a", "title_en": "a"}
    call = {"fund_it": "a", "fund_en": "a", "objective_it": "a", "objective_en": "a", "opened_on": date(2020, 1, 1)}
    source = {"source_id": "invented"}
    return {
        "source": [{**source, "title": "a", "publisher": "a"}],
        "code": [
            {"list": "cost_category", "code": f"cost_{place}", **named, "position": place}
            for place in range(CATEGORIES)
        ],
        "programme_call": [{"call_id": "bulk", **titled, **call, **known}],
        "macro_area": [{"macro_area": "all", **named, "position": 1}],
        "territory": [
            {"territory": f"T{place:04}", **named, "macro_area": "all", "applied": "true", **source}
            for place in range(projects)
        ],
        "action_line": [
            {"action_line": f"{place:02}", "call_id": "bulk", "position": place, **named, **titled,
             "school_time": "false", **source}
            for place in range(LINES)
        ],
        "project": [
            {"project_id": f"bulk-T{place:04}", "call_id": "bulk", "territory": f"T{place:04}", "lead": "a", **known}
            for place in range(projects)
        ],
        "reporting_period": list(map(dict, periods)),
        "sheet": [
            {"sheet_id": sheet, "project_id": project, "period_id": period["period_id"], "version": 1,
             "received_on": period["due_on"], **source}
            for sheet, project, period in _sheets(projects, periods)
        ],
    }  # fmt: skip


def _periods() -> Iterator[dict[str, date]]:
    for quarter in range(QUARTERS):
        year, place = 2020 + quarter // 4, quarter % 4
        following = date(year + (place == 3), (place * 3 + 3) % 12 + 1, 1)
        ends_on = following - timedelta(days=1)
        id = f"{year}-Q{place + 1}"
        yield {
            "period_id": id,
            "starts_on": date(year, place * 3 + 1, 1),
            "ends_on": ends_on,
            "due_on": ends_on + timedelta(days=15),
        }


def _sheets(projects: int, periods: list[dict[str, date]]) -> Iterator[tuple[str, str, dict[str, date]]]:
    for place in range(projects):
        for period in periods:
            yield f"bulk-T{place:04}-{period['period_id']}-v1", f"bulk-T{place:04}", period


def _financial(projects: int, periods: list[dict[str, date]]) -> Iterator[dict[str, object]]:
    """Yield amounts that grow from sheet to sheet."""
    chance = random.Random(7)
    spent: dict[tuple[str, int], int] = {}
    for sheet, project, _ in _sheets(projects, periods):
        for place in range(LINES * CATEGORIES):
            cents = spent[project, place] = spent.get((project, place), 0) + chance.randrange(1_000_000)
            yield {
                "sheet_id": sheet,
                "action_line": f"{place // CATEGORIES:02}",
                "cost_category": f"cost_{place % CATEGORIES}",
                "committed_eur": f"{cents // 100 + 5000}.{cents % 100:02}",
                "incurred_eur": f"{cents // 100}.{cents % 100:02}",
            }


if __name__ == "__main__":
    sys.exit(main())
