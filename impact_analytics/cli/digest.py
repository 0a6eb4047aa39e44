"""The command that reports every week what needs action and what has changed: digest."""

import argparse
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pandas as pd

from impact_analytics import build
from impact_analytics.cli.command import Commands, over_folders, print_problems
from impact_analytics.exports import Field, Sheet, workbook
from impact_analytics.formats import short_day
from impact_analytics.frames import records
from impact_analytics.i18n import Words, text, texts
from impact_analytics.problems import Refused
from impact_analytics.queries import Asked, overview
from impact_analytics.queries.matters import Matters, bulleted, marked, matters, sum_said
from impact_analytics.queries.sentences import Report, listed, report
from impact_analytics.store import Snapshot

TOP = 15
WEEK = timedelta(days=7)
TODAY = "today"


@dataclass(frozen=True)
class Digest:
    """What is reported of a programme: what needs action, what changed, what is not known."""

    actions: Matters
    changed: Report
    gaps: pd.DataFrame

    @property
    def snapshot(self) -> Snapshot:
        """Return the snapshot reported."""
        return self.actions.asked.snapshot

    @property
    def lang(self) -> str:
        """Return the language of the report."""
        return self.actions.lang

    @property
    def words(self) -> Words:
        """Return the words of a digest."""
        words: Words = self.actions.words["digest"]
        return words

    @property
    def concluded(self) -> str:
        """Return the sentence that the programme is concluded; blank for an open one."""
        programme = self.snapshot.programme
        if programme.is_open:
            return ""
        return programme.concluded.get(self.lang) or text("app", "concluded", self.lang)


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    help = "report what needs action and what has changed in a week, as text or into a folder as text and workbook"
    command = commands.add_parser("digest", help=help, description=help)
    command.add_argument("folder", nargs="*", type=Path, help="programme folders (default: all)")
    command.add_argument("--as-of", metavar="DAY", help=f"YYYY-MM-DD or “{TODAY}” (default: the programme's own day)")
    command.add_argument("--since", metavar="DAY", help="count changes from that day (default: a week before)")
    command.add_argument("--to", type=Path, metavar="FOLDER", help="write .txt and .xlsx there and print nothing")
    command.add_argument("--top", type=int, default=TOP, metavar="N", help="lines in the text (default: %(default)s)")
    command.set_defaults(run=_digest)


def _digest(arguments: argparse.Namespace) -> int:
    try:
        as_of, since = _day(arguments.as_of), _day(arguments.since)
    except ValueError as error:
        print(text("cli", "not_a_day", arguments.lang, value=error))
        return 1
    return over_folders(arguments, lambda folder, _: _digest_one(folder, as_of, since, arguments))


def _day(written: str | None) -> date | None:
    """Read a day; raise ValueError with what was written where it is none."""
    if written is None:
        return None
    if written == TODAY:
        return date.today()  # noqa: DTZ011 - the day here
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ValueError(written) from None


def _digest_one(folder: Path, as_of: date | None, since: date | None, arguments: argparse.Namespace) -> bool:
    try:
        snapshot = build.build(folder)
    except Refused as refused:
        print_problems(refused.problems, arguments.lang)
        print(text("cli", "kept", arguments.lang, programme=folder.name))
        return False
    day = as_of or snapshot.programme.default_as_of
    first = since or day - WEEK
    if first > day:
        days = {"since": short_day(first, "day", arguments.lang), "as_of": short_day(day, "day", arguments.lang)}
        print(str(texts("pending", arguments.lang)["digest"]["since_after"]).format(**days))
        return False
    return _hand_over(digest(Asked(snapshot, day), first, arguments.lang), arguments)


def _hand_over(found: Digest, arguments: argparse.Namespace) -> bool:
    """Print the text, or write it with its workbook; say so where the disk does not allow it."""
    if arguments.to is None:
        print(plain(found, max(0, arguments.top)))
        return True
    try:
        _write(found, arguments.to, max(0, arguments.top))
    except OSError as error:
        print(text("app", "disk", arguments.lang, reason=error.strerror or error))
        return False
    return True


def _write(found: Digest, folder: Path, top: int) -> None:
    """Write both files under other names first: whoever reads meanwhile finds the whole of them, or those before."""
    name = file_name(found)
    contents = {f"{name}.txt": plain(found, top).encode(), f"{name}.xlsx": book(found)}
    folder.mkdir(parents=True, exist_ok=True)
    aside = {folder / name: folder / f".{uuid4().hex}" for name in contents}
    try:
        for target, content in zip(aside, contents.values(), strict=True):
            aside[target].write_bytes(content)
        for target, written in aside.items():
            written.replace(target)
    finally:
        for left in aside.values():
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


# --- what is reported -------------------------------------------------------------------------------------------------


def digest(asked: Asked, since: date, lang: str) -> Digest:
    """Return what needs action as of a day and what changed since another; of a concluded programme what is unknown."""
    unknown = overview.gaps(asked, lang)
    gaps = unknown.head(0) if asked.snapshot.programme.is_open else unknown
    return Digest(matters(asked, lang), report(asked, since, lang), gaps)


def file_name(found: Digest) -> str:
    """Return the name of the files without their ending: mark, programme, what it is, day."""
    mark = text("app", "example_file", found.lang) if found.snapshot.programme.is_example else ""
    day = found.actions.asked.as_of.isoformat()
    return f"{mark}{found.snapshot.programme_id}_{found.words['name']}_{day}"


def plain(found: Digest, top: int = TOP) -> str:
    """Return a digest as text: mark, title, what needs action first, counts by topic, what changed, what is unknown."""
    lines = [*marked(found.snapshot, found.lang), found.actions.title]
    if found.concluded:
        lines += ["", found.concluded]
    lines += [*_unknown(found), *_actions(found, top), *_counts(found)]
    lines += ["", str(found.words["changed"]).format(**found.changed.days), *listed(found.changed)]
    return "\n".join([*lines, ""])


def _unknown(found: Digest) -> list[str]:
    told = [bulleted(f"{row['title']}: {row['reason']}") for row in records(found.gaps)]
    return ["", str(found.words["gaps"]), *told] if told else []


def _actions(found: Digest, top: int) -> list[str]:
    every = found.actions.lines
    if not every:
        return [] if found.concluded else ["", str(found.actions.words["none"])]
    key = "still_open" if found.concluded else "actions"
    head = ["", str(found.words[key]).format(count=len(every)), str(found.actions.words["rule"])]
    told = [bulleted(line.text) for line in every[:top]]
    more = [str(found.words["more"]).format(count=len(every) - top)] if len(every) > top else []
    return [*head, str(found.words["legend"]), *told, *more]


def _counts(found: Digest) -> list[str]:
    told = [bulleted(sum_said(one, found.lang)) for one in found.actions.sums]
    return ["", str(found.words["counts"]), *told] if told else []


def book(found: Digest) -> bytes:
    """Return a digest as a workbook: every line, the sums, what changed, what is unknown, and notes."""
    mark = "".join(marked(found.snapshot, found.lang))
    sheets = [_lines_sheet(found), _sums_sheet(found), _changes_sheet(found)]
    if len(found.gaps):
        sheets.append(_gaps_sheet(found))
    return workbook(sheets, _notes(found), notes_name=str(found.words["notes"]), mark=mark)


def _lines_sheet(found: Digest) -> Sheet:
    fields = [Field(*column) for column in found.actions.columns]
    return Sheet(str(found.words["sheet_actions"]), found.actions.table, fields)


def _sums_sheet(found: Digest) -> Sheet:
    words, bases = found.actions.words, texts("app", found.lang)["bases"]
    columns = words["columns"]
    rows = [
        (words["topics"][one.topic], one.count, one.eur, words["natures"][one.topic], one.days, bases[one.basis])
        for one in found.actions.sums
    ]
    fields = [
        Field("topic", columns["topic"]),
        Field("count", found.words["count"], "count"),
        Field("eur", columns["eur"], "eur"),
        Field("eur_of", columns["eur_of"]),
        Field("days", found.words["oldest_days"], "days"),
        Field("basis", columns["basis"]),
    ]
    return Sheet(str(found.words["sheet_counts"]), _frame(rows, fields), fields)


def _changes_sheet(found: Digest) -> Sheet:
    fields = [
        Field("topic", found.actions.words["columns"]["topic"]),
        Field("day", found.words["day"]),
        Field("sentence", found.words["sentence"]),
    ]
    rows = [(section.title, one.day, one.text) for section in found.changed.sections for one in section.sentences]
    return Sheet(str(found.words["sheet_changed"]), _frame(rows, fields), fields)


def _gaps_sheet(found: Digest) -> Sheet:
    fields = [Field("title", found.words["gaps"]), Field("reason", found.words["reason"])]
    return Sheet(str(found.words["sheet_gaps"]), found.gaps, fields)


def _frame(rows: Sequence[tuple[object, ...]], fields: Sequence[Field]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[field.name for field in fields], dtype=object)


def _notes(found: Digest) -> list[tuple[str, str]]:
    app, programme = texts("app", found.lang), found.snapshot.programme
    concluded = [(app["note"], found.concluded)] if found.concluded else []
    return [
        (app["programme"], programme.title.get(found.lang, programme.name[found.lang])),
        (app["as_of"], found.changed.days["as_of"]),
        (found.words["since"], found.changed.days["since"]),
        (found.words["rule"], found.actions.words["rule"]),
        (app["basis"], app["bases"][programme.basis]),
        (app["snapshot"], f"{programme.id}-{found.snapshot.id}"),
        *concluded,
    ]
