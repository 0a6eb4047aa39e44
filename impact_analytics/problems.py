"""What is wrong with a data file, said so that a person can mend it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from impact_analytics.i18n import text

Severity = Literal["error", "warning", "notice"]


@dataclass(frozen=True)
class Problem:
    """One broken or odd place in a data file; `words` overrules the sentence of the rule's id."""

    severity: Severity
    rule: str
    file: str
    line: int | None = None
    column: str | None = None
    value: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def sentence(self, lang: str) -> str:
        """Say file, row, column, value, what is wrong and what to do."""
        values = {"value": self.value or "", "column": self.column or "", **self.details}
        said = self.words[lang].format(**values) if self.words else text("checks", self.rule, lang, **values)
        return f"{self.place(lang)}: {said}"

    def place(self, lang: str) -> str:
        """Name the file, row and column."""
        parts = [self.file]
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


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Keep what stands in the way of a build."""
    return [problem for problem in problems if problem.severity == "error"]
