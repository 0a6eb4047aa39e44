"""Commands about words: glossary."""

import argparse

from impact_analytics.cli.command import Commands
from impact_analytics.semantics import metrics


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    command = commands.add_parser("glossary", help="print every metric with its definition and formula")
    command.set_defaults(run=_glossary)


def _glossary(arguments: argparse.Namespace) -> int:
    for metric in metrics().values():
        said = metric.words(arguments.lang)
        print(f"{said['name']} ({metric.id})\n  {said['definition']}\n  {metric.formula}")
        if "caveat" in said:
            print(f"  {said['caveat']}")
    return 0
