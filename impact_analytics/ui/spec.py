"""Pages as their files declare them: `pages/NN_slug.py` with its `.toml`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from impact_analytics.filters import Choice
from impact_analytics.i18n import Words, document, words
from impact_analytics.settings import PAGES


@dataclass(frozen=True)
class PageSpec:
    """One page: its script, address, section of the menu, own choices, and whether it is for operators only."""

    script: Path
    slug: str
    section: str
    icon: str
    choices: tuple[Choice, ...] = ()
    options_from: Mapping[str, str] = field(default_factory=dict, hash=False)
    operators: bool = False

    def words(self, lang: str) -> Words:
        """Return the page's words."""
        return words(self.script.with_suffix(".toml"), lang)


@cache
def pages() -> dict[str, PageSpec]:
    """Return every page by slug, in the order of the menu."""
    return {spec.slug: spec for spec in (_spec(path) for path in sorted(PAGES.glob("[0-9]*.py")))}


def page_of(script: str | Path) -> PageSpec:
    """Return the page of a script."""
    return pages()[_slug(Path(script))]


def _spec(path: Path) -> PageSpec:
    declared = document(path.with_suffix(".toml"))
    tables = declared.get("choices", ())
    options_from = {table["id"]: table["from"] for table in tables if "from" in table}
    return PageSpec(
        path,
        _slug(path),
        declared["section"],
        declared.get("icon", ""),
        tuple(map(_choice, tables)),
        options_from,
        declared.get("operators", False),
    )


def _choice(table: Mapping[str, Any]) -> Choice:
    options = table.get("options")
    return Choice(table["id"], table.get("kind", "one"), table.get("default", ""), tuple(options) if options else None)


def _slug(path: Path) -> str:
    return re.sub(r"^\d+_", "", path.stem)
