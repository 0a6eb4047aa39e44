"""Snapshots: immutable databases of a programme, read without ever blocking a build."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import duckdb

from impact_analytics.programme import Programme, parse
from impact_analytics.settings import cache_folder

OPEN_AT_ONCE = 8


class NoSnapshot(Exception):
    """No database stands where one was asked for; the message is the id."""


@dataclass(frozen=True)
class Snapshot:
    """One immutable database: a programme's data as built from one state of its files."""

    programme_id: str
    id: str
    path: Path

    @cached_property
    def programme(self) -> Programme:
        """Return the programme as it was when the snapshot was built."""
        return parse(self.note("programme"), self.programme_id, date.fromisoformat(self.note("newest")))

    @cached_property
    def columns(self) -> dict[str, frozenset[str]]:
        """Return the columns of every table."""
        rows = cursor(self).execute(
            "SELECT table_name, list(column_name) FROM duckdb_columns() WHERE database_name = ? GROUP BY ALL",
            [_alias(self)],
        )
        return {table: frozenset(names) for table, names in rows.fetchall()}

    def note(self, key: str) -> str:
        """Return what the build wrote down under a key."""
        row = cursor(self).execute("SELECT value FROM note WHERE key = ?", [key]).fetchone()
        if row is None:
            raise NoSnapshot(f"{self.path.name}: {key}")
        return str(row[0])


def pointer(programme_id: str) -> Path:
    """Return the file that names a programme's current snapshot."""
    return cache_folder() / f"{programme_id}.current"


def database(programme_id: str, id: str) -> Path:
    """Return where a snapshot's database stands."""
    return cache_folder() / f"{programme_id}-{id}.duckdb"


def current(programme_id: str) -> Snapshot:
    """Return the snapshot in force: one stat when nothing has changed."""
    try:
        stamp = pointer(programme_id).stat()
    except FileNotFoundError as error:
        raise NoSnapshot(programme_id) from error
    return _pointed(programme_id, cache_folder(), stamp.st_mtime_ns, stamp.st_ino)


def pinned(programme_id: str, id: str) -> Snapshot:
    """Return an earlier snapshot that is still kept; raise NoSnapshot where it is not."""
    path = database(programme_id, id)
    if not id.isalnum() or not path.is_file():
        raise NoSnapshot(id)
    return Snapshot(programme_id, id, path)


@cache
def _pointed(programme_id: str, _folder: Path, _changed: int, _inode: int) -> Snapshot:
    return pinned(programme_id, pointer(programme_id).read_text(encoding="ascii").strip())


_connections: OrderedDict[Path, duckdb.DuckDBPyConnection] = OrderedDict()
_lock = threading.Lock()


def cursor(snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
    """Lend a cursor on a snapshot, read-only; each thread takes its own."""
    with _lock:
        if snapshot.path not in _connections:
            _connections[snapshot.path] = _attached(snapshot)
            while len(_connections) > OPEN_AT_ONCE:
                _connections.popitem(last=False)
        _connections.move_to_end(snapshot.path)
        lent = _connections[snapshot.path].cursor()
    lent.execute(f'USE "{_alias(snapshot)}"')
    return lent


def release(snapshot: Snapshot) -> None:
    """Close a snapshot whose database is about to go."""
    with _lock:
        held = _connections.pop(snapshot.path, None)
    if held:
        held.close()


def _attached(snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
    db = duckdb.connect(":memory:", config={"threads": 1, "autoinstall_known_extensions": False})
    path = str(snapshot.path).replace("'", "''")
    db.execute(f"""ATTACH '{path}' AS "{_alias(snapshot)}" (READ_ONLY)""")
    return db


def _alias(snapshot: Snapshot) -> str:
    return f"s{snapshot.id}"
