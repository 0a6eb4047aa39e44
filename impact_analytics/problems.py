"""What is wrong with a data file, said so that a person can mend it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from impact_analytics.i18n import text

Severity = Literal["error", "warning", "notice"]
MOST = 200  # rows named for one rule; the rest are counted
LONGEST = 120  # letters of a value that a sentence repeats


@dataclass(frozen=True)
class Problem:
    """One broken or odd place in a data file; `words` is the sentence itself, where it is not that of the rule's id."""

    severity: Severity
    rule: str
    file: str
    line: int | None = None
    column: str | None = None
    value: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    cell: str = ""

    def sentence(self, lang: str) -> str:
        """Say file, row, column, value, what is wrong and what to do."""
        values = {"value": _brief(self.value or ""), "column": self.column or "", **self.details}
        said = self.words[lang] if self.words else text("checks", self.rule, lang, **values)
        return f"{self.place(lang)}: {said}"

    def place(self, lang: str) -> str:
        """Name the file, row and column; of a workbook the sheet and cell."""
        parts = [self.file]
        if self.sheet:
            parts.append(text("checks", "sheet", lang, sheet=self.sheet))
        if self.cell:
            return ", ".join([*parts, text("checks", "cell", lang, cell=self.cell)])
        if self.line is not None:
            parts.append(text("checks", "row", lang, line=self.line))
        if self.column:
            parts.append(text("checks", "column", lang, column=self.column))
        return ", ".join(parts)


class Refused(Exception):
    """Data that cannot be used; carries every problem found."""

    def __init__(self, programme: str, problems: Iterable[Problem]) -> None:
        self.programme = programme
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.sentence("en") for problem in errors(self.problems)))


def capped(problems: list[Problem]) -> list[Problem]:
    """Keep the first problems of one rule and count the rest."""
    return problems[:MOST] + (rest(problems[0], len(problems)) if problems else [])


def rest(first: Problem, count: int) -> list[Problem]:
    """Say how many rows there are beyond those named, where there are more."""
    if count <= MOST:
        return []
    return [Problem(first.severity, "more", first.file, column=first.column, details={"count": count - MOST})]


def _brief(value: str) -> str:
    said = " ".join(value.split())
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Keep what stands in the way of a build."""
    return [problem for problem in problems if problem.severity == "error"]
