"""Words in the reader's language: one table a language in each TOML file."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

LANGUAGES = ("it", "en")
TEXTS = Path(__file__).parent / "texts"

Words = Mapping[str, Any]


@cache
def document(path: Path) -> Mapping[str, Any]:
    """Read a TOML file once."""
    with path.open("rb") as file:
        return tomllib.load(file)


def words(path: Path, lang: str) -> Words:
    """Return the table of one language of a text file."""
    table: Words = document(path)[lang]
    return table


def texts(name: str, lang: str) -> Words:
    """Return the words of one of the files in `texts/`: belonging to no page and no metric."""
    return words(TEXTS / f"{name}.toml", lang)


def text(name: str, key: str, lang: str, /, **values: object) -> str:
    """Return one sentence of a text file, its `{places}` filled."""
    sentence: str = texts(name, lang)[key]
    return sentence.format(**values) if values else sentence


class TextError(Exception):
    """An error told by a sentence of a text file: carries its key and values, and is English as `str`."""

    FILE: ClassVar[str]

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        return self.sentence("en")

    def sentence(self, lang: str) -> str:
        """Say what is the case and what to do."""
        return text(self.FILE, self.key, lang, **self.values)


def leaves(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten nested tables to dotted keys, so that two languages can be compared."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= leaves(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return flat
