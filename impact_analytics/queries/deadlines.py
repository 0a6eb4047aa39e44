"""How terms moved: decisions and the acts behind them, each project's term and end, legal limits, withdrawals.

A decision whose act was not found is *uncertain*: in force at the latest on `decided_not_after`. As of an earlier day,
from `decided_not_before` on, it is *possible*: shown as such and never the term in force.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd

from impact_analytics.formats import day, short_day, yearly_day
from impact_analytics.frames import records
from impact_analytics.programme import School
from impact_analytics.queries.asked import Asked, periods, rows

EXTENSIONS = ("with_money", "without_money", "not_known")
DECIDED = (
    "id", "own", "place", "known_on", "uncertain", "possible", "decided_not_before", "decided_not_after", "before_on",
    "ends_on", "months", "extension", "act_id", "act", "title", "adopted_on", "registered_on", "effective_on", "url",
    "source", "note", "project",
)  # fmt: skip
NARROWING = ("territory", "macro_area", "project")
SOON = 90  # days
NOT_PUBLIC = """
    SELECT act_id FROM endowment
    WHERE act_id IS NOT NULL AND kind = 'increase' AND amount_eur IS NULL AND known_from <= $as_of
"""
LEAST_YEAR = 2001  # any year without a leap day
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """Where the terms of some projects stand; counts are of projects, those withdrawn apart but in `all`."""

    all: int
    active: int
    first: int
    with_term: int
    acts: tuple[str, ...]
    act_not_found: bool
    others: tuple[tuple[date, int], ...]
    possible_on: date | None
    possible_by: date | None
    moved: tuple[int, ...]
    late: int
    real: int
    expected: int


@dataclass(frozen=True)
class SchoolTime:
    """The part of one school year that lies between two terms; `whole` where that is all its lessons."""

    year: int
    starts_on: date
    ends_on: date
    whole: bool


def terms(asked: Asked, lang: str) -> pd.DataFrame:
    """Return one row per project, the longest residual delay first and those withdrawn last.

    Columns: id, label, first_term_on, term_on, own_term_on (by its own acts), call_term_on (by those of the call),
    act_id, act, url, act_not_found, possible_term_on, possible_by_on,
    with_money_months, without_money_months, not_known_months, moved_months, residual_days, started_on, known_from,
    end, end_kind (real or expected), withdrawn_on, superseded (list of earlier terms), and started, ended, withdrawn:
    these dates as written, as far as they are known.
    """
    columns, every = _every_term(_whole(asked), lang)
    return _frame(_narrowed(asked, every.get(asked.as_of, [])), columns)


def _whole(asked: Asked) -> Asked:
    """Return the question for all projects and, where it is for a day that readers are offered, for all such days."""
    whole = replace(asked, where=())
    days = periods(asked.snapshot) if asked.made else (asked.as_of,)
    return replace(whole, as_of=days[-1], days=days)


def _narrowed(asked: Asked, every: Sequence[Row]) -> list[Row]:
    """Return the rows of the territories, areas and project asked for."""
    wanted = [(id, frozenset(chosen)) for id, chosen in asked.where if id in NARROWING]
    return [row for row in every if all(row[id] in chosen for id, chosen in wanted)] if wanted else list(every)


def _frame(found: Sequence[Row], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame([[row[name] for name in columns] for row in found], columns=list(columns), dtype=object)


def _by_day(found: pd.DataFrame) -> dict[date, list[Row]]:
    every: dict[date, list[Row]] = {}
    for row in records(found):
        every.setdefault(row["as_of"], []).append(row)
    return every


@lru_cache(maxsize=128)
def _every_term(asked: Asked, lang: str) -> tuple[tuple[str, ...], dict[date, list[Row]]]:
    """Return the columns of `terms`, and its rows for every day asked and whatever territory."""
    found = rows(
        asked,
        f"""
        WITH told AS (
            SELECT m.as_of, m.project_id, list(DISTINCT d.ends_on ORDER BY d.ends_on) AS superseded
            FROM mart_term AS m
            JOIN fact_place AS p USING (project_id)
            JOIN deadline AS d ON d.call_id = p.call_id AND (d.project_id IS NULL OR d.project_id = p.project_id)
            WHERE d.ends_on <> m.term_on AND coalesce(d.known_from, d.decided_not_after) <= m.as_of
            AND (d.act_id IS NULL OR NOT list_contains($without, d.act_id))
            AND (m.withdrawn_on IS NULL OR coalesce(d.known_from, d.decided_not_after) <= m.withdrawn_on)
            GROUP BY m.as_of, m.project_id
        )
        SELECT m.project_id AS id, t.name_{lang} AS label, m.first_term_on, m.term_on, m.own_term_on,
            m.call_term_on, m.act_id,
            coalesce(a.short_{lang}, '') AS act, coalesce(a.url, '') AS url, m.act_not_found,
            m.possible_term_on, m.possible_by_on,
            m.with_money_months, m.without_money_months, m.not_known_months, m.moved_months, m.residual_days,
            CASE WHEN p.started_on <= m.as_of THEN p.started_on END AS started_on,
            coalesce(p.started_precision, 'day') AS started_precision, p.known_from,
            coalesce(m.ended_on, m.expected_end_on) AS "end",
            CASE
                WHEN m.ended_on IS NOT NULL THEN 'real'
                WHEN m.expected_end_on IS NOT NULL THEN 'expected'
                ELSE ''
            END AS end_kind,
            CASE WHEN m.ended_on IS NULL THEN 'day' ELSE coalesce(p.ended_precision, 'day') END AS end_precision,
            m.withdrawn_on, coalesce(p.withdrawn_precision, 'day') AS withdrawn_precision,
            coalesce(s.superseded, []) AS superseded, m.as_of, m.territory, m.macro_area, m.project_id AS project
        FROM mart_term AS m
        JOIN project AS p USING (project_id)
        JOIN territory AS t ON t.territory = m.territory
        LEFT JOIN act AS a ON a.act_id = m.act_id
        LEFT JOIN told AS s ON s.as_of = m.as_of AND s.project_id = m.project_id
        ORDER BY m.as_of, m.withdrawn_on IS NOT NULL, coalesce(m.residual_days, 0) DESC, label
        """,
    )
    written = found.assign(
        started=_written(found, "started_on", "started_precision", lang),
        ended=_written(found, "end", "end_precision", lang),
        withdrawn=_written(found, "withdrawn_on", "withdrawn_precision", lang),
    )
    return tuple(name for name in written.columns if name not in ("as_of", *NARROWING)), _by_day(written)


def _written(found: pd.DataFrame, name: str, precision: str, lang: str) -> list[str]:
    pairs = zip(found[name], found[precision], strict=True)
    return ["" if when is None else short_day(when, known, lang) for when, known in pairs]


@lru_cache(maxsize=512)
def standing(asked: Asked, lang: str) -> Standing:
    """Sum up the rows of `terms`: who has the first and the latest term, by which acts, what is possible and late."""
    found = records(terms(asked, lang))
    active = [row for row in found if row["withdrawn_on"] is None]
    known = [row for row in active if row["term_on"] is not None]
    last = max((row["term_on"] for row in known), default=None)
    latest = [row for row in known if row["term_on"] == last]
    most = max(known, key=lambda row: row["moved_months"], default=None)
    possible: Row = next((row for row in active if row["possible_term_on"] is not None), {})
    begun = [row["first_term_on"] for row in found if row["first_term_on"] is not None]
    ends = Counter(row["end_kind"] for row in active)
    return Standing(
        all=len(found),
        active=len(active),
        first=begun.count(min(begun, default=None)),
        with_term=len(latest),
        acts=tuple(sorted({row["act"] for row in latest if row["act"]})),
        act_not_found=any(row["act_not_found"] for row in latest),
        others=tuple(Counter(row["term_on"] for row in known if row["term_on"] != last).most_common()),
        possible_on=possible.get("possible_term_on"),
        possible_by=possible.get("possible_by_on"),
        moved=tuple(int(most[f"{name}_months"]) for name in EXTENSIONS) if most else (),
        late=sum((row["residual_days"] or 0) > 0 for row in active),
        real=ends["real"],
        expected=ends["expected"],
    )


def decisions(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what was decided by then, or possibly was, for the call and the projects asked for, in order.

    Columns: id, own, place (of a project's own decision), known_on, uncertain, possible, decided_not_before,
    decided_not_after, before_on, ends_on, months, extension, act_id, act, title, adopted_on, registered_on,
    effective_on, url, source, note, project (None for one of the call). `before_on` is the term it moves; a first
    term of the call moves the one attested for single projects until then.
    """
    every = [row for row in _every_decision(_whole(asked), lang) if _told(row, asked.as_of)]
    kept = {row["id"] for row in _narrowed(asked, every)}
    told = [row for row in every if not row["own"] or row["id"] in kept]
    return _frame(_moving(told, asked.as_of), DECIDED)


def _told(row: Row, as_of: date) -> bool:
    """Say whether a decision was taken or possibly taken by a day, and its project, if any, known."""
    by_then = row["possible_from"] is None or row["possible_from"] <= as_of
    return by_then and (not row["own"] or (row["project_from"] is not None and row["project_from"] <= as_of))


def _moving(told: Sequence[Row], as_of: date) -> list[Row]:
    """Return decisions in order with the term that each moves, by how many months, and whether it is only possible."""
    order = {row["id"]: (row["known_on"], row["own"], row["ends_on"]) for row in told}
    return [
        {
            **row,
            "possible": row["known_on"] > as_of,
            "before_on": before,
            "months": None if before is None else _months(before, row["ends_on"]),
        }
        for row in told
        for before in [_before(row, [one for one in told if order[one["id"]] < order[row["id"]]])]
    ]


def _before(row: Row, earlier: Sequence[Row]) -> date | None:
    """Return the term that a decision moves, of those decided earlier, in order."""
    ends = [one["ends_on"] for one in earlier if not one["own"] or one["project_id"] == row["project_id"]]
    if ends or row["own"]:
        return ends[-1] if ends else None
    return min((one["ends_on"] for one in earlier), default=None)


def _months(before: date, after: date) -> int:
    return (after.year - before.year) * 12 + after.month - before.month


@lru_cache(maxsize=128)
def _every_decision(asked: Asked, lang: str) -> list[dict[str, Any]]:
    """Return every decision, whenever it was taken, in order."""
    sql = f"""
        SELECT d.deadline_id AS id, d.project_id IS NOT NULL AS own, coalesce(t.name_{lang}, '') AS place,
            coalesce(d.known_from, d.decided_not_after) AS known_on, d.known_from IS NULL AS uncertain,
            d.decided_not_before, d.decided_not_after, d.ends_on, d.extension, d.act_id,
            coalesce(a.short_{lang}, '') AS act, coalesce(a.title_{lang}, '') AS title,
            a.adopted_on, a.registered_on, a.effective_on,
            coalesce(a.url, s.url, '') AS url, s.title AS source, coalesce(d.note_{lang}, '') AS note,
            d.project_id, d.project_id AS project, p.known_from AS project_from,
            coalesce(d.known_from, d.decided_not_before) AS possible_from, p.territory, p.macro_area
        FROM deadline AS d
        LEFT JOIN fact_place AS p ON p.project_id = d.project_id
        LEFT JOIN territory AS t USING (territory)
        LEFT JOIN act AS a USING (act_id)
        JOIN source AS s ON s.source_id = d.source_id
        ORDER BY known_on, own, d.ends_on, place
    """
    return records(rows(asked, sql))


def steps(decided: pd.DataFrame, *, single: bool) -> pd.DataFrame:
    """Return the steps of the call's term from its decisions, or those of a `single` project, where the term moves.

    Before the call's first decision stand the terms attested for single projects: one step a term, `count` projects.
    """
    decided = decided[decided["before_on"] != decided["ends_on"]]
    if single or decided.empty:
        return decided.assign(count=0, place="")
    called = decided[~decided["own"].astype(bool)]
    first = min(called["known_on"], default=date.max)
    early = decided[decided["own"].astype(bool) & (decided["known_on"] < first)]
    counted = early.assign(count=early.groupby("ends_on")["id"].transform("size"))
    found = [counted.drop_duplicates("ends_on"), called.assign(count=0)]
    return pd.concat([part for part in found if len(part)], ignore_index=True)


@lru_cache(maxsize=512)
def following(asked: Asked, acts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the acts of projects that follow acts of the call: of the same type, before the call's next decision."""
    decided = decisions(asked, "en")
    called = decided[~decided["own"].astype(bool)]
    own = decided[decided["own"].astype(bool) & decided["act_id"].notna()]
    found: dict[str, None] = {}
    for row in called[called["act_id"].isin(acts)].itertuples():
        until = min(called.loc[called["known_on"] > row.known_on, "known_on"], default=date.max)
        near = own[(own["extension"] == row.extension) & (own["known_on"] >= row.known_on)]
        found |= dict.fromkeys(near.loc[near["known_on"] < until, "act_id"])
    return tuple(found)


@lru_cache(maxsize=512)
def standing_on(asked: Asked, lang: str) -> dict[str, tuple[str, ...]]:
    """Return the projects asked for, not withdrawn, whose term in force a decision sets, by the decision's id."""
    every = records(decisions(asked, lang))
    certain = [row for row in every if not row["possible"] and row["act_id"] not in asked.without]
    called = max((_place(row) for row in certain if not row["own"]), default=None)
    own: dict[str, tuple[Any, ...]] = {}
    for row in certain:
        if row["own"]:
            own[row["project"]] = max(_place(row), own.get(row["project"], _place(row)))
    found: dict[str, tuple[str, ...]] = {}
    for project in records(terms(asked, lang)):
        known = [place for place in (called, own.get(project["id"])) if place is not None]
        if project["withdrawn_on"] is None and known:
            decision = max(known)[-1]
            found[decision] = (*found.get(decision, ()), project["id"])
    return found


def _place(row: Row) -> tuple[Any, ...]:
    """Return where a decision stands among others: of those of one day a project's own is the later."""
    return row["known_on"], row["own"], row["ends_on"], row["id"]


def levels(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the terms of the call and of projects side by side, with the projects, not withdrawn, that have them.

    Columns: call_term_on, own_term_on (None: no act of its own), term_on, count, labels (list); the most first.
    """
    found: dict[tuple[date | None, ...], list[str]] = {}
    for row in records(terms(asked, lang)):
        if row["withdrawn_on"] is None and row["term_on"] is not None:
            key = row["call_term_on"], row["own_term_on"], row["term_on"]
            found.setdefault(key, []).append(row["label"])
    ordered = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[1]))
    columns = ["call_term_on", "own_term_on", "term_on", "count", "labels"]
    return pd.DataFrame([(*key, len(named), named) for key, named in ordered], columns=columns, dtype=object)


@lru_cache(maxsize=512)
def money(asked: Asked) -> dict[str, Decimal | None]:
    """Return by how much an act changed the funding of the projects asked for (EUR); None: the amount is not public."""
    found = rows(
        asked,
        """
        WITH version AS (
            SELECT f.act_id, f.project_id, f.version, f.known_from, p.territory, p.macro_area,
                f.amount_eur - lag(f.amount_eur) OVER (PARTITION BY f.project_id ORDER BY f.version) AS amount_eur
            FROM funding AS f JOIN fact_place AS p USING (project_id)
        )
        SELECT act_id, project_id AS project, territory, macro_area, amount_eur FROM version
        WHERE act_id IS NOT NULL AND amount_eur IS NOT NULL AND known_from <= $as_of
        """,
    )
    told = {row["act_id"] for row in records(rows(asked, NOT_PUBLIC))}
    added: dict[str, Decimal | None] = dict.fromkeys(told)
    for row in _narrowed(asked, records(found)):
        added[row["act_id"]] = (added.get(row["act_id"]) or Decimal(0)) + row["amount_eur"]
    return added


def limits(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the legal limits known by then, in order: kind, known_on, limit_on, before_on, act, url, in_force."""
    known: list[dict[str, Any]] = [
        dict(row) for row in _every_limit(_whole(asked), lang) if row["known_on"] <= asked.as_of
    ]
    newest: dict[str, Row] = {}
    for row in known:
        before = newest.get(row["kind"])
        row["before_on"] = before["limit_on"] if before else None
        newest[row["kind"]] = row
    for row in known:
        row["in_force"] = newest[row["kind"]] is row
    return _frame(known, ("kind", "known_on", "limit_on", "act", "url", "before_on", "in_force"))


@lru_cache(maxsize=128)
def _every_limit(asked: Asked, lang: str) -> list[dict[str, Any]]:
    sql = f"""
        SELECT l.kind, l.known_from AS known_on, l.limit_on,
            coalesce(a.short_{lang}, '') AS act, coalesce(a.url, s.url, '') AS url
        FROM legal_limit AS l
        JOIN source AS s ON s.source_id = l.source_id
        LEFT JOIN act AS a USING (act_id)
        ORDER BY list_position(['incurred', 'paid', 'final_report'], l.kind), l.known_from
    """
    return records(rows(asked, sql))


@lru_cache(maxsize=512)
def after_limit(asked: Asked, lang: str) -> tuple[str, str, int] | None:
    """Return which act of the call soon follows the newest change of a legal limit: act, limit's act, days between."""
    changed = [row for row in records(limits(asked, lang)) if row["before_on"] is not None]
    limit = max(changed, key=lambda row: row["known_on"], default=None)
    if limit is None or not limit["act"]:
        return None
    for row in records(decisions(asked, lang)):
        if not row["own"] and not row["uncertain"] and row["act"] and row["known_on"] >= limit["known_on"]:
            days = (row["known_on"] - limit["known_on"]).days
            return (row["act"], limit["act"], days) if days <= SOON else None
    return None


def withdrawals(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the projects withdrawn by then: project, label, withdrawn (in words), ordered_on and ordered_eur of a
    refund.
    """
    every = _every_withdrawal(_whole(asked), lang)
    columns = ("project", "label", "withdrawn_on", "precision", "ordered_on", "ordered_eur", "withdrawn")
    return _frame(_narrowed(asked, every.get(asked.as_of, [])), columns)


@lru_cache(maxsize=128)
def _every_withdrawal(asked: Asked, lang: str) -> dict[date, list[Row]]:
    """Return the rows of `withdrawals` for every day asked and whatever territory."""
    found = rows(
        asked,
        f"""
        SELECT t.name_{lang} AS label, p.withdrawn_on, coalesce(p.withdrawn_precision, 'day') AS precision,
            min(r.ordered_on) AS ordered_on, sum(r.ordered_eur) AS ordered_eur, m.as_of, t.territory, t.macro_area,
            p.project_id AS project
        FROM mart_project_state AS m
        JOIN project AS p USING (project_id)
        JOIN territory AS t ON t.territory = m.territory
        LEFT JOIN recovery AS r ON r.project_id = p.project_id AND r.known_from <= m.as_of AND r.ordered_on <= m.as_of
        WHERE m.state = 'withdrawn'
        GROUP BY ALL ORDER BY m.as_of, label
        """,
    )
    pairs = zip(found["withdrawn_on"], found["precision"], strict=True)
    return _by_day(found.assign(withdrawn=[day(when, known, lang) for when, known in pairs]))


def gaps(asked: Asked, page: str, lang: str) -> pd.DataFrame:
    """Return what a page's reader would ask and no source answers: title, reason."""
    return rows(
        asked,
        f"SELECT title_{lang} AS title, reason_{lang} AS reason FROM gap WHERE page = $page ORDER BY position",
        page=page,
    )


def has_school_time(asked: Asked) -> bool:
    """Say whether any line of action lives by the school year."""
    return not rows(asked, "SELECT 1 FROM action_line WHERE school_time LIMIT 1").empty


@lru_cache(maxsize=512)
def compared(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the projects whose term or residual delay the acts left out change.

    Columns: id, label, term_on, other_term_on, residual_days, other_residual_days; `other_*` is without the acts.
    """
    real, other = (terms(one, lang).set_index("id") for one in (replace(asked, without=()), asked))
    both = real[real["withdrawn_on"].isna()].join(
        other[["term_on", "residual_days"]].add_prefix("other_"), how="inner"
    )[["label", "term_on", "other_term_on", "residual_days", "other_residual_days"]]
    known = both.fillna("")
    same = (known["term_on"] == known["other_term_on"]) & (known["residual_days"] == known["other_residual_days"])
    return both[~same].reset_index()


def school_span(asked: Asked, lang: str) -> dict[str, str]:
    """Return the first and the last day of the programme's school year in words, and the quarter in which it is closed.

    Keys: starts, ends, quarter (its number).
    """
    school = asked.snapshot.programme.school
    (_, ends), (starts, _) = school.year(LEAST_YEAR), school.year(LEAST_YEAR + 1)
    closed = ends + (starts - ends) / 2
    quarter = str((closed.month + 2) // 3)
    return {"starts": yearly_day(school.starts, lang), "ends": yearly_day(school.ends, lang), "quarter": quarter}


def school_years(before_on: date | None, ends_on: date, school: School) -> list[SchoolTime]:
    """Return the school time that moving a term adds; the months between two school years do not count."""
    if before_on is None or ends_on <= before_on:
        return []
    found = []
    for year in range(before_on.year - 1, ends_on.year + 1):
        first, last = school.year(year)
        start, end = max(first, before_on + timedelta(days=1)), min(last, ends_on)
        if start <= end:
            found.append(SchoolTime(year, start, end, (start, end) == (first, last)))
    return found
