"""What is said of a workbook: problems whose sentences stand in `texts/sheets.toml`."""

from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.problems import LONGEST, Problem, Severity


def said(
    severity: Severity, rule: str, file: str, *, sheet: str = "", cell: str = "", value: str = "", **details: object
) -> Problem:
    """Return a problem of a workbook, its sentence in every language; a detail may itself be told by language."""
    shown = " ".join(value.split())
    shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"
    words = {lang: _sentence(rule, lang, shown, details) for lang in LANGUAGES}
    return Problem(severity, rule, file, value=shown or None, words=words, sheet=sheet, cell=cell)


def _sentence(rule: str, lang: str, value: str, details: dict[str, object]) -> str:
    own = {name: told[lang] if isinstance(told, dict) else told for name, told in details.items()}
    sentence: str = texts("sheets", lang)["rules"][rule]
    return sentence.format(value=value, **own)
