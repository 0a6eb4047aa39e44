"""Accepting what a dry run found in order, and withdrawing what was accepted by mistake."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from impact_analytics import build, checks, supplied
from impact_analytics.datafiles.mapping import MappingError
from impact_analytics.deliveries import delivered
from impact_analytics.i18n import LANGUAGES, TextError
from impact_analytics.ingest.preview import Preview, preview
from impact_analytics.problems import Problem, Refused, errors
from impact_analytics.supplied import Entry, Moved, SuppliedError


class NotBuilt(TextError):
    """Entries that stand in the log, while the database could not be built."""

    FILE = "ingest"


def accept(folder: Path, judged: Preview, who: str) -> tuple[Entry, ...]:
    """Accept what was judged, an entry of the log for each draft, and build; return the entries.

    Where files have changed since, or somebody else's entry comes first, it is judged again: raise Refused where
    something then stands in the way. Entries already made stay; each is whole.
    """
    made: list[Entry] = []
    if judged.errors:
        raise Refused(folder.name, judged.problems)
    if judged.fingerprint != build.fingerprint(folder):
        judged = _anew(folder, judged)
    try:
        while judged.drafts and not judged.errors:
            try:
                made.append(_append_first(folder, judged, who))
            except Moved:
                judged = _anew(folder, judged)
            else:
                judged = _without_first(judged)
    finally:
        _build(folder, made)
    if judged.errors:
        raise Refused(folder.name, judged.problems)
    return tuple(made)


def withdraw(folder: Path, number: int, reason: str, who: str) -> Entry:
    """Withdraw an acceptance by one more entry, and build; raise Refused where what came later rests on it."""

    def judge() -> None:
        left = _errors(folder, without=number)
        if left and not _errors(folder):
            raise Refused(folder.name, left)

    entry = supplied.withdraw(folder, number, reason, who, judge)
    _build(folder, [entry])
    return entry


def _build(folder: Path, made: list[Entry]) -> None:
    """Build after entries were made; raise NotBuilt, naming them, where the disk or the engine does not let it."""
    if not made:
        return
    try:
        build.build(folder)
    except (OSError, duckdb.Error) as error:
        reason = str(error).partition("\n")[0]
        raise NotBuilt("not_built", numbers=", ".join(str(entry.number) for entry in made), reason=reason) from error


def _errors(folder: Path, without: int = 0) -> list[Problem]:
    """Return what is wrong with a programme, one of its deliveries perhaps left out."""
    programme = build.programme_of(folder)
    try:
        with duckdb.connect() as db:
            return errors(checks.load(db, folder, programme, delivered(folder, programme, without=without)))
    except Refused as refused:
        return errors(refused.problems)
    except (SuppliedError, MappingError) as error:
        words = {lang: error.sentence(lang) for lang in LANGUAGES}
        return [Problem("error", error.key, folder.name, words=words)]


def _anew(folder: Path, judged: Preview) -> Preview:
    return preview(folder, judged.handed, judged.details)


def _append_first(folder: Path, judged: Preview, who: str) -> Entry:
    draft = judged.drafts[0]
    entry = replace(draft.entry, who=who, at=datetime.now(UTC))
    return supplied.append(folder, entry, draft.contents, judged.after)


def _without_first(judged: Preview) -> Preview:
    """Return what is left to accept: it was judged together with what has been accepted."""
    first, *rest = judged.drafts
    handed = tuple(one for one in judged.handed if one.name not in first.files)
    return replace(judged, handed=handed, drafts=tuple(rest), after=judged.after + 1)
