"""A programme: a folder of data files with a `programme.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

FILE = "programme.toml"
BASES = ("published", "supplied", "example")
STATUSES = ("open", "concluded")


class ProgrammeError(Exception):
    """A `programme.toml` that cannot be used; the message is a sentence a person can act on."""


@dataclass(frozen=True)
class Programme:
    """What the tables of a programme cannot say: names, basis, default day, roles, thresholds with their ground."""

    id: str
    basis: str
    status: str
    default_as_of: date
    call: str
    position: int = 99
    name: Mapping[str, str] = field(default_factory=dict)
    title: Mapping[str, str] = field(default_factory=dict)
    concluded: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    grounds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    operators: tuple[str, ...] = ()  # who may hand in data: `name@host`, or `sub:` and the subject of a token

    @property
    def is_example(self) -> bool:
        """Say whether every number of it is invented."""
        return self.basis == "example"

    @property
    def is_open(self) -> bool:
        """Say whether reminders and days left make sense."""
        return self.status == "open"

    @property
    def late_days(self) -> int:
        """Return the days after the due day from which a sheet is late."""
        return int(self.thresholds.get("sheet_late_days", 0))

    def role(self, role: str, lang: str) -> str:
        """Return what the programme calls a role of the software, or the role's id."""
        return self.roles.get(role, {}).get(lang, role)


def parse(text: str, id: str) -> Programme:
    """Read a `programme.toml`; raise ProgrammeError with a sentence where it cannot be used."""
    if not re.fullmatch("[a-z0-9_]+", id):
        raise ProgrammeError(
            f"{id}: a programme's folder is named with lower-case letters, digits and _ only. Rename it."
        )
    try:
        known: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeError(f"{id}/{FILE}: not valid TOML ({error}). Mend the line it names.") from error
    missing = [key for key in ("basis", "status", "default_as_of", "call", "name", "title") if key not in known]
    if missing:
        raise ProgrammeError(f"{id}/{FILE}: {', '.join(missing)} missing. Add it; the README shows an example.")
    unknown = set(known) - set(Programme.__dataclass_fields__)
    if unknown:
        raise ProgrammeError(f"{id}/{FILE}: {', '.join(sorted(unknown))} is not a known setting. Take it out.")
    for key, allowed in (("basis", BASES), ("status", STATUSES)):
        if known[key] not in allowed:
            raise ProgrammeError(f"{id}/{FILE}: {key} is “{known[key]}”; it must be one of {', '.join(allowed)}.")
    if type(known["default_as_of"]) is not date:
        raise ProgrammeError(f"{id}/{FILE}: default_as_of must be a date such as 2030-12-31, without quotes.")
    return Programme(id=id, **{**known, "operators": _operators(known.get("operators", []), id)})


def _operators(named: Any, id: str) -> tuple[str, ...]:
    if not isinstance(named, list) or not all(isinstance(entry, str) for entry in named):
        raise ProgrammeError(f'{id}/{FILE}: operators must be a list such as ["name@host", "sub:1234"].')
    return tuple(named)


def folders(data: Path) -> dict[str, Path]:
    """Return the programme folders below a data folder by id; a programme folder itself counts as one."""
    if (data / FILE).is_file():
        return {data.name: data}
    return {path.parent.name: path.parent for path in sorted(data.glob(f"*/{FILE}"))}
