"""The network: what the proposals planned, which bodies sources name, of what kind, in what role, and where."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from impact_analytics.frames import records
from impact_analytics.queries.asked import Asked, periods, rows
from impact_analytics.queries.projects import found_sql, whole_lines, words_of

SOUGHT_IN = (
    "b.name", "b.municipality", "b.province", "b.role_stated", "k.name_it", "k.name_en", "t.name_it", "t.name_en",
)  # fmt: skip

# Bodies, with their network; a kind that no proposal counts has none.
BODY = """
    body AS (
        SELECT b.*, f.territory, f.macro_area, f.network
        FROM partner AS b
        JOIN fact_partner AS f USING (partner_id)
    )"""
BODIES = (
    "partner_id", "name", "kind_id", "kind", "role", "role_stated", "counts_in_total", "municipality", "province",
    "location", "lon", "lat", "territory", "territory_name", "network", "note", "source", "url", "basis", "project_id",
)  # fmt: skip
POINTS = ("lon", "lat", "kind_id", "name", "role", "territory")
NETWORK = ("id", "label", "planned", "known", "unsettled", "missing")
Row = Mapping[str, Any]


def _forever(asked: Asked) -> Asked:
    """Return the question whose answers name neither a day nor a place: one for a snapshot."""
    return Asked(asked.snapshot, date.max)


def _kept(asked: Asked, every: Sequence[Row]) -> list[Row]:
    """Return the rows known by then of the territories and areas asked for."""
    wanted = [(id, frozenset(chosen)) for id, chosen in asked.where if id in ("territory", "macro_area")]
    known = (row for row in every if row["known_from"] <= asked.as_of)
    return [row for row in known if all(row[id] in chosen for id, chosen in wanted)]


def _frame(found: Iterable[Row], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame([[row[name] for name in columns] for row in found], columns=list(columns), dtype=object)


@lru_cache(maxsize=32)
def _projects(asked: Asked) -> list[dict[str, Any]]:
    return records(rows(asked, "SELECT project_id, territory, macro_area, known_from FROM fact_place"))


@lru_cache(maxsize=32)
def _networks(asked: Asked, lang: str) -> list[dict[str, Any]]:
    """Return the networks that have kinds, in order: id, label."""
    sql = f"""
        SELECT code AS id, name_{lang} AS label FROM code
        WHERE list = 'network' AND code IN (SELECT parent FROM code WHERE list = 'kind') ORDER BY position
    """
    return records(rows(asked, sql))


@lru_cache(maxsize=32)
def _counts(asked: Asked) -> list[dict[str, Any]]:
    """Return what proposals planned; without a project, of the whole call."""
    sql = """
        SELECT n.network, n.planned, n.known_from, n.project_id, p.territory
        FROM network_count AS n LEFT JOIN fact_place AS p USING (project_id)
    """
    return records(rows(asked, sql))


@lru_cache(maxsize=32)
def _bodies(asked: Asked, lang: str, words: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Return every body with the words sought, in order, whenever it was known."""
    found_in = found_sql(*SOUGHT_IN) if words else "TRUE"
    found = rows(
        asked,
        f"""
        WITH {BODY}
        SELECT b.partner_id, b.name, b.kind AS kind_id, coalesce(k.name_{lang}, b.kind) AS kind,
            coalesce(r.name_{lang}, b.role) AS role, coalesce(b.role_stated, '') AS role_stated, b.counts_in_total,
            b.municipality, b.province, coalesce(b.location, '') AS location, b.lon, b.lat,
            b.territory, t.name_{lang} AS territory_name, coalesce(b.network, '') AS network,
            coalesce(b.note_{lang}, '') AS note,
            s.title AS source, coalesce(s.url, '') AS url, b.basis,
            b.project_id, b.macro_area, b.known_from, b.role AS role_id,
            k.position AS kind_position, r.position AS role_position
        FROM body AS b
        JOIN territory AS t USING (territory)
        JOIN source AS s ON s.source_id = b.source_id
        LEFT JOIN code AS k ON k.list = 'kind' AND k.code = b.kind
        LEFT JOIN code AS r ON r.list = 'role' AND r.code = b.role
        WHERE {found_in}
        ORDER BY territory_name, k.position, b.name, b.partner_id
        """,
        words=words,
    )
    return records(found)


def _counted(found: Iterable[Row], key: str) -> Counter[tuple[str, str, str]]:
    """Count bodies by project or territory, network, and whether the totals count them."""
    return Counter((row[key], row["network"], row["counts_in_total"]) for row in found)


def networks(asked: Asked, lang: str) -> pd.DataFrame:
    """Return per network that the proposals counted: id, label, planned, known, unsettled, missing; known counts formal
    partners by name, unsettled those that no source says whether the totals count.

    Narrowed, `planned` adds up what the projects' own proposals say, and is None unless all of them do.
    """
    narrowed, every = whole_lines(asked), _forever(asked)
    chosen = {row["project_id"] for row in _kept(narrowed, _projects(every))}
    planned = _planned(narrowed, chosen)
    named = Counter(
        (row["network"], row["counts_in_total"])
        for row in _known(narrowed, _bodies(every, lang))
        if row["project_id"] in chosen
    )
    told = [
        {**row, "planned": planned.get(row["id"]), "known": named[row["id"], "yes"]}
        | {"unsettled": named[row["id"], "unsettled"]}
        for row in _networks(every, lang)
    ]
    return _frame(
        (
            row | {"missing": None if row["planned"] is None else max(row["planned"] - row["known"], 0)}
            for row in told
            if row["planned"] is not None or row["known"] or row["unsettled"]
        ),
        NETWORK,
    )


def _known(asked: Asked, every: Sequence[Row]) -> list[Row]:
    return [row for row in every if row["known_from"] <= asked.as_of]


def _planned(asked: Asked, chosen: Collection[str]) -> dict[str, int]:
    """Return by network what was planned in all, or by the chosen projects' own proposals where none is silent."""
    counts = _known(asked, _counts(_forever(asked)))
    wanted = [row for row in counts if (row["project_id"] in chosen if asked.where else row["project_id"] is None)]
    told, silent = Counter[str](), Counter[str](row["network"] for row in wanted)
    for row in wanted:
        told[row["network"]] += row["planned"]
    return {id: told[id] for id in silent if not asked.where or silent[id] == len(chosen)}


def by_territory(asked: Asked, lang: str) -> pd.DataFrame:
    """Return per territory of a project and network: id, label, network, planned (None where its proposal is silent),
    known, unsettled, and `named`, all bodies of the territory of whatever kind and role.
    """
    narrowed, every = whole_lines(asked), _forever(asked)
    found = _known(narrowed, _bodies(every, lang))
    named, total = _counted(found, "territory"), Counter(row["territory"] for row in found)
    planned = Counter[tuple[str, str]]()
    for row in _known(narrowed, _counts(every)):
        planned[row["territory"], row["network"]] += row["planned"]
    chosen = {row["territory"] for row in _kept(narrowed, _projects(every))}

    def counted(id: str, network: str) -> tuple[int, int, int]:
        return named[id, network, "yes"], named[id, network, "unsettled"], total[id]

    columns = ["id", "label", "network", "planned", "known", "unsettled", "named"]
    return pd.DataFrame(
        [
            (id, row["label"], network, planned.get((id, network)), *counted(id, network))
            for row in _territories(every, lang)
            for id in [row["territory"]]
            if id in chosen
            for network in (one["id"] for one in _networks(every, lang))
        ],
        columns=columns,
        dtype=object,
    )


@lru_cache(maxsize=32)
def _territories(asked: Asked, lang: str) -> list[dict[str, Any]]:
    """Return every territory by name: territory, label, macro_area, applied."""
    sql = f"SELECT territory, name_{lang} AS label, macro_area, applied FROM territory ORDER BY label"
    return records(rows(asked, sql))


def places(asked: Asked, lang: str) -> pd.DataFrame:
    """Return every territory as a map shows it: id, label, value (bodies named, None where there is no project), basis,
    state (not_applied, withdrawn or blank), inside (the reader's filters leave it in).
    """
    every = _forever(asked)
    wanted = [(id, chosen) for id, chosen in asked.where if id in ("territory", "macro_area")]
    named = Counter(row["territory"] for row in _known(asked, _bodies(every, lang)))
    states = _states(_every_day(asked)).get(asked.as_of, {})
    found = [
        {"id": row["territory"], "label": row["label"], "value": named[row["territory"]] if state else None}
        | {"basis": state["basis"] if state else "", "state": _state(row, state)}
        | {"inside": all(row[id] in chosen for id, chosen in wanted)}
        for row in _territories(every, lang)
        for state in [states.get(row["territory"])]
    ]
    return _frame(found, ("id", "label", "value", "basis", "state", "inside"))


def _state(territory: Row, state: Row | None) -> str:
    if not territory["applied"]:
        return "not_applied"
    return "withdrawn" if state and state["withdrawn"] else ""


def _every_day(asked: Asked) -> Asked:
    """Return the question for every day that readers are offered, where it is for one of them."""
    whole = replace(asked, where=())
    days = periods(asked.snapshot) if asked.made else (asked.as_of,)
    return replace(whole, as_of=days[-1], days=days)


@lru_cache(maxsize=128)
def _states(asked: Asked) -> dict[date, dict[str, Row]]:
    """Return what became of the projects of a territory, by day and territory: basis, withdrawn."""
    sql = """
        SELECT as_of, territory, coalesce(min(basis), '') AS basis, bool_and(state = 'withdrawn') AS withdrawn
        FROM mart_project_state GROUP BY as_of, territory
    """
    found: dict[date, dict[str, Row]] = {}
    for row in records(rows(asked, sql)):
        found.setdefault(row["as_of"], {})[row["territory"]] = row
    return found


def points(asked: Asked, lang: str) -> pd.DataFrame:
    """Return bodies of the kinds that proposals counted that have a place: lon, lat, kind, name, role, territory."""
    found = _kept(whole_lines(asked), _bodies(_forever(asked), lang))
    placed = (row for row in found if row["lon"] is not None and row["network"])
    return _frame(placed, POINTS).set_axis(["kind" if name == "kind_id" else name for name in POINTS], axis=1)


def by_kind_and_role(asked: Asked, lang: str) -> pd.DataFrame:
    """Return how many bodies there are of each kind in each role, in the order of both, as a grid draws it:
    row_id, row, column_id, column, value, basis.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in _kept(whole_lines(asked), _bodies(_forever(asked), lang)):
        if row["kind_position"] is None or row["role_position"] is None:
            continue
        cell = {"row_id": row["kind_id"], "row": row["kind"], "column_id": row["role_id"], "column": row["role"]}
        place = (row["kind_position"], row["role_position"], row["kind_id"], row["role_id"])
        one = found.setdefault(place, cell | {"value": 0, "basis": row["basis"]})
        one["value"] += 1
        one["basis"] = min(one["basis"], row["basis"])
    cells = [found[place] for place in sorted(found)]
    return _frame(cells, ("row_id", "row", "column_id", "column", "value", "basis"))


def bodies(asked: Asked, lang: str, sought: str = "", kind: str = "") -> pd.DataFrame:
    """Return one row per body that a source names, by territory, kind, name: partner_id, name, kind_id and kind, role,
    role_stated (the source's words), counts_in_total, municipality, province, location (stated, inferred), lon, lat,
    territory and territory_name, network (blank: no proposal counts the kind), note, source, url, basis,
    project_id.
    """
    found = _kept(whole_lines(asked), _bodies(_forever(asked), lang, words_of(sought)))
    return _frame((row for row in found if not kind or row["kind_id"] == kind), BODIES)
