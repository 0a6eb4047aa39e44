"""The command that works every metric out anew from the input files: verify."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from impact_analytics import build
from impact_analytics.cli.command import Commands, over_folders, print_problems
from impact_analytics.formats import UNITS, full, short_day
from impact_analytics.i18n import text, texts
from impact_analytics.problems import Refused
from impact_analytics.queries import Asked
from impact_analytics.semantics import metrics
from impact_analytics.verify import Verdict, verify


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    help = "work every metric out anew from the files, in plain Python, and name what differs; exit 1 if something does"
    command = commands.add_parser("verify", help=help, description=help)
    command.add_argument("folder", nargs="*", type=Path, help="programme folders (default: all)")
    command.add_argument("--as-of", metavar="DAY", help="YYYY-MM-DD (default: the programme's own)")
    command.add_argument("--metric", choices=sorted(metrics()), metavar="ID", help="one metric (default: all)")
    command.set_defaults(run=_verify)


def _verify(arguments: argparse.Namespace) -> int:
    try:
        day = date.fromisoformat(arguments.as_of) if arguments.as_of else None
    except ValueError:
        print(text("cli", "not_a_day", arguments.lang, value=arguments.as_of))
        return 1
    names = [arguments.metric] if arguments.metric else list(metrics())
    return over_folders(arguments, lambda folder, lang: _verify_one(folder, day, names, lang))


def _verify_one(folder: Path, day: date | None, names: Sequence[str], lang: str) -> bool:
    try:
        snapshot = build.build(folder)
    except Refused as refused:
        print_problems(refused.problems, lang)
        print(text("cli", "kept", lang, programme=folder.name))
        return False
    asked = Asked(snapshot, day or snapshot.programme.default_as_of)
    found = [verify(asked, name, folder) for name in names]
    wrong = [one for one in found if one.outcome not in ("same", "not_split")]
    for one in wrong:
        print(_said(one, lang))
    counts = {"programme": folder.name, "id": snapshot.id, "day": short_day(asked.as_of, "day", lang)}
    print(text("cli", "verified", lang, **counts, same=len(found) - len(wrong), wrong=len(wrong)))
    return not wrong


def _said(found: Verdict, lang: str) -> str:
    said = texts("passport", lang)
    sentence = said["verdict"][found.outcome].format(odd=found.odd, reason=found.reason.get(lang, ""))
    values = {"shown": _written(found.shown.value, found, lang), "again": _written(found.again.value, found, lang)}
    name = metrics()[found.shown.metric].words(lang)["name"]
    return text("cli", "not_verified", lang, metric=name, id=found.shown.metric, sentence=sentence, **values)


def _written(value: object, found: Verdict, lang: str) -> str:
    if value is None:
        return "–"
    return short_day(value, "day", lang) if isinstance(value, date) else full(value, UNITS[found.shown.unit], lang)
