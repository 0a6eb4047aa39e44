"""From a folder of data files to an immutable snapshot."""

import hashlib
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import duckdb
from filelock import FileLock

from impact_analytics import checks, status
from impact_analytics.checks import read_by
from impact_analytics.contract import contract
from impact_analytics.datafiles import DataFile
from impact_analytics.datafiles.mapping import MappingError
from impact_analytics.deliveries import delivered
from impact_analytics.i18n import LANGUAGES, TextError
from impact_analytics.problems import Problem, Refused, errors
from impact_analytics.programme import FILE, Programme, ProgrammeError, folders, parse
from impact_analytics.semantics import used_params, with_marts
from impact_analytics.settings import PACKAGE, SQL, cache_folder, data_folder
from impact_analytics.store import NoSnapshot, Snapshot, current, database, pinned, pointer, release
from impact_analytics.supplied import FOLDER, Damaged, SuppliedError

KEPT = 5
ALTERNATIVES = "alternatives"  # the folder of snapshots as other readings have them
INPUTS = ("*.csv", "*.toml", "*.geojson")
FRESH = 2_000_000_000  # nanoseconds in which a file can change again without its time showing it
KNOWN = frozenset({"known_from", "received_on", "submitted_on", "decided_on"})  # the day something became known
CODE = (
    "semantics.py",
    "build.py",
    "checks",
    "contract.py",
    "datafiles",
    "problems.py",
    "status.py",
    "texts/checks.toml",
)


_digests: dict[tuple[Path, int, int, int], bytes] = {}


@dataclass(frozen=True)
class Trial:
    """What would become of a programme with more rows: what is wrong, and a snapshot where no error is."""

    problems: tuple[Problem, ...]
    snapshot: Snapshot | None


def snapshots() -> dict[str, Snapshot]:
    """Return the current snapshot of every programme, building where its files have changed.

    A programme whose files are refused or damaged keeps the snapshot before; without one it is left out.
    """
    found = {}
    for id, folder in ordered(data_folder()).items():
        try:
            found[id] = build(folder)
        except (Refused, ProgrammeError, SuppliedError):
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
        return checks.judge(db, _filled(db, folder, programme_of(folder)))


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
    """Hash a folder's data files, its log and the SQL that reads them: contents, not times.

    The log vouches for the accepted files, whose hashes it holds.
    """
    inputs = sorted({path for kind in INPUTS for path in folder.glob(kind)} | set(folder.glob(f"{FOLDER}/log/*.json")))
    ours = sorted(SQL.rglob("*.sql")) + [path for name in CODE for path in _sources(PACKAGE / name)]
    total = hashlib.sha256()
    for path, above in [(path, folder) for path in inputs] + [(path, PACKAGE) for path in ours]:
        total.update(f"{path.relative_to(above).as_posix()}\0".encode())
        total.update(_digest(path))
    return total.hexdigest()[:16]


def _sources(path: Path) -> list[Path]:
    return sorted(path.glob("*.py")) if path.is_dir() else [path]


def _digest(path: Path) -> bytes:
    """Hash a file's content; a file that cannot be read has none, and is named when it is checked."""
    try:
        stat = path.stat()
        known = (path, stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if known not in _digests:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").digest()
            if time.time_ns() - stat.st_mtime_ns < FRESH:
                return digest
            _digests[known] = digest
    except OSError:
        return b""
    return _digests[known]


def _settings(folder: Path) -> str:
    try:
        return (folder / FILE).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ProgrammeError("no_file", folder=folder, file=FILE) from error
    except UnicodeDecodeError as error:
        raise ProgrammeError("encoding", place=f"{folder.name}/{FILE}") from error


@contextmanager
def trial(folder: Path, more: Sequence[DataFile]) -> Iterator[Trial]:
    """Try more rows on a copy of a programme's snapshot, which is gone afterwards; raise Refused where there is none.

    Every error is told, and the warnings about the rows themselves. The days that readers are offered are not made.
    """
    base = build(folder)
    with TemporaryDirectory() as scratch:
        tried = Snapshot(base.programme_id, f"trial{uuid4().hex}", Path(scratch) / base.path.name)
        shutil.copyfile(base.path, tried.path)
        with duckdb.connect(str(tried.path)) as db:
            problems = [one for one in checks.add(db, more) if one.severity == "error" or _about(one, more)]
            refused = bool(errors(problems))
            if not refused:
                _make_anew(db, {file.table for file in more})
                db.execute("UPDATE note SET value = $1 WHERE key = 'id'", [tried.id])
        try:
            yield Trial(tuple(problems), None if refused else tried)
        finally:
            release(tried)


def _about(problem: Problem, files: Sequence[DataFile]) -> bool:
    return any(problem.file == file.name for file in files)


def _make_anew(db: duckdb.DuckDBPyConnection, changed: set[str]) -> None:
    """Make the facts that read changed tables, and forget what was made for the days that readers are offered."""
    db.execute("BEGIN")
    for name, select in steps("facts").items():
        if changed.intersection(read_by(select)):
            db.execute(f"CREATE OR REPLACE TABLE fact_{name} AS {select}")
            changed.add(f"fact_{name}")
    for name in ("offered_day", *(f"made_{name}" for name in steps("marts"))):
        db.execute(f"DELETE FROM {name}")
    db.execute("UPDATE note SET value = $1 WHERE key = 'newest'", [_newest(db).isoformat()])
    db.execute("COMMIT")


def alternative(base: Snapshot, contradiction: str) -> Snapshot | None:
    """Return a snapshot as the other reading of a contradiction has it, made on first need; None where it has none."""
    id = f"{base.id}x{hashlib.sha256(contradiction.encode()).hexdigest()[:8]}"
    path = base.path.parent / ALTERNATIVES / f"{base.programme_id}-{id}.duckdb"
    with _alone(base.programme_id):
        if path.is_file() or _write_alternative(base, contradiction, id, path):
            return Snapshot(base.programme_id, id, path)
    return None


def _write_alternative(base: Snapshot, contradiction: str, id: str, path: Path) -> bool:
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    try:
        shutil.copyfile(base.path, unfinished)
        with duckdb.connect(str(unfinished)) as db:
            changed = checks.try_out(db, contradiction)
            if not changed:
                return False
            _make_anew(db, changed)
            for name in ("offered_day", *(f"made_{name}" for name in steps("marts"))):
                db.execute(f"DROP TABLE {name}")
            _make_marts(db, base.programme)
            db.execute("UPDATE note SET value = $1 WHERE key = 'id'", [id])
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return True


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
            filled = _filled(db, folder, programme)
            problems = _made(db, folder, programme, filled)
            _write_notes(db, folder, id, problems)
        same = fingerprint(folder) == id
        if same:
            unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return same


def _filled(db: duckdb.DuckDBPyConnection, folder: Path, programme: Programme) -> checks.Filled:
    """Fill a database from a programme's files and from every delivery that stands; name what its rules lack."""
    broken = _faults_of_rules(folder, programme)
    try:
        filled = checks.fill(db, folder, programme, delivered(folder, programme))
    except (Damaged, MappingError) as damage:
        broken = [_told(damage, f"{folder.name}/{FOLDER}"), *broken]
        filled = checks.fill(db, folder, programme)
    return replace(filled, problems=(*broken, *filled.problems))


def _told(fault: TextError, place: str) -> Problem:
    return Problem("error", fault.key, place, words={lang: fault.sentence(lang) for lang in LANGUAGES})


def _faults_of_rules(folder: Path, programme: Programme) -> list[Problem]:
    """Return what is wrong with a folder's status rules; without such a file nothing is."""
    try:
        _, faults = status.read(_status_rules(folder), programme)
    except UnicodeDecodeError:
        faults = (status.StatusError("encoding"),)
    return [_told(fault, f"{folder.name}/{status.FILE}") for fault in faults]


def _status_rules(folder: Path) -> str:
    path = folder / status.FILE
    return path.read_text(encoding="utf-8-sig") if path.is_file() else ""


def _made(db: duckdb.DuckDBPyConnection, folder: Path, programme: Programme, filled: checks.Filled) -> list[Problem]:
    """Make facts and marts of the rows while they are judged; raise Refused where there is an error."""
    with ThreadPoolExecutor(1) as aside:
        judging = aside.submit(checks.judge, db.cursor(), filled)
        try:
            if not errors(filled.problems):
                _make_facts_and_marts(db, folder, programme)
        except duckdb.Error:
            # Rows that break a fact break a rule, which says better what is wrong.
            if not errors(judging.result()):
                raise
        problems = judging.result()
    if errors(problems):
        raise Refused(programme.id, problems)
    return problems


def _make_facts_and_marts(db: duckdb.DuckDBPyConnection, folder: Path, programme: Programme) -> None:
    db.execute("BEGIN")
    for name, select in steps("facts").items():
        db.execute(f"CREATE TABLE fact_{name} AS {select}")
    for view in sorted((SQL / "views").glob("*.sql")):
        db.execute(f"CREATE VIEW fact_{view.stem} AS {view.read_text(encoding='utf-8')}")
    _make_marts(db, parse(_settings(folder), programme.id, _newest(db)))
    db.execute("COMMIT")


def _newest(db: duckdb.DuckDBPyConnection) -> date:
    """Return the newest day on which anything became known; the first day there is where nothing did."""
    days = [
        f'SELECT max("{column}") AS day FROM "{table.name}"'
        for table in contract().values()
        for column in KNOWN.intersection(table.names)
    ]
    row = db.execute(f"SELECT max(day) FROM ({' UNION ALL '.join(days)})").fetchone()
    return row[0] if row and row[0] else date.min


def _make_marts(db: duckdb.DuckDBPyConnection, programme: Programme) -> None:
    """Answer the marts for every day that readers are offered, so that a visit only reads them."""
    limits = {"late_days": programme.late_days, "fresh_days": programme.fresh_days}
    school = {"school_starts": programme.school.starts, "school_ends": programme.school.ends}
    known: dict[str, object] = {"default_as_of": programme.default_as_of, **limits, **school, "without": []}
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
        "status": _status_rules(folder),
        "id": id,
        "newest": _newest(db).isoformat(),
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "shapes": shapes.read_text(encoding="utf-8") if shapes.is_file() else "",
        "rows": str(_rows(db)),
    }
    db.execute("CREATE TABLE note (key VARCHAR, value VARCHAR)")
    db.executemany("INSERT INTO note VALUES (?, ?)", list(notes.items()))
    db.execute("CREATE TABLE warning (severity VARCHAR, sentence_it VARCHAR, sentence_en VARCHAR)")
    rows = [(problem.severity, problem.sentence("it"), problem.sentence("en")) for problem in problems]
    if rows:
        db.executemany("INSERT INTO warning VALUES (?, ?, ?)", rows)


def _rows(db: duckdb.DuckDBPyConnection) -> int:
    counts = " + ".join(f'(SELECT count(*) FROM "{name}")' for name in contract())
    row = db.execute(f"SELECT {counts}").fetchone()
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
        for one in (path, *path.parent.joinpath(ALTERNATIVES).glob(f"{path.stem}x*.duckdb")):
            one.unlink(missing_ok=True)
