"""The README of an empty programme: which table holds what, in every language, read from the contract."""

from impact_analytics.contract import Table, contract
from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.status import SAMPLE


def readme(id: str) -> str:
    """Write the README of a programme folder."""
    return "\n\n".join([f"# {id}", *(part for lang in LANGUAGES for part in _parts(lang))]) + "\n"


def _parts(lang: str) -> list[str]:
    said = texts("starter", lang)["readme"]
    head = f"| {said['file']} | {said['holds']} | {said['columns']} |\n|---|---|---|\n"
    rows = "\n".join(_row(table, lang) for table in contract().values())
    paragraphs = [said[key] for key in ("about", "first", "rules", "shapes", "status")]
    paragraphs += [f"```toml\n{SAMPLE}```", said["supplied"]]
    return [f"## {said['heading']}", *paragraphs, head + rows]


def _row(table: Table, lang: str) -> str:
    columns = ", ".join(f"**{column.name}**" if column.required else column.name for column in table.columns)
    return f"| `{table.name}.csv` | {table.said[lang]} | {columns} |"
