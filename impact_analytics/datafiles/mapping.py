"""Column mappings: a TOML file that says how another system's export is read as a table of ours.

`table`, `[columns]` with theirs = ours; where needed `[values.<our column>]` with theirs = ours, `[constants]` with our
column = value, `decimal` (`,` or `.`) and `date_format` (as in `%d/%m/%Y`).
"""

import tomllib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from impact_analytics.contract import Column, Table, contract
from impact_analytics.i18n import TextError

SEPARATED = r"-?([1-9][0-9]{0,2}(\.[0-9]{3})+|[0-9]+)(,[0-9]+)?"
DAY_PARTS = ("%d", "%m", "%Y")
AMOUNTS = ("DECIMAL(18,2)", "DOUBLE")


class MappingError(TextError):
    """A mapping that cannot be used."""

    FILE = "mapping"


@dataclass(frozen=True)
class ColumnMapping:
    """How the columns and values of another system's export are read as those of a table."""

    name: str
    table: str
    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    decimal: str = "."
    date_format: str = ""

    def theirs(self, column: str) -> str:
        """Return what the export calls a column of ours."""
        return next((theirs for theirs, ours in self.columns.items() if ours == column), column)

    def cells(self, fields: Mapping[str, str], table: Table, numbers: Container[str] = ()) -> dict[str, str]:
        """Return the SQL of our columns; `fields` holds that of theirs, of which some are `numbers` and no text."""
        types = {column.name: column for column in table.columns}
        cells = {
            ours: self._cell(types[ours], fields[theirs], written=theirs not in numbers)
            for theirs, ours in self.columns.items()
            if theirs in fields
        }
        return cells | {ours: quoted(value) for ours, value in self.constants.items()}

    def _cell(self, column: Column, cell: str, *, written: bool) -> str:
        cell = f"trim({cell})"
        if column.name in self.values:
            pairs = [f"WHEN {quoted(theirs)} THEN {quoted(ours)}" for theirs, ours in self.values[column.name].items()]
            cell = f"CASE {cell} {' '.join(pairs)} ELSE {cell} END" if pairs else cell
        if column.type == "DATE" and self.date_format:
            day = f"strftime(try_strptime({cell}, {quoted(self.date_format)}), '%Y-%m-%d')"
            return f"coalesce({day}, {cell})"
        if column.type in AMOUNTS and self.decimal == "," and written:
            point = f"replace(replace({cell}, '.', ''), ',', '.')"
            # Where the comma is the decimal sign, 1.5 is no amount: spaces keep it from becoming one.
            return (
                f"CASE WHEN regexp_full_match({cell}, '{SEPARATED}') THEN {point} ELSE replace({cell}, '.', ' . ') END"
            )
        return cell


def parse(text: str | bytes, name: str) -> ColumnMapping:
    """Read a mapping; raise MappingError with a sentence where it cannot be used."""
    try:
        whole = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        known: dict[str, Any] = tomllib.loads(whole)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MappingError("not_toml", file=name, reason=error) from error
    wrong = next(_errors(known, name), None)
    if wrong:
        raise wrong
    return ColumnMapping(name=name, **known)


def _errors(known: Mapping[str, Any], name: str) -> Iterator[MappingError]:
    """Yield what is wrong, the first thing first: later ones may need what an earlier one misses."""
    settings = set(ColumnMapping.__dataclass_fields__) - {"name"}
    for key in known:
        if key not in settings:
            yield MappingError("setting", file=name, setting=key, known=", ".join(sorted(settings)))
    for key in ("table", "columns"):
        if not known.get(key):
            yield MappingError("lacks", file=name, setting=key)
    table = contract().get(str(known["table"]))
    if table is None:
        near = get_close_matches(str(known["table"]), contract(), 1)
        yield MappingError("table", file=name, table=known["table"], near=", ".join(near or contract()))
        return
    yield from _shape_errors(known, name)
    yield from _column_errors(known, name, table)
    if known.get("decimal", ".") not in (".", ","):
        yield MappingError("decimal", file=name, value=known["decimal"])
    day = known.get("date_format", "")
    if day and not (isinstance(day, str) and all(part in day for part in DAY_PARTS)):
        yield MappingError("date_format", file=name, value=day)


def _shape_errors(known: Mapping[str, Any], name: str) -> Iterator[MappingError]:
    """Yield tables of the file that do not hold texts."""
    values = known.get("values", {})
    held = {"columns": known["columns"], "constants": known.get("constants", {}), "values": values}
    if isinstance(values, Mapping):
        held |= {f"values.{column}": pairs for column, pairs in values.items()}
    for key, pairs in held.items():
        if not isinstance(pairs, Mapping):
            yield MappingError("not_table", file=name, setting=key)
        elif key != "values" and not all(isinstance(value, str) for value in pairs.values()):
            yield MappingError("not_text", file=name, setting=key)


def _column_errors(known: Mapping[str, Any], name: str, table: Table) -> Iterator[MappingError]:
    constants = known.get("constants", {})
    ours = [*known["columns"].values(), *constants]
    for column in [*ours, *known.get("values", {})]:
        if column not in table.names:
            near = get_close_matches(column, table.names, 1)
            yield MappingError(
                "column", file=name, column=column, table=table.name, near=", ".join(near or table.names)
            )
    for column in ours:
        if ours.count(column) > 1:
            yield MappingError("twice", file=name, column=column)
    for needed in table.columns:
        if needed.required and needed.name not in ours and needed.name != "source_id":
            yield MappingError("required", file=name, column=needed.name, table=table.name)


def quoted(value: str) -> str:
    """Write a text as SQL does."""
    return "'" + value.replace("'", "''") + "'"
