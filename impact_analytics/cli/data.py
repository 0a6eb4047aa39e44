"""Commands about programme folders: build, check, example."""

import argparse
from pathlib import Path

from impact_analytics import build, example
from impact_analytics.cli.command import Commands, over_folders, print_problems
from impact_analytics.i18n import text
from impact_analytics.problems import Refused, errors
from impact_analytics.settings import ROOT


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    for name, run, help in (
        ("build", _build, "check the data files and make the database the app reads"),
        ("check", _check, "name every broken row; exit 1 if there is one"),
    ):
        command = commands.add_parser(name, help=help, description=help)
        command.add_argument("folder", nargs="*", type=Path, help="programme folders (default: all)")
        command.set_defaults(run=run)
    command = commands.add_parser(
        "example", help="write the invented programme anew", description="Same seed, same bytes."
    )
    command.add_argument("folder", nargs="?", type=Path, default=ROOT / "data" / "example", help="where to write it")
    command.add_argument("--seed", type=int, default=7, help="another seed, another story (default: 7)")
    command.set_defaults(run=_example)


def _build(arguments: argparse.Namespace) -> int:
    return over_folders(arguments, _build_one)


def _check(arguments: argparse.Namespace) -> int:
    return over_folders(arguments, _check_one)


def _build_one(folder: Path, lang: str) -> bool:
    try:
        snapshot = build.build(folder)
    except Refused as refused:
        print_problems(refused.problems, lang)
        print(text("cli", "kept", lang, programme=folder.name))
        return False
    print(text("cli", "built", lang, programme=folder.name, id=snapshot.id, rows=snapshot.note("rows")))
    return True


def _check_one(folder: Path, lang: str) -> bool:
    problems = build.check(folder)
    print_problems(problems, lang)
    counts = {kind: sum(problem.severity == kind for problem in problems) for kind in ("error", "warning", "notice")}
    print(text("cli", "checked", lang, programme=folder.name, **counts))
    return not errors(problems)


def _example(arguments: argparse.Namespace) -> int:
    example.write(arguments.folder, arguments.seed)
    print(text("cli", "example", arguments.lang, folder=arguments.folder, seed=arguments.seed))
    return 0
