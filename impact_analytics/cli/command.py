"""What a command does with the folders it is given, and how it prints what is wrong."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from impact_analytics import build
from impact_analytics.i18n import TextError, text, texts
from impact_analytics.problems import Problem, Refused
from impact_analytics.programme import ProgrammeError, folders
from impact_analytics.settings import data_folder
from impact_analytics.store import Snapshot
from impact_analytics.supplied import SuppliedError

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name


def over_folders(arguments: argparse.Namespace, run: Callable[[Path, str], bool]) -> int:
    """Run on each folder, one that is refused not stopping the others; return 1 where one was, or none is there."""
    chosen: list[Path] = arguments.folder
    meant = [folder.resolve() for folder in chosen] or list(build.ordered(data_folder()).values())
    if not meant:
        print(text("app", "no_programme", arguments.lang, folder=data_folder()))
        return 1
    failed = 0
    for folder in meant:
        try:
            failed += not run(folder, arguments.lang)
        except (ProgrammeError, SuppliedError) as error:
            failed += 1
            print(error.sentence(arguments.lang))
    return min(failed, 1)


def one_folder(arguments: argparse.Namespace) -> Path | None:
    """Return the folder meant: the one named, or the only one there is; else say so and return nothing."""
    if arguments.folder:
        return Path(arguments.folder).resolve()
    known = folders(data_folder())
    if len(known) == 1:
        return next(iter(known.values()))
    key = ("history", "no_folder") if known else ("app", "no_programme")
    print(text(*key, arguments.lang, folder=data_folder(), ids=", ".join(known)))
    return None


def attempt(lang: str, act: Callable[[], bool]) -> int:
    """Do something about one programme; return 1, all said, where it fails or is refused."""
    try:
        return 0 if act() else 1
    except Refused as refused:
        print_problems(refused.problems, lang)
    except TextError as error:
        print(error.sentence(lang))
    except OSError as error:
        print(text("app", "disk", lang, reason=error.strerror or error))
    return 1


def rebuild(folder: Path, lang: str) -> bool:
    """Build a programme and say so; return whether its files were taken."""
    snapshot = built(folder, lang)
    if snapshot is None:
        return False
    print(text("cli", "built", lang, programme=folder.name, id=snapshot.id, rows=snapshot.note("rows")))
    return True


def built(folder: Path, lang: str) -> Snapshot | None:
    """Return the snapshot of a programme; where its files are refused say why and return nothing."""
    try:
        return build.build(folder)
    except Refused as refused:
        print_problems(refused.problems, lang)
        print(text("cli", "kept", lang, programme=folder.name))
        return None


def print_problems(problems: Sequence[Problem], lang: str) -> None:
    """Print problems as sentences, errors first."""
    severities = texts("cli", lang)["severity"]
    for problem in sorted(problems, key=lambda problem: ("error", "warning", "notice").index(problem.severity)):
        print(f"{severities[problem.severity]}: {problem.sentence(lang)}")
