"""Commands about the history of what was handed in: log, withdraw."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from impact_analytics import build, ingest, supplied
from impact_analytics.cli.command import Commands, attempt, one_folder, over_folders, rebuild
from impact_analytics.formats import UNITS, day, full
from impact_analytics.i18n import text
from impact_analytics.settings import terminal_user
from impact_analytics.supplied import Damaged, Entry, Stored

DETAILS = ("project_id", "period_id", "version", "received_on", "protocol")


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    command = commands.add_parser("log", help="print who accepted or withdrew what, and verify that all of it is whole")
    command.add_argument("folder", nargs="*", type=Path, help="programme folders (default: all)")
    command.set_defaults(run=_log)
    command = commands.add_parser(
        "withdraw",
        help="withdraw an acceptance: one more entry, nothing is deleted",
        usage="%(prog)s NUMBER [FOLDER] --reason REASON [--who WHO]",
    )
    command.add_argument("number", type=int, help="the number of the acceptance, as `log` prints it")
    command.add_argument("folder", nargs="?", type=Path, help="programme folder (default: the only one)")
    command.add_argument("--reason", required=True, help="why; it stays in the history")
    command.add_argument("--who", default=terminal_user(), help="who withdraws (default: %(default)s)")
    command.set_defaults(run=_withdraw)


def _log(arguments: argparse.Namespace) -> int:
    return over_folders(arguments, _log_one)


def _log_one(folder: Path, lang: str) -> bool:
    build.programme_of(folder)
    try:
        known = supplied.entries(folder)
    except Damaged as damaged:
        print(damaged.sentence(lang))
        return False
    if not known:
        print(text("history", "none", lang, programme=folder.name))
        return True
    withdrawn = {entry.withdrawn: entry.number for entry in known if entry.withdrawn}
    for entry in known:
        print("\n    ".join(_plain(line) for line in _lines(entry, withdrawn.get(entry.number, 0), lang)))
    standing = sum(entry.action == "accept" for entry in known) - len(withdrawn)
    print(text("history", "whole", lang, programme=folder.name, entries=len(known), standing=standing))
    return True


def _lines(entry: Entry, withdrawn_by: int, lang: str) -> Iterator[str]:
    """Tell an entry: its act, its files, what they are about, and whether it was withdrawn."""
    at = entry.at.astimezone()
    when = {"day": day(at.date(), "day", lang), "time": f"{at:%H:%M} UTC{at:%z}"}
    act = text("history", entry.action, lang, withdrawn=entry.withdrawn)
    yield text("history", "head", lang, number=entry.number, who=entry.who, act=act, **when)
    for file in entry.files:
        yield _file(file, lang)
    told = [_detail(entry, name, lang) for name in DETAILS if getattr(entry, name)]
    if told:
        yield ", ".join(told)
    if entry.reason:
        yield text("history", "reason", lang, reason=entry.reason)
    if withdrawn_by:
        yield text("history", "gone", lang, by=withdrawn_by)


def _file(file: Stored, lang: str) -> str:
    size = full(file.size, UNITS["count"], lang)
    key = "through" if file.mapping else "file"
    return text("history", key, lang, name=file.name, size=size, sha256=file.sha256, mapping=file.mapping)


def _detail(entry: Entry, name: str, lang: str) -> str:
    value = getattr(entry, name)
    return text("history", name, lang, value=day(value, "day", lang) if name == "received_on" else value)


def _plain(line: str) -> str:
    """Keep what was typed elsewhere from steering the terminal."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in " ".join(line.split()))


def _withdraw(arguments: argparse.Namespace) -> int:
    folder = one_folder(arguments)
    return attempt(arguments.lang, lambda: _withdraw_from(folder, arguments)) if folder else 1


def _withdraw_from(folder: Path, arguments: argparse.Namespace) -> bool:
    build.programme_of(folder)
    entry = ingest.withdraw(folder, arguments.number, arguments.reason, arguments.who)
    print(text("history", "done", arguments.lang, programme=folder.name, number=entry.withdrawn, by=entry.number))
    return rebuild(folder, arguments.lang)
