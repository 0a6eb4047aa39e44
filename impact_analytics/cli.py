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
    return command(arguments)


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


def _build(arguments: argparse.Namespace) -> int:
    return _over_folders(arguments, _build_one)


def _check(arguments: argparse.Namespace) -> int:
    return _over_folders(arguments, _check_one)


def _over_folders(arguments: argparse.Namespace, run: Callable[[Path, str], bool]) -> int:
    """Run on each folder, one that is refused not stopping the others; return 1 where one was, or none is there."""
    chosen: list[Path] = arguments.folder
    folders = [folder.resolve() for folder in chosen] or list(build.ordered(data_folder()).values())
    if not folders:
        print(text("app", "no_programme", arguments.lang, folder=data_folder()))
        return 1
    failed = 0
    for folder in folders:
        try:
            failed += not run(folder, arguments.lang)
        except ProgrammeError as error:
            failed += 1
            print(error)
    return min(failed, 1)


def _build_one(folder: Path, lang: str) -> bool:
    try:
        snapshot = build.build(folder)
    except Refused as refused:
        _print_problems(refused.problems, lang)
        print(text("cli", "kept", lang, programme=folder.name))
        return False
    print(text("cli", "built", lang, programme=folder.name, id=snapshot.id, rows=snapshot.note("rows")))
    return True


def _check_one(folder: Path, lang: str) -> bool:
    problems = build.check(folder)
    _print_problems(problems, lang)
    counts = {kind: sum(problem.severity == kind for problem in problems) for kind in ("error", "warning", "notice")}
    print(text("cli", "checked", lang, programme=folder.name, **counts))
    return not errors(problems)


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
