"""What an acceptance brings: the files of an entry of the log as data files, each row with its basis and source."""

from collections.abc import Callable, Iterator
from pathlib import Path

from impact_analytics import supplied
from impact_analytics.datafiles import DataFile, Part
from impact_analytics.datafiles.mapping import parsed
from impact_analytics.programme import Programme
from impact_analytics.sheets import read
from impact_analytics.supplied import Entry, Stored

SOURCE = ("source_id", "title", "publisher", "published_on", "published_precision", "note_it", "note_en")
Located = Callable[[str], Path]  # hash of a file -> where it stands


def delivered(folder: Path, programme: Programme) -> list[DataFile]:
    """Return what all standing acceptances of a programme bring, in their order."""
    entries = supplied.standing(folder)
    return [file for entry in entries for file in brought(entry, supplied.located(folder, entry), programme)]


def brought(entry: Entry, located: Located, programme: Programme) -> Iterator[DataFile]:
    """Yield what an acceptance brings: its rows, and itself as their source."""
    basis = "example" if programme.is_example else "supplied"
    yield DataFile(_source(entry, programme), "source", "source", basis)
    for stored in entry.files:
        if stored.table:
            mapping = parsed(located(stored.mapping)) if stored.mapping else None
            yield DataFile(located(stored.sha256), stored.name, stored.table, basis, source_of(entry), mapping)
        else:
            for part in _sheet(entry, stored, located):
                yield DataFile(part, stored.name, part.table, basis, source_of(entry))


def source_of(entry: Entry) -> str:
    """Return the id of an acceptance as a source."""
    return f"supplied_{entry.number:06}"
