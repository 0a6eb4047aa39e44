"""The command that tells what changed between two days: diff."""

import argparse
from datetime import date
from pathlib import Path

from impact_analytics.cli.command import Commands, built, over_folders
from impact_analytics.i18n import text
from impact_analytics.queries import Asked
from impact_analytics.queries.changes import ordered
from impact_analytics.queries.sentences import plain, report


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    help = "say in sentences what changed between two days"
    command = commands.add_parser("diff", help=help, description=help)
    command.add_argument("days", nargs=2, metavar="DATE", help="a day such as 2021-12-31")
    command.add_argument("folder", nargs="*", type=Path, help="programme folders (default: all)")
    command.set_defaults(run=_diff)


def _diff(arguments: argparse.Namespace) -> int:
    days: list[date] = []
    for written in arguments.days:
        try:
            days.append(date.fromisoformat(written))
        except ValueError:
            print(text("cli", "not_a_day", arguments.lang, value=written))
            return 1
    since, as_of = days
    return over_folders(arguments, lambda folder, lang: _diff_one(folder, since, as_of, lang))


def _diff_one(folder: Path, since: date, as_of: date, lang: str) -> bool:
    snapshot = built(folder, lang)
    if snapshot is None:
        return False
    print(plain(report(*ordered(Asked(snapshot, as_of), since), lang)))
    return True
