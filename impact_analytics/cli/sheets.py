"""Commands about sheets: sheet (out), ingest (in)."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from impact_analytics import build, ingest
from impact_analytics.cli.command import Commands, attempt, one_folder, print_problems
from impact_analytics.formats import short_day
from impact_analytics.i18n import LANGUAGES, text
from impact_analytics.ingest import Details, Handed, Preview
from impact_analytics.queries import forms
from impact_analytics.queries.changes import Moved
from impact_analytics.queries.sentences import figure_said, value_said
from impact_analytics.semantics import metrics
from impact_analytics.settings import terminal_user
from impact_analytics.sheets import file_name, write, zipped
from impact_analytics.store import Snapshot

ALL = "all"


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    help = "write a project's quarterly sheet as a workbook, or those of all projects as a zip"
    command = commands.add_parser("sheet", help=help, description=help)
    command.add_argument("project", help=f"its id, PROG or CUP; “{ALL}” for every project")
    command.add_argument("period", help="such as 2021-Q4")
    command.add_argument("--folder", help="a programme folder (default: the only one)")
    command.add_argument("--version", type=int, help="write a version that was received, with its values")
    command.add_argument("--language", choices=LANGUAGES, help="of the workbook (default: that of the terminal)")
    command.add_argument("--to", type=Path, default=Path(), metavar="PATH", help="a file, or a folder (default: here)")
    command.set_defaults(run=_sheet)
    help = "judge sheets and tables that were handed in, and show how the figures would move; --accept takes them in"
    command = commands.add_parser("ingest", help=help, description=help)
    command.add_argument("file", nargs="+", type=Path, help="sheets (.xlsx), tables (.csv, .parquet)")
    command.add_argument("--folder", help="a programme folder (default: the only one)")
    command.add_argument("--mapping", type=Path, metavar="TOML", help="how the tables' columns are called there")
    command.add_argument("--received-on", type=date.fromisoformat, metavar="DAY", help="YYYY-MM-DD (default: today)")
    command.add_argument("--protocol", default="", help="number under which it was registered")
    command.add_argument("--who", default=terminal_user(), help="who accepts (default: the user of this machine)")
    command.add_argument("--accept", action="store_true", help="accept what is in order")
    command.set_defaults(run=_ingest)


def _sheet(arguments: argparse.Namespace) -> int:
    folder = one_folder(arguments)
    return attempt(arguments.lang, lambda: _write(folder, arguments)) if folder else 1


def _write(folder: Path, arguments: argparse.Namespace) -> bool:
    snapshot = build.build(folder)
    try:
        name, content = _written(snapshot, arguments, arguments.language or arguments.lang)
    except forms.Unknown as unknown:
        print(text("cli", "unknown", arguments.lang, what=unknown, programme=snapshot.programme_id))
        return False
    path = arguments.to / name if arguments.to.is_dir() else arguments.to
    path.write_bytes(content)
    print(text("cli", "sheet", arguments.lang, path=path))
    return True


def _written(snapshot: Snapshot, arguments: argparse.Namespace, lang: str) -> tuple[str, bytes]:
    """Return the name and content of a workbook, or of the zip with those of all projects."""
    if arguments.project == ALL:
        every = [forms.form(snapshot, id, arguments.period) for id in forms.projects_of(snapshot, arguments.period)]
        archive = text("sheets", "archive", lang, programme=snapshot.programme_id, period=arguments.period)
        mark = text("sheets", "example_file", lang) if snapshot.programme.is_example else ""
        return f"{mark}{archive}.zip", zipped(every, lang)
    project = forms.project_of(snapshot, arguments.project)
    form = forms.form(snapshot, project, arguments.period, arguments.version)
    return file_name(form, lang), write(form, lang)


def _ingest(arguments: argparse.Namespace) -> int:
    folder = one_folder(arguments)
    handed = [_handed(path, arguments.lang) for path in arguments.file]
    mapping = _handed(arguments.mapping, arguments.lang) if arguments.mapping else None
    if folder is None or None in handed or (arguments.mapping and mapping is None):
        return 1
    details = Details(arguments.received_on or date.today(), arguments.protocol, mapping)  # noqa: DTZ011 - the day here
    return attempt(arguments.lang, lambda: _take_in(folder, [one for one in handed if one], details, arguments))


def _take_in(folder: Path, handed: Sequence[Handed], details: Details, arguments: argparse.Namespace) -> bool:
    """Judge and tell; accept where that was asked for and nothing stands in the way."""
    judged = ingest.preview(folder, handed, details)
    print_preview(judged, arguments.lang)
    if judged.errors:
        return False
    if not arguments.accept:
        print(text("cli", "not_accepted", arguments.lang))
        return True
    for entry in ingest.accept(folder, judged, arguments.who):
        names = ", ".join(stored.name for stored in entry.files)
        print(text("cli", "accepted", arguments.lang, number=entry.number, files=names))
    return True


def _handed(path: Path, lang: str) -> Handed | None:
    try:
        return Handed(path.name, path.read_bytes())
    except OSError as error:
        print(text("cli", "no_file", lang, path=path, reason=error.strerror or error))
        return None


def print_preview(judged: Preview, lang: str) -> None:
    """Print what is wrong, what would be accepted, and how every headline figure would move."""
    print_problems(judged.problems, lang)
    if judged.errors:
        print(text("cli", "refused", lang, count=len(judged.errors)))
        return
    for draft in judged.drafts:
        entry = draft.entry
        about = " ".join(part for part in (entry.project_id, entry.period_id) if part)
        version = f" v{entry.version}" if entry.version else ""
        received = short_day(entry.received_on, "day", lang)
        print(text("cli", "draft", lang, files=", ".join(draft.files), about=about + version, received=received))
    print(text("cli", "moves", lang, day=short_day(judged.as_of, "day", lang)))
    for move in judged.moves:
        print(f"  {move_said(move, lang)}")


def move_said(move: Moved, lang: str) -> str:
    """Say a figure before and after, with the difference."""
    name = metrics()[move.metric].words(lang)["name"]
    if move.changed:
        return f"{name}: {figure_said(move, lang)}"
    same = value_said(move.after.value, move.unit, lang, move.after.basis)
    return f"{name}: {same} ({text('cli', 'unchanged', lang)})"
