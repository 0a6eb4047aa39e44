"""The command line: `python -m impact_analytics <command>`."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from impact_analytics import build, example
from impact_analytics.i18n import LANGUAGES, text, texts
from impact_analytics.problems import Problem, Refused, errors
from impact_analytics.programme import ProgrammeError
from impact_analytics.semantics import metrics
from impact_analytics.settings import ROOT, data_folder, terminal_language

Command = Callable[[argparse.Namespace], int]


def main(words: Sequence[str] | None = None) -> int:
    """Run a command; return 0 when all is well, 1 when data are refused."""
    arguments = _parser().parse_args(words)
    command: Command = arguments.run
    try:
        return command(arguments)
    except ProgrammeError as error:
        print(error)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m impact_analytics", description="IMPACT Analytics: data in, snapshots out."
    )
    parser.add_argument("--lang", choices=LANGUAGES, default=terminal_language(), help="language of what is printed")
    commands = parser.add_subparsers(required=True, metavar="command")
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
    command = commands.add_parser("glossary", help="print every metric with its definition and formula")
    command.set_defaults(run=_glossary)
    return parser


def _folders(arguments: argparse.Namespace) -> list[Path]:
    chosen: list[Path] = arguments.folder
    return [folder.resolve() for folder in chosen] or list(build.ordered(data_folder()).values())


def _build(arguments: argparse.Namespace) -> int:
    failed = 0
    for folder in _folders(arguments):
        try:
            snapshot = build.build(folder)
        except Refused as refused:
            failed = 1
            _print_problems(refused.problems, arguments.lang)
            print(text("cli", "kept", arguments.lang, programme=folder.name))
        else:
            print(
                text("cli", "built", arguments.lang, programme=folder.name, id=snapshot.id, rows=snapshot.note("rows"))
            )
    return failed


def _check(arguments: argparse.Namespace) -> int:
    found = [(folder, build.check(folder)) for folder in _folders(arguments)]
    for folder, problems in found:
        _print_problems(problems, arguments.lang)
        counts = {
            kind: sum(problem.severity == kind for problem in problems) for kind in ("error", "warning", "notice")
        }
        print(text("cli", "checked", arguments.lang, programme=folder.name, **counts))
    return 1 if any(errors(problems) for _, problems in found) else 0


def _example(arguments: argparse.Namespace) -> int:
    example.write(arguments.folder, arguments.seed)
    print(text("cli", "example", arguments.lang, folder=arguments.folder, seed=arguments.seed))
    return 0


def _glossary(arguments: argparse.Namespace) -> int:
    for metric in metrics().values():
        said = metric.words(arguments.lang)
        print(f"{said['name']} ({metric.id})\n  {said['definition']}\n  {metric.formula}")
        if "caveat" in said:
            print(f"  {said['caveat']}")
    return 0


def _print_problems(problems: Sequence[Problem], lang: str) -> None:
    severities = texts("cli", lang)["severity"]
    for problem in sorted(problems, key=lambda problem: ("error", "warning", "notice").index(problem.severity)):
        print(f"{severities[problem.severity]}: {problem.sentence(lang)}")
