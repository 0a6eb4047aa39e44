"""How terms moved: decisions and the acts behind them, each project's term and end, legal limits, withdrawals.

A decision whose act was not found is *uncertain*: in force at the latest on `decided_not_after`. As of an earlier day,
from `decided_not_before` on, it is *possible*: shown as such and never the term in force.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import pandas as pd

from impact_analytics.formats import day, short_day
from impact_analytics.queries.asked import Asked, narrowed_sql, rows

EXTENSIONS = ("with_money", "without_money", "not_known")
SOON = 90  # days
SCHOOL_STARTS, SCHOOL_ENDS = (9, 1), (6, 30)


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

    Columns: id, label, first_term_on, term_on, act_id, act, url, act_not_found, possible_term_on, possible_by_on,
    with_money_months, without_money_months, not_known_months, moved_months, residual_days, started_on, known_from,
    end, end_kind (real or expected), withdrawn_on, superseded (list of earlier terms), and started, ended, withdrawn:
    these dates as written, as far as they are known.
    """
    found = rows(
        asked,
        f"""
        WITH told AS (
            SELECT m.project_id, list(DISTINCT d.ends_on ORDER BY d.ends_on) AS superseded
            FROM mart_term AS m
            JOIN fact_place AS p USING (project_id)
            JOIN deadline AS d ON d.call_id = p.call_id AND (d.project_id IS NULL OR d.project_id = p.project_id)
            WHERE m.as_of = $as_of AND d.ends_on <> m.term_on AND coalesce(d.known_from, d.decided_not_after) <= $as_of
            AND (d.act_id IS NULL OR NOT list_contains($without, d.act_id))
            AND (m.withdrawn_on IS NULL OR coalesce(d.known_from, d.decided_not_after) <= m.withdrawn_on)
            GROUP BY m.project_id
        )
        SELECT m.project_id AS id, t.name_{lang} AS label, m.first_term_on, m.term_on, m.act_id,
            coalesce(a.short_{lang}, '') AS act, coalesce(a.url, '') AS url, m.act_not_found,
            m.possible_term_on, m.possible_by_on,
            m.with_money_months, m.without_money_months, m.not_known_months, m.moved_months, m.residual_days,
            CASE WHEN p.started_on <= $as_of THEN p.started_on END AS started_on,
            coalesce(p.started_precision, 'day') AS started_precision, p.known_from,
            coalesce(m.ended_on, m.expected_end_on) AS "end",
            CASE
                WHEN m.ended_on IS NOT NULL THEN 'real'
                WHEN m.expected_end_on IS NOT NULL THEN 'expected'
                ELSE ''
            END AS end_kind,
            CASE WHEN m.ended_on IS NULL THEN 'day' ELSE coalesce(p.ended_precision, 'day') END AS end_precision,
            m.withdrawn_on, coalesce(p.withdrawn_precision, 'day') AS withdrawn_precision,
            coalesce(s.superseded, []) AS superseded
        FROM mart_term AS m
        JOIN project AS p USING (project_id)
        JOIN territory AS t ON t.territory = m.territory
        LEFT JOIN act AS a ON a.act_id = m.act_id
        LEFT JOIN told AS s USING (project_id)
        WHERE m.as_of = $as_of AND {narrowed_sql(asked, "m")}
        ORDER BY m.withdrawn_on IS NOT NULL, coalesce(m.residual_days, 0) DESC, label
        """,
    )
    return found.assign(
        started=_written(found, "started_on", "started_precision", lang),
        ended=_written(found, "end", "end_precision", lang),
        withdrawn=_written(found, "withdrawn_on", "withdrawn_precision", lang),
    )


def _written(found: pd.DataFrame, name: str, precision: str, lang: str) -> list[str]:
    pairs = zip(found[name], found[precision], strict=True)
    return ["" if when is None else short_day(when, known, lang) for when, known in pairs]


@lru_cache(maxsize=512)
def standing(asked: Asked, lang: str) -> Standing:
    """Sum up the rows of `terms`: who has the first and the latest term, by which acts, what is possible and late."""
    found = terms(asked, lang)
    active = found[found["withdrawn_on"].isna()]
    known = active[active["term_on"].notna()]
    latest = known[known["term_on"] == max(known["term_on"], default=None)]
    most = known.sort_values("moved_months", ascending=False).head(1)
    possible = active[active["possible_term_on"].notna()].head(1)
    return Standing(
        all=len(found),
        active=len(active),
        first=int((found["first_term_on"] == min(found["first_term_on"].dropna(), default=None)).sum()),
        with_term=len(latest),
        acts=tuple(sorted({act for act in latest["act"] if act})),
        act_not_found=bool(latest["act_not_found"].any()),
        others=tuple(Counter(known["term_on"].drop(latest.index)).most_common()),
        possible_on=next(iter(possible["possible_term_on"]), None),
        possible_by=next(iter(possible["possible_by_on"]), None),
        moved=tuple(int(most[f"{name}_months"].iloc[0]) for name in EXTENSIONS if len(most)),
        late=int((active["residual_days"].fillna(0) > 0).sum()),
        real=int((active["end_kind"] == "real").sum()),
        expected=int((active["end_kind"] == "expected").sum()),
    )


def decisions(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what was decided by then, or possibly was, for the call and the projects asked for, in order.

    Columns: id, own, place (of a project's own decision), known_on, uncertain, possible, decided_not_before,
    decided_not_after, before_on, ends_on, months, extension, act_id, act, title, adopted_on, registered_on,
    effective_on, url, source, note. `before_on` is the term it moves; a first term of the call moves the one attested
    for single projects until then.
    """
    return rows(
        asked,
        f"""
        WITH told AS (
            SELECT d.*, d.project_id IS NOT NULL AS own, t.name_{lang} AS place,
                coalesce(d.known_from, d.decided_not_after) AS known_on, d.known_from IS NULL AS uncertain
            FROM deadline AS d
            LEFT JOIN fact_place AS p ON p.project_id = d.project_id AND p.known_from <= $as_of
            LEFT JOIN territory AS t USING (territory)
            WHERE coalesce(d.known_from, d.decided_not_before, $as_of) <= $as_of
            AND (d.project_id IS NULL OR (p.project_id IS NOT NULL AND {narrowed_sql(asked, "p")}))
        ),
        moved AS (
            SELECT d.deadline_id, coalesce(
                arg_max(b.ends_on, (b.known_on, b.own, b.ends_on))
                    FILTER (WHERE NOT b.own OR b.project_id = d.project_id),
                min(b.ends_on) FILTER (WHERE NOT d.own)) AS before_on
            FROM told AS d
            LEFT JOIN told AS b ON (b.known_on, b.own, b.ends_on) < (d.known_on, d.own, d.ends_on)
            GROUP BY d.deadline_id
        )
        SELECT d.deadline_id AS id, d.own, coalesce(d.place, '') AS place, d.known_on, d.uncertain,
            d.known_on > $as_of AS possible, d.decided_not_before, d.decided_not_after, m.before_on, d.ends_on,
            date_diff('month', m.before_on, d.ends_on) AS months, d.extension, d.act_id,
            coalesce(a.short_{lang}, '') AS act, coalesce(a.title_{lang}, '') AS title,
            a.adopted_on, a.registered_on, a.effective_on,
            coalesce(a.url, s.url, '') AS url, s.title AS source, coalesce(d.note_{lang}, '') AS note
        FROM told AS d
        JOIN moved AS m USING (deadline_id)
        LEFT JOIN act AS a USING (act_id)
        JOIN source AS s ON s.source_id = d.source_id
        ORDER BY d.known_on, d.own, d.ends_on, place
        """,
    )


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


def limits(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the legal limits known by then, in order: kind, known_on, limit_on, before_on, act, url, in_force."""
    return rows(
        asked,
        f"""
        SELECT l.kind, l.known_from AS known_on, l.limit_on,
            coalesce(a.short_{lang}, '') AS act, coalesce(a.url, s.url, '') AS url,
            lag(l.limit_on) OVER (PARTITION BY l.kind ORDER BY l.known_from) AS before_on,
            lead(l.limit_on) OVER (PARTITION BY l.kind ORDER BY l.known_from) IS NULL AS in_force
        FROM legal_limit AS l
        JOIN source AS s ON s.source_id = l.source_id
        LEFT JOIN act AS a USING (act_id)
        WHERE l.known_from <= $as_of
        ORDER BY list_position(['incurred', 'paid', 'final_report'], l.kind), l.known_from
        """,
    )


@lru_cache(maxsize=512)
def after_limit(asked: Asked, lang: str) -> tuple[str, str, int] | None:
    """Return which act of the call soon follows the newest change of a legal limit: act, limit's act, days between."""
    known, decided = limits(asked, lang), decisions(asked, lang)
    changed = known[known["before_on"].notna()]
    if changed.empty:
        return None
    limit = changed.loc[changed["known_on"] == changed["known_on"].max()].iloc[0]
    later = decided[~decided["own"].astype(bool) & ~decided["uncertain"].astype(bool)]
    later = later[(later["known_on"] >= limit["known_on"]) & (later["act"] != "")]
    if later.empty or not limit["act"]:
        return None
    days = (later.iloc[0]["known_on"] - limit["known_on"]).days
    return (later.iloc[0]["act"], limit["act"], days) if days <= SOON else None


def withdrawals(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the projects withdrawn by then: label, withdrawn (in words), ordered_on and ordered_eur of a refund."""
    found = rows(
        asked,
        f"""
        SELECT t.name_{lang} AS label, p.withdrawn_on, coalesce(p.withdrawn_precision, 'day') AS precision,
            min(r.ordered_on) AS ordered_on, sum(r.ordered_eur) AS ordered_eur
        FROM mart_project_state AS m
        JOIN project AS p USING (project_id)
        JOIN territory AS t ON t.territory = m.territory
        LEFT JOIN recovery AS r ON r.project_id = p.project_id AND r.known_from <= $as_of AND r.ordered_on <= $as_of
        WHERE m.as_of = $as_of AND m.state = 'withdrawn' AND {narrowed_sql(asked, "m")}
        GROUP BY ALL ORDER BY label
        """,
    )
    pairs = zip(found["withdrawn_on"], found["precision"], strict=True)
    return found.assign(withdrawn=[day(when, known, lang) for when, known in pairs])


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

    Columns: label, term_on, other_term_on, residual_days, other_residual_days; `other_*` is without the acts.
    """
    real, other = (terms(one, lang).set_index("id") for one in (replace(asked, without=()), asked))
    both = real[real["withdrawn_on"].isna()].join(
        other[["term_on", "residual_days"]].add_prefix("other_"), how="inner"
    )[["label", "term_on", "other_term_on", "residual_days", "other_residual_days"]]
    known = both.fillna("")
    same = (known["term_on"] == known["other_term_on"]) & (known["residual_days"] == known["other_residual_days"])
    return both[~same].reset_index(drop=True)


def school_years(before_on: date | None, ends_on: date) -> list[SchoolTime]:
    """Return the school time that moving a term adds; July and August, without lessons, do not count."""
    if before_on is None or ends_on <= before_on:
        return []
    found = []
    for year in range(before_on.year - 1, ends_on.year + 1):
        first, last = date(year, *SCHOOL_STARTS), date(year + 1, *SCHOOL_ENDS)
        start, end = max(first, before_on + timedelta(days=1)), min(last, ends_on)
        if start <= end:
            found.append(SchoolTime(year, start, end, (start, end) == (first, last)))
    return found
