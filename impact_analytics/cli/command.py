"""What a command does with the folders it is given, and how it prints what is wrong."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from impact_analytics import build
from impact_analytics.i18n import text, texts
from impact_analytics.problems import Problem
from impact_analytics.programme import ProgrammeError
from impact_analytics.settings import data_folder

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name


def over_folders(arguments: argparse.Namespace, run: Callable[[Path, str], bool]) -> int:
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
            print(error.sentence(arguments.lang))
    return min(failed, 1)


def print_problems(problems: Sequence[Problem], lang: str) -> None:
    """Print problems as sentences, errors first."""
    severities = texts("cli", lang)["severity"]
    for problem in sorted(problems, key=lambda problem: ("error", "warning", "notice").index(problem.severity)):
        print(f"{severities[problem.severity]}: {problem.sentence(lang)}")
