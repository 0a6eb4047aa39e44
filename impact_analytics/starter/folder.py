"""The files of an empty programme, and where they are written."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from impact_analytics.contract import Table, contract
from impact_analytics.i18n import LANGUAGES, TextError, text
from impact_analytics.programme import FILE, parse
from impact_analytics.starter.readme import readme
from impact_analytics.starter.settings_file import SETTINGS

CALL = "call_1"
SOURCE = "source_1"
IGNORED = "# Le schede dell'Amministrazione / The authority's own sheets\n/supplied/\n"


class StarterError(TextError):
    """A folder in which no programme can be begun."""

    FILE = "starter"


def write(folder: Path, today: date) -> list[Path]:
    """Write an empty programme into a new or empty folder, whose name becomes its id; return the files.

    Raise ProgrammeError where the name is no id, StarterError where the folder is not empty or cannot be written to.
    """
    written = {folder / name: content for name, content in files(folder.name, today).items()}
    parse(written[folder / FILE], folder.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise StarterError("not_empty", folder=folder)
        for path, content in written.items():
            path.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise StarterError("no_folder", folder=folder, reason=error.strerror or error) from error
    return list(written)


def files(id: str, today: date) -> dict[str, str]:
    """Return the files of an empty programme by name: its settings, a header for each table, a README."""
    rows = _least_rows(today)
    settings = SETTINGS.format(id=id, call=CALL)
    tables = {f"{table.name}.csv": _csv(table, rows.get(table.name, {})) for table in contract().values()}
    return {FILE: settings, "README.md": readme(id), ".gitignore": IGNORED, **tables}


def _least_rows(today: date) -> dict[str, Mapping[str, str]]:
    """Return the one row that a table needs before anything else can be said, by table."""
    begins = date(today.year, 1, 1).isoformat()
    source = {"source_id": SOURCE, "title": _both_languages("source"), "publisher": _both_languages()}
    call = {"call_id": CALL, "opened_on": begins, "known_from": begins, "source_id": SOURCE}
    words = {f"{key}_{lang}": _to_replace(lang, key) for key in ("title", "fund", "objective") for lang in LANGUAGES}
    return {"source": source, "programme_call": call | words}


def _to_replace(lang: str, key: str = "") -> str:
    said = text("starter", "to_replace", lang)
    return f"{said}: {text('starter', key, lang)}" if key else said


def _both_languages(key: str = "") -> str:
    return " / ".join(_to_replace(lang, key) for lang in LANGUAGES)


def _csv(table: Table, row: Mapping[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, table.names, lineterminator="\n")
    writer.writeheader()
    if row:
        writer.writerow(row)
    return out.getvalue()
