"""The command line: `python -m impact_analytics <command>`, a module for each group of commands."""

import argparse
from collections.abc import Sequence

from impact_analytics.cli import data, diff, digest, history, sheets, verify, words
from impact_analytics.i18n import LANGUAGES
from impact_analytics.settings import terminal_language

GROUPS = (data, sheets, history, diff, digest, verify, words)


def main(words: Sequence[str] | None = None) -> int:
    """Run a command; return 0 when all is well, 1 when data are refused."""
    arguments = _parser().parse_args(words)
    return int(arguments.run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m impact_analytics", description="IMPACT Analytics: data in, snapshots out."
    )
    parser.add_argument("--lang", choices=LANGUAGES, default=terminal_language(), help="language of what is printed")
    commands = parser.add_subparsers(required=True, metavar="command")
    for group in GROUPS:
        group.add(commands)
    return parser
