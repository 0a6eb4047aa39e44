"""Accepted deliveries as rows of tables: what each one holds, and the source that it is."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from impact_analytics import supplied
from impact_analytics.datafiles import DataFile, Part
from impact_analytics.datafiles.mapping import parse
from impact_analytics.i18n import LANGUAGES, text
from impact_analytics.programme import Programme
from impact_analytics.supplied import Entry, Stored

SOURCE = ("source_id", "title", "publisher", "published_on", "published_precision", "note_it", "note_en")


def delivered(folder: Path, programme: Programme) -> list[DataFile]:
    """Return the rows of every delivery that stands; raise Damaged where an accepted file is not as it was."""
    return [
        file
        for entry in supplied.standing(folder)
        for file in delivery(programme, entry, {file.sha256: supplied.path(folder, file) for file in entry.files},
        {file.mapping: supplied.mapping(folder, file) for file in entry.files if file.mapping})
    ]


def delivery(
    programme: Programme, entry: Entry, paths: Mapping[str, Path], mappings: Mapping[str, bytes]
) -> list[DataFile]:
    """Return the rows of one delivery, accepted or about to be; its files by hash, its mappings by theirs."""
    found = [_source(programme, entry)]
    for file in entry.files:
        found += _rows(programme, entry, file, paths[file.sha256], mappings.get(file.mapping, b""))
    return found
