"""Accepted workbooks, read once: their parts are kept beside the databases, by everything that they depend on."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from impact_analytics.datafiles import Part
from impact_analytics.i18n import TEXTS
from impact_analytics.problems import Problem, errors
from impact_analytics.settings import PACKAGE, cache_folder
from impact_analytics.sheets.reader import read


class Unread(Exception):
    """An accepted workbook that cannot be read any more; carries every problem."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.sentence("en") for problem in problems))


def parts(path: Path, name: str, version: int, received_on: date, protocol: str, *, keep: bool) -> tuple[Part, ...]:
    """Return the parts of a workbook whose file is named by its content; raise Unread where it has none.

    Only what was accepted is to be kept.
    """
    kept = cache_folder() / "sheets" / f"{_key(path.stem, name, version, received_on, protocol)}.json"
    try:
        return tuple(_part(one) for one in json.loads(kept.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        pass  # not read yet, or not kept whole
    found = read(name, path.read_bytes())
    if errors(found.problems):
        raise Unread(errors(found.problems))
    every = found.parts(version, received_on, protocol)
    if keep:
        _keep(kept, every)
    return every


def _key(*about: object) -> str:
    return hashlib.sha256(json.dumps([_reader(), *map(str, about)]).encode()).hexdigest()


@cache
def _reader() -> str:
    """Hash what reads workbooks: another reader may read them otherwise."""
    total = hashlib.sha256()
    for path in [*sorted((PACKAGE / "sheets").glob("*.py")), TEXTS / "sheets.toml"]:
        total.update(path.read_bytes())
    return total.hexdigest()


def _part(kept: dict[str, Any]) -> Part:
    rows = tuple((line, tuple(cells)) for line, cells in kept["rows"])
    return Part(**{**kept, "header": tuple(kept["header"]), "rows": rows})


def _keep(path: Path, every: Sequence[Part]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{uuid4().hex}.aside")
    aside.write_text(json.dumps([asdict(part) for part in every], ensure_ascii=False), encoding="utf-8")
    aside.replace(path)
