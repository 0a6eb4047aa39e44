"""Deliveries, accepted or about to be, as rows of tables: what each one holds, and the source that it is."""

from collections.abc import Mapping
from pathlib import Path

from impact_analytics import supplied
from impact_analytics.datafiles import DataFile, Part
from impact_analytics.datafiles.mapping import parse
from impact_analytics.i18n import text
from impact_analytics.problems import Refused
from impact_analytics.programme import Programme
from impact_analytics.sheets import readings
from impact_analytics.supplied import Entry, Stored

SOURCE = ("source_id", "title", "publisher", "published_on", "published_precision", "note_it", "note_en")


def delivered(folder: Path, programme: Programme, *, without: int = 0) -> list[DataFile]:
    """Return the rows of every delivery that stands; raise Damaged where an accepted file is not as it was.

    `without` leaves one out, to see what would be left if it were withdrawn.
    """
    found: list[DataFile] = []
    for entry in [entry for entry in supplied.standing(folder) if entry.number != without]:
        paths = {file.sha256: supplied.path(folder, file) for file in entry.files}
        mappings = {file.mapping: supplied.mapping(folder, file) for file in entry.files if file.mapping}
        found += delivery(programme, entry, paths, mappings, accepted=True)
    return found


def delivery(
    programme: Programme,
    entry: Entry,
    paths: Mapping[str, Path],
    mappings: Mapping[str, bytes],
    *,
    accepted: bool = False,
) -> list[DataFile]:
    """Return the rows of one delivery and of its source; its files and mappings are given by hash."""
    found = [_source_row(programme, entry)]
    for file in entry.files:
        if file.table:
            found.append(_table_file(programme, entry, file, paths[file.sha256], mappings.get(file.mapping)))
        else:
            found += _sheet(programme, entry, file, paths[file.sha256], accepted=accepted)
    return found


def source_id(entry: Entry) -> str:
    """Return the source that rows of a delivery have where they name none."""
    return f"supplied_{entry.number:06}"


def basis(programme: Programme) -> str:
    """Return the basis of what an authority hands in: its own, but in an invented programme invented too."""
    return "example" if programme.is_example else "supplied"


def _table_file(programme: Programme, entry: Entry, file: Stored, path: Path, mapping: bytes | None) -> DataFile:
    columns = parse(mapping, f"{source_id(entry)}.toml") if mapping else None
    return DataFile(path, _name(entry, file), file.table, basis(programme), source_id(entry), columns)


def _sheet(programme: Programme, entry: Entry, file: Stored, path: Path, *, accepted: bool) -> list[DataFile]:
    """Return the rows of a sheet workbook; raise Refused where this version cannot read what was accepted."""
    if entry.received_on is None:
        raise ValueError(f"{_name(entry, file)}: the entry does not say on which day it was received")
    try:
        about = (entry.version, entry.received_on, entry.protocol)
        parts = readings.parts(path, file.name, *about, keep=accepted)
    except readings.Unread as unread:
        raise Refused(programme.id, unread.problems) from unread
    return [DataFile(part, _name(entry, file), part.table, basis(programme), source_id(entry)) for part in parts]


def _name(entry: Entry, file: Stored) -> str:
    return f"{source_id(entry)}/{file.name}"


def _source_row(programme: Programme, entry: Entry) -> DataFile:
    names = dict.fromkeys(programme.role("authority", lang) for lang in ("it", "en"))
    notes = [text("deliveries", "protocol", lang, protocol=entry.protocol) for lang in ("it", "en") if entry.protocol]
    row = (
        source_id(entry),
        ", ".join(file.name for file in entry.files),
        " / ".join(names),
        entry.received_on.isoformat() if entry.received_on else None,
        "day" if entry.received_on else None,
        *(notes or (None, None)),
    )
    part = Part("source", f"{source_id(entry)}.json", SOURCE, ((1, row),))
    return DataFile(part, part.name, part.table, basis(programme))
