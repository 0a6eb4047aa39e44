"""From a folder of data files to an immutable snapshot."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from filelock import FileLock

from impact_analytics import checks
from impact_analytics.contract import contract
from impact_analytics.problems import Problem, Refused, errors
from impact_analytics.programme import FILE, Programme, ProgrammeError, folders, parse
from impact_analytics.semantics import used_params, with_marts
from impact_analytics.settings import PACKAGE, SQL, cache_folder, data_folder
from impact_analytics.store import NoSnapshot, Snapshot, current, database, pinned, pointer

KEPT = 5
CODE = ("semantics.py", "build.py", "checks.py", "contract.py", "datafiles.py", "problems.py", "texts/checks.toml")


def snapshots() -> dict[str, Snapshot]:
    """Return the current snapshot of every programme, building where its files have changed.

    A programme whose files are refused keeps the snapshot before; without one it is left out.
    """
    found = {}
    for id, folder in ordered(data_folder()).items():
        try:
            found[id] = build(folder)
        except (Refused, ProgrammeError):
            try:
                found[id] = current(id)
            except NoSnapshot:
                continue
    return found


def ordered(data: Path) -> dict[str, Path]:
    """Return programme folders by id in the order in which a reader chooses them."""

    def place(item: tuple[str, Path]) -> tuple[int, str]:
        try:
            return programme_of(item[1]).position, item[0]
        except ProgrammeError:
            return 99, item[0]

    return dict(sorted(folders(data).items(), key=place))


def programme_of(folder: Path) -> Programme:
    """Read a folder's `programme.toml`; raise ProgrammeError where there is none."""
    return parse(_settings(folder), folder.name)


def check(folder: Path) -> list[Problem]:
    """Return every problem of a programme folder, without building."""
    with duckdb.connect() as db:
        return checks.load(db, folder, programme_of(folder))


def build(folder: Path) -> Snapshot:
    """Make a programme's snapshot current; raise Refused and keep the one before where its files are broken."""
    programme = programme_of(folder)
    while True:
        id = fingerprint(folder)
        with _alone(programme.id):
            path = database(programme.id, id)
            if path.is_file() or _write(folder, programme, id, path):
                if _pointed(programme.id) != id:
                    _replace(pointer(programme.id), id)
                    _forget_old(programme.id, id)
                return pinned(programme.id, id)


def fingerprint(folder: Path) -> str:
    """Hash a folder's data files and the SQL that reads them: contents, not times."""
    inputs = sorted(path for path in folder.rglob("*") if path.suffix in (".csv", ".toml", ".geojson"))
    ours = sorted(SQL.rglob("*.sql")) + [PACKAGE / name for name in CODE]
    total = hashlib.sha256()
    for path, above in [(path, folder) for path in inputs] + [(path, PACKAGE) for path in ours]:
        total.update(f"{path.relative_to(above).as_posix()}\0".encode())
        total.update(hashlib.sha256(_content(path)).digest())
    return total.hexdigest()[:16]


def _content(path: Path) -> bytes:
    """Return a file's content; a file that cannot be read has none, and is named when it is checked."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _settings(folder: Path) -> str:
    try:
        return (folder / FILE).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ProgrammeError("no_file", folder=folder, file=FILE) from error
    except UnicodeDecodeError as error:
        raise ProgrammeError("encoding", place=f"{folder.name}/{FILE}") from error


def steps(kind: str) -> dict[str, str]:
    """Return the SELECTs of `sql/facts/` or `sql/marts/` by name, each after those it reads."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted((SQL / kind).glob("*.sql"))}
    prefix = kind.removesuffix("s")
    done: dict[str, str] = {}

    def add(name: str) -> None:
        for needed in re.findall(rf"\b{prefix}_(\w+)", texts[name]):
            if needed in texts and needed not in done and needed != name:
                add(needed)
        done[name] = texts[name]

    for name in texts:
        if name not in done:
            add(name)
    return done


def _write(folder: Path, programme: Programme, id: str, path: Path) -> bool:
    """Write a snapshot; say whether the files stayed the same meanwhile, else leave nothing behind."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with duckdb.connect(str(unfinished)) as db:
            problems = checks.load(db, folder, programme)
            if errors(problems):
                raise Refused(programme.id, problems)
            for name, select in steps("facts").items():
                db.execute(f"CREATE TABLE fact_{name} AS {select}")
            _make_marts(db, programme)
            _write_notes(db, folder, id, problems)
        same = fingerprint(folder) == id
        if same:
            unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return same


def _make_marts(db: duckdb.DuckDBPyConnection, programme: Programme) -> None:
    """Answer the marts for every day that readers are offered, so that a visit only reads them."""
    known = {"default_as_of": programme.default_as_of, "late_days": programme.late_days, "without": []}
    offered = (SQL / "offered_day.sql").read_text(encoding="utf-8")
    db.execute(f"CREATE TABLE offered_day AS {offered}", used_params(offered, known))
    days = [row[0] for row in db.execute("SELECT as_of FROM offered_day").fetchall()]
    for name in steps("marts"):
        whole = with_marts(f"SELECT * FROM mart_{name}", {})
        db.execute(f"CREATE TABLE made_{name} AS {whole}", used_params(whole, {**known, "days": days}))


def _write_notes(db: duckdb.DuckDBPyConnection, folder: Path, id: str, problems: list[Problem]) -> None:
    shapes = folder / "areas.geojson"
    notes = {
        "programme": _settings(folder),
        "id": id,
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "shapes": shapes.read_text(encoding="utf-8") if shapes.is_file() else "",
        "rows": str(sum(_count(db, name) for name in contract())),
    }
    db.execute("CREATE TABLE note (key VARCHAR, value VARCHAR)")
    db.executemany("INSERT INTO note VALUES (?, ?)", list(notes.items()))
    db.execute("CREATE TABLE warning (severity VARCHAR, sentence_it VARCHAR, sentence_en VARCHAR)")
    rows = [(problem.severity, problem.sentence("it"), problem.sentence("en")) for problem in problems]
    if rows:
        db.executemany("INSERT INTO warning VALUES (?, ?, ?)", rows)


def _count(db: duckdb.DuckDBPyConnection, table: str) -> int:
    row = db.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _alone(programme_id: str) -> Iterator[None]:
    """Let one builder work at a time; the lock goes with the process that holds it."""
    cache_folder().mkdir(parents=True, exist_ok=True)
    with FileLock(cache_folder() / f"{programme_id}.lock"):
        yield


def _pointed(programme_id: str) -> str:
    try:
        return current(programme_id).id
    except NoSnapshot:
        return ""


def _replace(path: Path, content: str) -> None:
    aside = path.with_suffix(".aside")
    aside.write_text(content, encoding="ascii")
    aside.replace(path)


def _forget_old(programme_id: str, id: str) -> None:
    built = sorted(cache_folder().glob(f"{programme_id}-*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [path for path in built if path != database(programme_id, id)][KEPT - 1 :]:
        path.unlink(missing_ok=True)
