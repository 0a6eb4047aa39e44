"""What an authority handed in: accepted files, unchanged, and an append-only log of who accepted or withdrew what.

`supplied/files/` holds files named by their hash, `supplied/log/` one entry a number. Files come first; an entry's link
into the log is the commit. Names that start with a dot are unfinished.
"""

import errno
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from filelock import FileLock

from impact_analytics.i18n import TextError

FOLDER = "supplied"
SHA256 = re.compile(r"[0-9a-f]{64}")
SUFFIX = re.compile(r"\.[a-z]+")
ENTRY = re.compile(r"[0-9]{6,}\.json")
STALE = 3600  # seconds after which an unfinished file has no process any more
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}

Contents = Mapping[str, tuple[bytes, str]]  # sha256 -> content, suffix


class SuppliedError(TextError):
    """Something about what was handed in that a person can act on."""

    FILE = "supplied"


class Damaged(SuppliedError):
    """An entry or an accepted file that is not as it was written."""


class Moved(SuppliedError):
    """Another entry came first: judge again."""


class NotStored(SuppliedError):
    """The disk did not take it."""


class NotWithdrawn(SuppliedError):
    """An entry that cannot be withdrawn, or not so."""


@dataclass(frozen=True)
class Stored:
    """An accepted file: `table` is blank for a sheet workbook, `mapping` the hash of its column mapping, if any."""

    name: str
    sha256: str
    size: int
    table: str = ""
    mapping: str = ""

    @classmethod
    def of(cls, name: str, content: bytes, *, table: str = "", mapping: str = "") -> "Stored":
        """Describe a file by its content."""
        return cls(name, _hash(content), len(content), table, mapping)

    def __post_init__(self) -> None:
        _check_kinds(self)
        if not SHA256.fullmatch(self.sha256) or not (self.mapping == "" or SHA256.fullmatch(self.mapping)):
            raise ValueError("not a sha256")

    @property
    def hashes(self) -> tuple[str, ...]:
        """Return the hashes of the file and of its mapping."""
        return (self.sha256, self.mapping) if self.mapping else (self.sha256,)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One act: an acceptance, or the withdrawal of one; `previous` is the hash of the entry before, blank in drafts."""

    number: int = 0
    action: Literal["accept", "withdraw"]
    who: str
    at: datetime
    previous: str = ""
    files: tuple[Stored, ...] = ()
    project_id: str = ""
    period_id: str = ""
    version: int = 0
    received_on: date | None = None
    protocol: str = ""
    withdrawn: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        _check_kinds(self)
        if self.action not in ("accept", "withdraw") or self.at.tzinfo is None:
            raise ValueError("no action, or a time without its zone")


def entries(folder: Path) -> list[Entry]:
    """Return a programme's log in order; raise Damaged where an entry or an accepted file is not as it was written."""
    return _whole(folder, logged(folder))


def logged(folder: Path) -> list[Entry]:
    """Return a programme's log in order, without looking at the accepted files; raise Damaged where it is not whole."""
    return _chain(folder)[0]


def standing(folder: Path) -> list[Entry]:
    """Return the acceptances that were not withdrawn; raise Damaged where one of their files is not whole."""
    known = logged(folder)
    gone = {entry.withdrawn for entry in known}
    return _whole(folder, [entry for entry in known if entry.action == "accept" and entry.number not in gone])


def content(folder: Path, stored: Stored) -> bytes:
    """Return an accepted file unchanged; raise Damaged where it is not."""
    return _verified(folder, _kept(folder), stored.sha256, stored.name).read_bytes()


def path(folder: Path, stored: Stored) -> Path:
    """Return where an accepted file stands; raise Damaged where it is not as it was."""
    return _verified(folder, _kept(folder), stored.sha256, stored.name)


def mapping(folder: Path, stored: Stored) -> bytes:
    """Return the column mapping through which a file was accepted, blank for none; raise Damaged where it is not."""
    return _verified(folder, _kept(folder), stored.mapping, stored.name).read_bytes() if stored.mapping else b""


def digest(folder: Path) -> str:
    """Hash the whole log, so that whoever built from it can tell that it has changed."""
    total = hashlib.sha256()
    for path in _logged(folder).values():
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def append(folder: Path, draft: Entry, contents: Contents, after: int) -> Entry:
    """Store files and add a draft to the log, as the one after the last entry that it was judged against.

    Raise Moved where another entry came first, NotStored where the disk refuses: the log is then as before.
    """
    _check_contents(folder, draft, contents)
    known, last = _chain(folder)
    if len(known) != after:
        raise Moved("moved", programme=folder.name, number=len(known))
    numbered = replace(draft, number=after + 1, previous=last)
    written = _written(numbered)
    unfinished: list[Path] = []
    try:
        _make_folders(folder)
        _sweep(folder)
        _store(folder, contents, written, numbered.number, unfinished)
    except OSError as error:
        raise NotStored("not_stored", programme=folder.name, reason=error.strerror or error) from error
    finally:
        for path in unfinished:
            with suppress(OSError):
                path.unlink(missing_ok=True)
    _confirm(folder, numbered.number)
    return _read(written)


def withdraw(folder: Path, number: int, reason: str, who: str, judge: Callable[[], None] = lambda: None) -> Entry:
    """Add the withdrawal of an acceptance to the log; raise NotWithdrawn where it cannot be, or no reason is given.

    `judge` may raise where something rests on the acceptance; it is asked again where another entry came first.
    """
    while True:
        known = check_withdrawable(folder, number, reason)
        judge()
        draft = Entry(action="withdraw", who=who, at=datetime.now(UTC), withdrawn=number, reason=reason.strip())
        try:
            return append(folder, draft, {}, len(known))
        except Moved:
            continue


def check_withdrawable(folder: Path, number: int, reason: str) -> list[Entry]:
    """Return the log; raise NotWithdrawn where an acceptance cannot be withdrawn, or no reason is given."""
    if not reason.strip():
        raise NotWithdrawn("no_reason", programme=folder.name, number=number)
    known = logged(folder)  # a file that is damaged must not keep its acceptance from being withdrawn
    if not 1 <= number <= len(known):
        raise NotWithdrawn("no_number", programme=folder.name, number=number)
    if known[number - 1].action != "accept":
        raise NotWithdrawn("no_acceptance", programme=folder.name, number=number)
    by = next((entry.number for entry in known if entry.withdrawn == number), None)
    if by:
        raise NotWithdrawn("withdrawn_before", programme=folder.name, number=number, by=by)
    return known


# ---------------------------------------------------------------- reading


def _path(folder: Path, number: int) -> Path:
    return folder / FOLDER / "log" / f"{number:06}.json"


def _named(folder: Path, path: Path) -> str:
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"


def _logged(folder: Path) -> dict[int, Path]:
    """Return the files of the log by number, in order."""
    log = folder / FOLDER / "log"
    found = [path for path in log.iterdir() if ENTRY.fullmatch(path.name)] if log.is_dir() else []
    return dict(sorted((int(path.stem), path) for path in found))


def _chain(folder: Path) -> tuple[list[Entry], str]:
    """Read the log and follow its hashes, without looking at the accepted files; return the last hash too."""
    logged = _logged(folder)
    chained: list[Entry] = []
    previous = ""
    for number in range(1, max(logged, default=0) + 1):
        path = _path(folder, number)
        if number not in logged:
            raise Damaged("gap", file=_named(folder, path))
        try:
            written = path.read_bytes()
            entry = _read(written)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise Damaged("unreadable", file=_named(folder, path), reason=error) from error
        if entry.previous != previous:
            raise Damaged("chain", file=_named(folder, _path(folder, max(number - 1, 1))), next=number)
        if entry.number != number:
            raise Damaged("unreadable", file=_named(folder, path), reason=f"number {entry.number}")
        chained.append(entry)
        previous = _hash(written)
    return chained, previous


def _read(written: bytes) -> Entry:
    known: dict[str, Any] = json.loads(written)
    files = tuple(Stored(**file) for file in known.pop("files"))
    at = datetime.fromisoformat(known.pop("at"))
    received_on = known.pop("received_on")
    day = None if received_on is None else date.fromisoformat(received_on)
    return Entry(**known, files=files, at=at, received_on=day)


def _written(entry: Entry) -> bytes:
    known = asdict(entry)
    known["at"] = entry.at.astimezone(UTC).isoformat(timespec="seconds")
    known["received_on"] = entry.received_on and entry.received_on.isoformat()
    # A name that was no text on its own system gets question marks instead of what cannot be written.
    return (json.dumps(known, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8", "replace")


def _check_kinds(known: Stored | Entry) -> None:
    for field in fields(known):
        if field.type in (str, int) and type(getattr(known, field.name)) is not field.type:
            raise TypeError(f"{field.name}: {getattr(known, field.name)!r}")


def _kept(folder: Path) -> dict[str, Path]:
    """Return the stored files by hash."""
    files = folder / FOLDER / "files"
    return {path.stem: path for path in files.iterdir() if SHA256.fullmatch(path.stem)} if files.is_dir() else {}


def _whole(folder: Path, chained: list[Entry]) -> list[Entry]:
    """Return entries whose files are as they were written."""
    kept = _kept(folder)
    for entry in chained:
        for file in entry.files:
            for sha256 in file.hashes:
                _verified(folder, kept, sha256, file.name)
    return chained


def _verified(folder: Path, kept: Mapping[str, Path], sha256: str, name: str) -> Path:
    """Return the path of a stored file whose content is that of its hash."""
    path = kept.get(sha256, folder / FOLDER / "files" / sha256)
    try:
        with path.open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError as error:
        raise Damaged("missing", file=_named(folder, path), name=name) from error
    if not whole:
        raise Damaged("changed", file=_named(folder, path), name=name)
    return path


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# ---------------------------------------------------------------- writing


def _check_contents(folder: Path, draft: Entry, contents: Contents) -> None:
    """Raise ValueError where a draft names a file whose content is neither handed over nor stored."""
    for sha256, (whole, suffix) in contents.items():
        if _hash(whole) != sha256 or not SUFFIX.fullmatch(suffix):
            raise ValueError(f"{sha256}{suffix}: not the name of its content")
    lacking = {sha256 for file in draft.files for sha256 in file.hashes} - set(contents) - set(_kept(folder))
    if lacking:
        raise ValueError(f"no content for {', '.join(sorted(lacking))}")


def _make_folders(folder: Path) -> None:
    """Make the folders of the files and the log; confirm them where they are new."""
    ours = folder / FOLDER
    if not (ours / "log").is_dir():
        for name in ("files", "log"):
            (ours / name).mkdir(parents=True, exist_ok=True)
        _confirm_folder(ours)
        _confirm_folder(folder)


def _sweep(folder: Path) -> None:
    """Delete what a killed process left unfinished; stored files stay, for another process may count on them."""
    for path in (folder / FOLDER).glob("*/.*.unfinished"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > STALE:
                path.unlink()


def _store(folder: Path, contents: Contents, written: bytes, number: int, unfinished: list[Path]) -> None:
    """Write everything aside, so that a full disk is met first; then name the files, then link the entry."""
    files = folder / FOLDER / "files"
    entry = _path(folder, number)
    asides = {
        files / f"{sha256}{suffix}": _aside(files, whole, unfinished) for sha256, (whole, suffix) in contents.items()
    }
    aside = _aside(entry.parent, written, unfinished)
    for path, written_aside in asides.items():
        written_aside.replace(path)
    if asides:
        _confirm_folder(files)
    try:
        _link(aside, entry)
    except FileExistsError as error:
        raise Moved("moved", programme=folder.name, number=number) from error


def _aside(folder: Path, whole: bytes, unfinished: list[Path]) -> Path:
    """Write a file under an unfinished name, down to the disk."""
    path = folder / f".{uuid4().hex}.unfinished"
    unfinished.append(path)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        left = memoryview(whole)
        while left:
            left = left[os.write(opened, left) :]
        os.fsync(opened)
    finally:
        os.close(opened)
    return path


def _link(aside: Path, entry: Path) -> None:
    """Give a whole entry its name; raise FileExistsError where the name is taken."""
    try:
        os.link(aside, entry)
    except FileExistsError:
        # A network share may make a link, lose its answer, and be asked again.
        if not aside.samefile(entry):
            raise
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        _rename(aside, entry)


def _rename(aside: Path, entry: Path) -> None:
    """Give a whole entry its name on a disk without hard links, one process at a time."""
    with FileLock(entry.parent / ".lock"):
        if entry.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(entry))
        aside.rename(entry)


def _confirm(folder: Path, number: int) -> None:
    """Bring the link of an entry down to the disk."""
    try:
        _confirm_folder(_path(folder, number).parent)
    except OSError as error:
        reason = error.strerror or error
        raise NotStored("not_confirmed", programme=folder.name, number=number, reason=reason) from error


def _confirm_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no such call
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a network share may not offer it
            raise
    finally:
        os.close(opened)
