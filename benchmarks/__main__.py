"""Compare every page with an empty one, side by side: `python -m benchmarks`. How to read it: benchmarks/README.md."""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from benchmarks.driver import Combinations, Failed, Load, load
from benchmarks.servers import NotStarted, read, serving
from impact_analytics.ui.spec import pages

APP = "dashboard.py"
EMPTY = "benchmarks/empty.py"
MOST_LATENCY, LEAST_RATE, MOST_KB = 1.5, 0.7, 60.0
PAGES = [slug for slug, spec in pages().items() if not spec.operators]


@dataclass(frozen=True)
class Subject:
    """A page of a server, as one programme shows it; `page` is its path."""

    port: int
    page: str = ""
    link: str = ""


Had = dict[Subject, Combinations]


@dataclass(frozen=True)
class Figures:
    """One round of one subject: median latency of one user, reruns per second of many, kB of every rerun."""

    ms: float
    rate: float
    kb: tuple[float, ...]


@dataclass(frozen=True)
class Compared:
    """One round of a page of the app, and the empty page's beside it."""

    page: str
    programme: str
    ours: Figures
    floor: Figures


@dataclass(frozen=True)
class Row:
    """A line of the table: medians over the rounds, ratios taken round by round."""

    page: str
    programme: str
    ms: float
    latency: float
    rate: float
    kb: float
    max_kb: float

    @property
    def holds(self) -> bool:
        return self.latency <= MOST_LATENCY and self.rate >= LEAST_RATE and self.max_kb <= MOST_KB


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("benchmarks: ended"))  # the servers end too
    asked = _arguments()
    try:
        compared = _measured(asked)
    except (Failed, NotStarted, TimeoutError, OSError) as error:
        print(f"benchmarks: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    rows = table(compared)
    print(written(rows))
    if asked.json:
        content = {"rows": [asdict(row) for row in rows], "rounds": [asdict(one) for one in compared]}
        asked.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--pages", nargs="+", choices=PAGES, default=PAGES, metavar="PAGE")
    parser.add_argument("--programmes", nargs="+", default=[], metavar="ID", help="default: all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sessions", type=int, default=20, help="users at the same time (default: 20)")
    parser.add_argument("--steps", type=int, default=8, help="choices that each user changes (default: 8)")
    parser.add_argument("--port", type=int, default=0, help="port of the app, the next is the empty page's")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round there")
    return parser.parse_args()


def _measured(asked: argparse.Namespace) -> list[Compared]:
    with (
        TemporaryDirectory() as cache,
        serving(APP, asked.port, {"IMPACT_CACHE": cache}) as app,
        serving(EMPTY, asked.port and asked.port + 1) as empty,
    ):
        known = list(json.loads(read(app, "/health"))["programmes"])
        if unknown := set(asked.programmes) - set(known):
            raise Failed(f"there is no programme {', '.join(sorted(unknown))}, but {', '.join(known)}")
        links = {id: _link(id, known) for id in asked.programmes or known}
        sides = {page: [Subject(app, _path(page), link) for link in links.values()] for page in asked.pages}
        had: Had = {}
        compared = []
        for number, page in product(range(asked.rounds), asked.pages):
            found = _round(asked, number, [Subject(empty), *sides[page]], had)
            compared += [Compared(page, id, ours, found[0]) for id, ours in zip(links, found[1:], strict=True)]
            print(f"round {number + 1} of {asked.rounds}: {page}", file=sys.stderr)
        return compared


def _link(programme: str, known: Sequence[str]) -> str:
    """Return a programme's query string; the first is what a link without one shows."""
    return urlencode({"programme": programme}) if programme != known[0] else ""


def _path(page: str) -> str:
    return "" if page == next(iter(pages())) else page


def _round(asked: argparse.Namespace, number: int, subjects: Sequence[Subject], had: Had) -> list[Figures]:
    """Measure the subjects in turn, every second round from the other end; return what was found in their order."""
    order = list(subjects)[:: -1 if number % 2 else 1]
    found = {one: _figures(asked, one, f"{number}/{one.page}", had.setdefault(one, set())) for one in order}
    return [found[one] for one in subjects]


def _figures(asked: argparse.Namespace, subject: Subject, seed: str, had: Combinations) -> Figures:
    def loaded(sessions: int) -> Load:
        there = (subject.port, subject.page, subject.link)
        return asyncio.run(load(*there, sessions=sessions, steps=asked.steps, seed=f"{seed}/{sessions}", had=had))

    one, many = loaded(1), loaded(asked.sessions)
    return Figures(
        median(rerun.seconds for rerun in one.reruns) * 1000,
        many.rate,
        tuple(rerun.bytes / 1000 for rerun in one.reruns + many.reruns),
    )


def table(compared: Sequence[Compared]) -> list[Row]:
    """Return a row per page and programme."""
    named: dict[tuple[str, str], list[Compared]] = {}
    for one in compared:
        named.setdefault((one.page, one.programme), []).append(one)
    return [_row(page, programme, rounds) for (page, programme), rounds in named.items()]


def _row(page: str, programme: str, rounds: Sequence[Compared]) -> Row:
    sizes = [size for one in rounds for size in one.ours.kb]
    return Row(
        page,
        programme,
        ms=median(one.ours.ms for one in rounds),
        latency=median(one.ours.ms / one.floor.ms for one in rounds),
        rate=median(one.ours.rate / one.floor.rate for one in rounds),
        kb=median(sizes),
        max_kb=max(sizes),
    )


def written(rows: Sequence[Row]) -> str:
    """Return the table, and below it the worst of each and whether the limits hold."""
    width = max(len(row.page) for row in rows) + 2
    lines = [f"{'page':{width}}{'programme':12}{'ms':>6}{'latency':>10}{'rate':>8}{'kB':>8}{'max kB':>8}"]
    lines += [
        f"{row.page:{width}}{row.programme:12}{row.ms:6.0f}{row.latency:9.2f}×{row.rate:7.2f}×{row.kb:8.1f}"
        f"{row.max_kb:8.1f}{'' if row.holds else '  above a limit'}"
        for row in rows
    ]
    slow, few, big = max(row.latency for row in rows), min(row.rate for row in rows), max(row.max_kb for row in rows)
    verdict = "the limits hold" if all(row.holds for row in rows) else "the limits do not hold"
    lines.append(
        f"worst: latency {slow:.2f}× (at most {MOST_LATENCY}×), rate {few:.2f}× (at least {LEAST_RATE}×), "
        f"{big:.1f} kB (at most {MOST_KB:.0f} kB): {verdict}"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
