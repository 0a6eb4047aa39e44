"""Changes asked for and what became of them; the versions of a budget side by side, and its tolerance."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pandas as pd

from impact_analytics.formats import period
from impact_analytics.frames import records
from impact_analytics.queries.asked import Asked, narrowed_sql, rows

KINDS = ("budget", "schedule", "extension", "partnership")
STATES = ("waiting", "approved", "effective", "refused", "withdrawn")  # approved: not in effect yet
DECIDED = ("approved", "effective", "refused")  # by the authority: what a beneficiary withdrew is no decision
MOST = Decimal("0.9")
ZERO = Decimal("0.00")
Row = Mapping[Any, Any]

# The versions of budgets known by the day, each with the one before it.
VERSIONS = """
    WITH known AS (
        SELECT project_id, version, min(known_from) AS known_from, sum(amount_eur) AS amount_eur
        FROM budget GROUP BY project_id, version HAVING min(known_from) <= $as_of
    ),
    picked AS (
        SELECT *, lag(version) OVER (PARTITION BY project_id ORDER BY version) AS before
        FROM known
    )
"""


# ---------------------------------------------------------------- changes


def changes(asked: Asked, lang: str) -> pd.DataFrame:
    """Return every change requested by the day asked, those that wait first and the oldest of them at the top.

    Columns: change_id, project_id, territory, place, title, kind, requested_on, decided_on, effective_on, state, days
    (waiting, or from request to decision), asked_eur, act, act_number, act_on, url, file, line, basis, source,
    source_url. A decision is known from its own day on, and with it the day from which it takes effect.
    """
    sql = f"""
        SELECT c.change_id, c.project_id, p.territory, t.name_{lang} AS place, c.title_{lang} AS title, c.kind,
            c.requested_on,
            s.decided_on,
            CASE WHEN s.outcome = 'approved' THEN c.effective_on END AS effective_on,
            CASE WHEN s.outcome = 'approved' AND c.effective_on <= $as_of THEN 'effective' ELSE s.outcome END AS state,
            s.waiting_days AS days,
            c.moved_eur AS asked_eur,
            a.act_id, a.title_{lang} AS act, a.number AS act_number, a.adopted_on AS act_on,
            coalesce(a.url, '') AS url, c.file, c.line, a.file AS act_file, a.line AS act_line,
            c.basis, o.title AS source, coalesce(o.url, '') AS source_url
        FROM mart_change_state AS s
        JOIN change_request AS c USING (change_id)
        JOIN fact_place AS p ON p.project_id = c.project_id
        JOIN territory AS t ON t.territory = p.territory
        JOIN source AS o ON o.source_id = c.source_id
        LEFT JOIN act AS a ON a.act_id = c.act_id AND s.decided_on IS NOT NULL AND a.known_from <= $as_of
        WHERE s.as_of = $as_of AND {narrowed_sql(asked, "p")}
        ORDER BY s.outcome <> 'waiting', CASE WHEN s.outcome = 'waiting' THEN c.requested_on END,
            coalesce(s.decided_on, c.requested_on) DESC, c.change_id
    """
    return rows(asked, sql)


def counted(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one row per kind that occurs, and one of all (`kind` blank): how many of each state, and the days.

    Keys: kind, requested, one per state, decided, median and most (days within which nine of ten were decided).
    """
    every = records(found)
    kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in every)]
    return [_counted(kind, [row for row in every if kind in ("", row["kind"])]) for kind in [*kinds, ""]]


def _counted(kind: str, every: Sequence[Row]) -> dict[str, Any]:
    states = [row["state"] for row in every]
    days = sorted(row["days"] for row in every if row["state"] in DECIDED)
    told = {"kind": kind, "requested": len(every), "decided": len(days)}
    told |= {state: states.count(state) for state in STATES}
    return told | {"median": statistics.median(days) if days else None, "most": nine_of_ten(days)}


def nine_of_ten(days: Sequence[int]) -> int | None:
    """Return the days within which nine of ten were decided: the least number that at least 90 per cent do not pass."""
    return sorted(days)[math.ceil(MOST * len(days)) - 1] if days else None


# ---------------------------------------------------------------- what followed


@dataclass(frozen=True)
class Version:
    """A budget version of a project, since when it is known, and what moved from the one before (EUR)."""

    number: int
    known_from: date
    amount: Decimal
    before: int | None
    risen: Decimal
    fallen: Decimal

    @property
    def moved(self) -> Decimal:
        """Return what moved between items: of rises and falls the lesser, so that new money is not counted."""
        return min(self.risen, self.fallen)


def versions(asked: Asked) -> dict[str, list[Version]]:
    """Return the budget versions known by the day asked, by project, the first one first."""
    sql = f"""
        {VERSIONS},
        cell AS (
            SELECT p.project_id, p.version, b.action_line, b.cost_category,
                sum(CASE WHEN b.version = p.version THEN b.amount_eur ELSE -b.amount_eur END) AS difference
            FROM picked AS p
            JOIN budget AS b ON b.project_id = p.project_id AND b.version IN (p.version, p.before)
            WHERE p.before IS NOT NULL
            GROUP BY ALL
        ),
        moved AS (
            SELECT project_id, version, sum(greatest(difference, 0)) AS risen, sum(greatest(-difference, 0)) AS fallen
            FROM cell GROUP BY ALL
        )
        SELECT p.project_id, p.version, p.known_from, p.amount_eur, p.before, m.risen, m.fallen
        FROM picked AS p
        JOIN fact_place AS x USING (project_id)
        LEFT JOIN moved AS m USING (project_id, version)
        WHERE {narrowed_sql(asked, "x")}
        ORDER BY p.project_id, p.version
    """
    found: dict[str, list[Version]] = {}
    for row in records(rows(asked, sql)):
        before = None if row["before"] is None else int(row["before"])
        moves = row["risen"] or ZERO, row["fallen"] or ZERO
        one = Version(int(row["version"]), row["known_from"], row["amount_eur"], before, *moves)
        found.setdefault(row["project_id"], []).append(one)
    return found


def followed(found: pd.DataFrame, known: Mapping[str, Sequence[Version]]) -> dict[str, Version]:
    """Return the budget version that followed each approved change of a budget, by change.

    The two are joined by their days only: it is the first version known since the decision, and before the next
    approved change of that project's budget was decided.
    """
    told: dict[str, Version] = {}
    approved = [row for row in records(found) if row["kind"] == "budget" and row["state"] in ("approved", "effective")]
    for row in approved:
        later = [one["decided_on"] for one in approved if _after(one, row)]
        until = min(later, default=date.max)
        since = [one for one in known.get(row["project_id"], ()) if row["decided_on"] <= one.known_from < until]
        if since and since[0].before is not None:
            told[row["change_id"]] = since[0]
    return told


def _after(one: Row, other: Row) -> bool:
    return bool(one["project_id"] == other["project_id"] and one["decided_on"] > other["decided_on"])


@dataclass(frozen=True)
class Follow:
    """What became known after an approved change: a term or partners, since when, whether its act names the change."""

    kind: str
    known_from: date
    told: tuple[Any, ...]
    by_act: bool = False


def followed_by(asked: Asked, change: Row) -> Follow | None:
    """Return the term or the partners that followed an approved extension or change of partnership."""
    if change["state"] not in ("approved", "effective"):
        return None
    if change["kind"] == "extension":
        return _term_after(asked, change)
    return _partners_after(asked, change) if change["kind"] == "partnership" else None


def _term_after(asked: Asked, change: Row) -> Follow | None:
    sql = """
        SELECT ends_on, coalesce(known_from, decided_not_after) AS since, coalesce(act_id = $act, FALSE) AS by_act
        FROM deadline
        WHERE project_id = $project_id
        AND coalesce(known_from, decided_not_after) <= $as_of
        AND (act_id = $act OR coalesce(known_from, decided_not_after) >= $decided_on)
        ORDER BY by_act DESC, since
        LIMIT 1
    """
    found = records(rows(asked, sql, **_of(change), act=change["act_id"] or ""))
    return Follow("term", found[0]["since"], (found[0]["ends_on"],), found[0]["by_act"]) if found else None


def _partners_after(asked: Asked, change: Row) -> Follow | None:
    sql = """
        SELECT known_from AS since, name
        FROM partner
        WHERE project_id = $project_id AND known_from <= $as_of AND known_from >= $decided_on
        ORDER BY since, name
    """
    found = records(rows(asked, sql, **_of(change)))
    first = [row["name"] for row in found if row["since"] == found[0]["since"]]
    return Follow("partners", found[0]["since"], tuple(first)) if found else None


def _of(change: Row) -> dict[str, Any]:
    return {"project_id": change["project_id"], "decided_on": change["decided_on"]}


def extensions(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the extensions known as acts by the day asked, the newest first: act, url, known_on, ends_on, kind, place.

    `by_then`: the act was not found, and was decided by that day. Those of the whole call stay in every selection;
    `place` is blank for them.
    """
    sql = f"""
        SELECT a.short_{lang} AS act, coalesce(a.url, '') AS url, d.ends_on, d.extension AS kind,
            coalesce(d.known_from, d.decided_not_after) AS known_on, d.known_from IS NULL AS by_then,
            CASE WHEN d.project_id IS NOT NULL THEN t.name_{lang} END AS place
        FROM deadline AS d
        LEFT JOIN act AS a USING (act_id)
        LEFT JOIN fact_place AS p ON p.project_id = d.project_id
        LEFT JOIN territory AS t ON t.territory = p.territory
        WHERE d.extension <> 'first'
        AND coalesce(d.known_from, d.decided_not_after) <= $as_of
        AND (d.project_id IS NULL OR {narrowed_sql(asked, "p")})
        ORDER BY known_on DESC, place NULLS FIRST
    """
    return rows(asked, sql)


# ---------------------------------------------------------------- budgets


@dataclass(frozen=True)
class Totals:
    """The whole of a budget in a version and in the one before (EUR)."""

    before: Decimal | None
    now: Decimal


@dataclass(frozen=True)
class Item:
    """An item of a budget: its amount in a version, in the one before (None: there is none), and spent so far (EUR)."""

    line: str
    category: str
    before: Decimal | None
    now: Decimal
    incurred: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """Return how much it changed."""
        return None if self.before is None else self.now - self.before

    @property
    def share(self) -> Decimal | None:
        """Return the change as a share of the amount before; none of nothing."""
        return self.difference / self.before if self.before and self.difference is not None else None

    def net(self, totals: Totals) -> Decimal | None:
        """Return the change as a share, net of the change of the total: nought where it only grew with the whole."""
        if not self.before or not totals.now or not totals.before:
            return None
        return self.now * totals.before / (self.before * totals.now) - 1

    def moved_beyond(self, tolerance: Decimal, totals: Totals) -> bool:
        """Say whether it changed by more than a share of what it was, net of the change of the total."""
        if self.before is None or totals.before is None:
            return False
        grown = self.before * totals.now
        return abs(self.now * totals.before - grown) > tolerance * grown

    def spent_beyond(self, tolerance: Decimal) -> bool:
        """Say whether more was spent than the amount and a share of it."""
        return self.incurred is not None and self.incurred > self.now * (1 + tolerance)

    @property
    def overspent(self) -> bool:
        """Say whether more was spent than the amount."""
        return self.spent_beyond(ZERO)


def totals(found: Sequence[Item]) -> Totals:
    """Return the whole of a budget, from its items."""
    return Totals(_sum([one.before for one in found]), _sum([one.now for one in found]) or ZERO)


def items(asked: Asked, project: str, version: int) -> list[Item]:
    """Return the items of a budget version beside the one before and what the newest sheet says was spent.

    By action line and cost category, in their order. What was spent under an item without a budget is one too.
    """
    sql = f"""
        {VERSIONS},
        cell AS (
            SELECT b.action_line, b.cost_category,
                sum(b.amount_eur) FILTER (WHERE b.version = p.version) AS now,
                sum(b.amount_eur) FILTER (WHERE b.version = p.before) AS before,
                min(p.before) AS previous
            FROM picked AS p
            JOIN budget AS b ON b.project_id = p.project_id AND b.version IN (p.version, p.before)
            WHERE p.project_id = $project_id AND p.version = $version
            GROUP BY ALL
        ),
        spent AS (
            SELECT action_line, cost_category, sum(incurred_eur) AS incurred
            FROM fact_expenditure
            WHERE project_id = $project_id AND entry = 'reported' AND known_from <= $as_of
            GROUP BY ALL
        )
        SELECT action_line, cost_category, c.before, c.now, s.incurred, c.previous
        FROM cell AS c
        FULL JOIN spent AS s USING (action_line, cost_category)
        LEFT JOIN action_line AS l USING (action_line)
        LEFT JOIN code AS k ON k.list = 'cost_category' AND k.code = cost_category
        ORDER BY l.position, k.position, action_line, cost_category
    """
    found = records(rows(asked, sql, project_id=project, version=version))
    versed = any(row["previous"] is not None for row in found)
    spent = any(row["incurred"] is not None for row in found)
    return [_item(row, versed=versed, spent=spent) for row in found]


def _item(row: Row, *, versed: bool, spent: bool) -> Item:
    before = (row["before"] or ZERO) if versed else None
    incurred = (row["incurred"] or ZERO) if spent else None
    return Item(row["action_line"], row["cost_category"], before, row["now"] or ZERO, incurred)


def added(found: Iterable[Item], *, line: str = "", category: str = "") -> Item:
    """Return items as one, to the cent."""
    every = list(found)
    return Item(
        line,
        category,
        _sum([one.before for one in every]),
        _sum([one.now for one in every]) or ZERO,
        _sum([one.incurred for one in every]),
    )


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if known else None


def by_category(found: Sequence[Item]) -> list[Item]:
    """Return the items of a budget by cost category, over its lines."""
    categories = dict.fromkeys(one.category for one in found)
    return [added([one for one in found if one.category == name], category=name) for name in categories]


def by_line(found: Sequence[Item]) -> list[tuple[Item, list[Item]]]:
    """Return the items of each action line below their sum."""
    lines = dict.fromkeys(one.line for one in found)
    grouped = {line: [one for one in found if one.line == line] for line in lines}
    return [(added(own, line=line), own) for line, own in grouped.items()]


def tolerance(asked: Asked) -> Decimal | None:
    """Return the share by which a cost category may move or be passed, None where the programme states none."""
    stated = asked.snapshot.programme.thresholds.get("budget_tolerance")
    return None if stated is None else Decimal(str(stated))


def newest_sheet(asked: Asked, project: str, lang: str) -> str | None:
    """Return the period of the newest sheet of a project, in words."""
    sql = """
        SELECT period_id FROM fact_sheet_version
        WHERE project_id = $project_id AND known_from <= $as_of
        ORDER BY ends_on DESC LIMIT 1
    """
    found = rows(asked, sql, project_id=project)
    return None if found.empty else period(found["period_id"].iloc[0], lang)


@dataclass(frozen=True)
class Budgeted:
    """The budget of a project as of a day: its versions, and its cost categories in the newest one."""

    project: str
    territory: str
    versions: int
    known_from: date
    categories: tuple[Item, ...]


def budgeted(asked: Asked) -> list[Budgeted]:
    """Return the newest budget of every project that has not withdrawn, by territory."""
    sql = f"""
        {VERSIONS},
        newest AS (
            SELECT project_id, max(version) AS version, arg_max(before, version) AS before,
                arg_max(known_from, version) AS known_from, count(*) AS versions
            FROM picked GROUP BY project_id
        ),
        cell AS (
            SELECT n.project_id, b.cost_category,
                sum(b.amount_eur) FILTER (WHERE b.version = n.version) AS now,
                sum(b.amount_eur) FILTER (WHERE b.version = n.before) AS before
            FROM newest AS n
            JOIN budget AS b ON b.project_id = n.project_id AND b.version IN (n.version, n.before)
            GROUP BY ALL
        ),
        spent AS (
            SELECT project_id, cost_category, sum(incurred_eur) AS incurred
            FROM fact_expenditure
            WHERE entry = 'reported' AND known_from <= $as_of
            GROUP BY ALL
        ),
        reported AS (SELECT DISTINCT project_id, TRUE AS reported FROM spent)
        SELECT x.project_id, x.territory, n.versions, n.known_from, cost_category, c.before, c.now, s.incurred,
            n.before AS previous, coalesce(r.reported, FALSE) AS reported
        FROM cell AS c
        FULL JOIN spent AS s USING (project_id, cost_category)
        JOIN newest AS n USING (project_id)
        JOIN fact_place AS x USING (project_id)
        LEFT JOIN reported AS r USING (project_id)
        LEFT JOIN code AS k ON k.list = 'cost_category' AND k.code = cost_category
        WHERE (x.withdrawn_on IS NULL OR x.withdrawn_on > $as_of) AND {narrowed_sql(asked, "x")}
        ORDER BY x.territory, x.project_id, k.position, cost_category
    """
    found: dict[str, list[Row]] = {}
    for row in records(rows(_whole_lines(asked), sql)):
        found.setdefault(row["project_id"], []).append(row)
    return [_budgeted(own) for own in found.values()]


def _budgeted(own: Sequence[Row]) -> Budgeted:
    first = own[0]
    categories = tuple(
        _item({**row, "action_line": ""}, versed=row["previous"] is not None, spent=row["reported"]) for row in own
    )
    return Budgeted(first["project_id"], first["territory"], int(first["versions"]), first["known_from"], categories)


def _whole_lines(asked: Asked) -> Asked:
    return replace(asked, where=tuple(pair for pair in asked.where if pair[0] != "action_line"))


def any_change(asked: Asked) -> bool:
    """Say whether the programme has any change request or budget at all, whenever."""
    found = rows(asked, "SELECT (SELECT count(*) FROM change_request) + (SELECT count(*) FROM budget) AS held")
    return bool(found["held"].iloc[0])


def gaps_between(days: Sequence[date]) -> list[int]:
    """Return the days between one day and the next."""
    return [(after - before).days for before, after in pairwise(days)]
