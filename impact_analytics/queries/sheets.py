"""The sheets of projects: which are in, how they are graded, and what one says beside the sheet before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from impact_analytics.formats import period
from impact_analytics.frames import records
from impact_analytics.queries.asked import Asked, narrowed_sql, rows, values

OWN = ("action_line",)
EVERY = ("territory", "macro_area", "action_line")
PARTS = ("sheet_financial", "sheet_physical", "sheet_procedural", "sheet_cause", "sheet_network")
SHARE = "incurred_fresh_share"
STANDS = "v.known_from <= $as_of AND (v.known_to IS NULL OR $as_of < v.known_to)"


# ---------------------------------------------------------------- all of them


def board(asked: Asked, lang: str) -> pd.DataFrame:
    """Return every sheet due or in: project_id, label (territory and title), period_id, grade, late_days, basis.

    In order of territory, project and time. Sheets are not split by line: a choice of lines does not narrow them.
    """
    return rows(
        asked,
        f"""
        SELECT g.project_id, concat_ws(' · ', t.name_{lang}, p.title) AS label, g.period_id, g.grade, g.late_days,
            g.basis
        FROM mart_sheet_grade AS g
        JOIN project AS p USING (project_id)
        JOIN territory AS t ON t.territory = g.territory
        WHERE g.as_of = $as_of AND {narrowed_sql(asked, "g")}
        ORDER BY t.name_{lang}, p.title, g.project_id, g.ends_on
        """,
    )


def columns(asked: Asked) -> list[str]:
    """Return the periods of which a sheet is due or in somewhere, in order of time."""
    sql = f"""
        SELECT g.period_id FROM mart_sheet_grade AS g
        WHERE g.as_of = $as_of AND {narrowed_sql(asked, "g")}
        GROUP BY g.period_id ORDER BY min(g.ends_on)
    """
    return list(rows(asked, sql)["period_id"])


def projects(asked: Asked, lang: str) -> dict[str, str]:
    """Return the projects asked for by id: territory and title."""
    found = rows(
        asked,
        f"""
        SELECT p.project_id, concat_ws(' · ', t.name_{lang}, p.title) AS label
        FROM project AS p JOIN fact_place AS x USING (project_id) JOIN territory AS t ON t.territory = x.territory
        WHERE p.known_from <= $as_of AND {narrowed_sql(asked, "x")} ORDER BY t.name_{lang}, p.title, p.project_id
        """,
    )
    return dict(zip(found["project_id"], found["label"], strict=True))


@dataclass(frozen=True)
class Recent:
    """How young the money is: the period of the newest sheet, the share of expenditure from recent sheets, its days.

    Share and days are None where not known or where the programme has no such rule.
    """

    period_id: str
    share: float | None
    days: int | None


def recent(asked: Asked) -> Recent | None:
    """Return how young the expenditure is that the sheets report; None where none does."""
    found = rows(
        asked,
        f"""
        SELECT arg_max(x.period_id, x.ends_on) AS period_id FROM mart_newest_sheet AS x
        WHERE x.as_of = $as_of AND {narrowed_sql(asked, "x", EVERY)}
        """,
    )
    newest = found["period_id"].iloc[0]
    share = values(asked, (SHARE,))[SHARE].value
    return Recent(newest, share, asked.snapshot.programme.fresh_days) if newest else None


def said(period_id: str, lang: str) -> str:
    """Return a period in words."""
    return period(period_id, lang)


# ---------------------------------------------------------------- one of them


@dataclass(frozen=True)
class Sheet:
    """A period of a project: its grade, the sheet standing for it and the one of an earlier period beside it.

    `grade` is blank for a sheet that was not due, `sheet_id` where none is in, `before_id` where there is none before.
    """

    project_id: str
    period_id: str
    grade: str
    due_on: date
    late_days: int
    sheet_id: str
    basis: str
    before_id: str = ""
    before_period: str = ""

    def said(self, lang: str) -> str:
        """Return its period in words."""
        return said(self.period_id, lang)


def sheets(asked: Asked, project: str) -> list[Sheet]:
    """Return the periods of a project whose sheet is due or in, newest first, each beside the last one before it."""
    found = rows(
        asked,
        f"""
        WITH graded AS (SELECT g.* FROM mart_sheet_grade AS g WHERE g.as_of = $as_of AND g.project_id = $project),
        standing AS (SELECT v.* FROM fact_sheet_version AS v WHERE v.project_id = $project AND {STANDS})
        SELECT r.period_id, coalesce(g.grade, '') AS grade, r.due_on, coalesce(g.late_days, 0) AS late_days,
            coalesce(s.sheet_id, '') AS sheet_id, coalesce(s.basis, g.basis) AS basis
        FROM graded AS g
        FULL JOIN standing AS s USING (period_id)
        JOIN reporting_period AS r USING (period_id)
        ORDER BY r.ends_on
        """,
        project=project,
    )
    told: list[Sheet] = []
    before = ("", "")
    for row in records(found):
        one = Sheet(project_id=project, before_id=before[0], before_period=before[1], **row)
        told.append(one)
        before = (one.sheet_id, one.period_id) if one.sheet_id else before
    return told[::-1]


def newest(found: Sequence[Sheet]) -> Sheet | None:
    """Return the newest sheet that is in, else the newest that is due; None where there is neither."""
    return next((one for one in found if one.sheet_id), next(iter(found), None))


def versions(asked: Asked, sheet: Sheet) -> pd.DataFrame:
    """Return the versions of a sheet known by then, newest first: sheet_id, version, before_id, received_on, protocol,
    integration_asked_on, incurred (EUR), source, url, file, line.
    """
    return rows(
        asked,
        f"""
        WITH amount AS (
            SELECT f.sheet_id, sum(f.incurred_eur) AS incurred FROM sheet_financial AS f
            WHERE {narrowed_sql(asked, "f", OWN)} GROUP BY f.sheet_id
        )
        SELECT s.sheet_id, s.version, lag(s.sheet_id, 1, '') OVER (ORDER BY s.version) AS before_id, s.received_on,
            s.protocol, CASE WHEN s.integration_asked_on <= $as_of THEN s.integration_asked_on END
            AS integration_asked_on, a.incurred, o.title AS source, coalesce(o.url, '') AS url, s.file, s.line
        FROM sheet AS s
        JOIN source AS o USING (source_id)
        LEFT JOIN amount AS a USING (sheet_id)
        WHERE s.project_id = $project AND s.period_id = $period AND s.received_on <= $as_of
        ORDER BY s.version DESC
        """,
        project=sheet.project_id,
        period=sheet.period_id,
    )


def reviews(asked: Asked, sheet: Sheet) -> pd.DataFrame:
    """Return the desk reviews of a sheet, whatever its version, newest first: reviewed_on, version, outcome, note."""
    return rows(
        asked,
        """
        SELECT d.reviewed_on, s.version, d.outcome, d.note
        FROM desk_review AS d JOIN sheet AS s USING (sheet_id)
        WHERE s.project_id = $project AND s.period_id = $period AND d.reviewed_on <= $as_of
        ORDER BY d.reviewed_on DESC, s.version DESC
        """,
        project=sheet.project_id,
        period=sheet.period_id,
    )


def standing_in(asked: Asked, sheet_id: str) -> pd.DataFrame:
    """Return where the rows of a sheet's parts stand: file, first line, last line, in the order of the parts."""
    every = " UNION ALL ".join(
        f"SELECT {place} AS place, file, line FROM {table} WHERE sheet_id = $sheet" for place, table in enumerate(PARTS)
    )
    sql = f"""
        SELECT file, min(line) AS first, max(line) AS last FROM ({every})
        WHERE file IS NOT NULL GROUP BY place, file ORDER BY place, file
    """
    return rows(asked, sql, sheet=sheet_id)


# ---------------------------------------------------------------- its parts


def amounts(asked: Asked, sheet_id: str, before_id: str, lang: str) -> pd.DataFrame:
    """Return commitments and expenditure of a sheet by line beside another's (EUR): line, budget (as of the day),
    committed, committed_before, committed_moved, incurred, incurred_before, incurred_moved.
    """
    return rows(
        asked,
        f"""
        WITH told AS (
            SELECT sheet_id, action_line, sum(committed_eur) AS committed, sum(incurred_eur) AS incurred
            FROM sheet_financial WHERE sheet_id IN ($sheet, $before) GROUP BY ALL
        ),
        budget AS (
            SELECT b.action_line, sum(b.amount_eur) AS amount FROM fact_budget AS b
            JOIN sheet AS s ON s.sheet_id = $sheet AND s.project_id = b.project_id
            WHERE b.entry = 'assigned' AND b.known_from <= $as_of GROUP BY ALL
        )
        SELECT l.name_{lang} AS line, b.amount AS budget, n.committed, o.committed AS committed_before,
            n.committed - o.committed AS committed_moved, n.incurred, o.incurred AS incurred_before,
            n.incurred - o.incurred AS incurred_moved
        FROM (SELECT * FROM told WHERE sheet_id = $sheet) AS n
        FULL JOIN (SELECT * FROM told WHERE sheet_id = $before) AS o USING (action_line)
        JOIN action_line AS l USING (action_line)
        LEFT JOIN budget AS b USING (action_line)
        WHERE {narrowed_sql(asked, "l", OWN)} ORDER BY l.position, l.action_line
        """,
        sheet=sheet_id,
        before=before_id,
    )


def measured(asked: Asked, sheet_id: str, before_id: str, lang: str) -> pd.DataFrame:
    """Return the indicators of a sheet beside another's: line, name, unit, value, before, moved, target."""
    return rows(
        asked,
        f"""
        WITH told AS (SELECT * FROM sheet_physical WHERE sheet_id IN ($sheet, $before)),
        target AS (
            SELECT t.indicator_id, sum(t.target) AS target FROM fact_target AS t
            JOIN sheet AS s ON s.sheet_id = $sheet AND s.project_id = t.project_id
            WHERE t.known_from <= $as_of GROUP BY ALL
        )
        SELECT l.name_{lang} AS line, i.name_{lang} AS name, i.unit, n.value, o.value AS before,
            n.value - o.value AS moved, t.target
        FROM (SELECT * FROM told WHERE sheet_id = $sheet) AS n
        FULL JOIN (SELECT * FROM told WHERE sheet_id = $before) AS o USING (indicator_id)
        JOIN indicator AS i USING (indicator_id)
        LEFT JOIN action_line AS l ON l.action_line = i.action_line
        LEFT JOIN target AS t USING (indicator_id)
        WHERE {narrowed_sql(asked, "i", OWN)}
        ORDER BY l.position NULLS LAST, i.unit, i.name_{lang}, i.indicator_id
        """,
        sheet=sheet_id,
        before=before_id,
    )


def packages(asked: Asked, sheet_id: str, before_id: str, lang: str) -> pd.DataFrame:
    """Return the work packages of a sheet beside another's: line, package, state, state_before, approved_end_on,
    expected_end_on, expected_before, expected_moved (days), deviation.
    """
    return rows(
        asked,
        f"""
        WITH told AS (SELECT * FROM sheet_procedural WHERE sheet_id IN ($sheet, $before))
        SELECT l.name_{lang} AS line, work_package AS package, n.state, o.state AS state_before, n.approved_end_on,
            n.expected_end_on, o.expected_end_on AS expected_before,
            date_diff('day', o.expected_end_on, n.expected_end_on) AS expected_moved, n.deviation
        FROM (SELECT * FROM told WHERE sheet_id = $sheet) AS n
        FULL JOIN (SELECT * FROM told WHERE sheet_id = $before) AS o USING (action_line, work_package)
        JOIN action_line AS l USING (action_line)
        WHERE {narrowed_sql(asked, "l", OWN)} ORDER BY l.position, l.action_line, work_package
        """,
        sheet=sheet_id,
        before=before_id,
    )


def causes(asked: Asked, sheet_id: str, before_id: str, lang: str) -> pd.DataFrame:
    """Return the causes that a sheet or the one beside it names: line, origin, nature (None where not coded), sentence,
    mark: `new`, `again` (in both) or `gone` (only in the other).
    """
    return rows(
        asked,
        f"""
        WITH told AS (
            SELECT c.sheet_id, c.position, coalesce(c.action_line, '') AS action_line, coalesce(c.origin, '') AS origin,
                coalesce(c.nature, '') AS nature, c.sentence,
                row_number() OVER (PARTITION BY c.sheet_id, c.action_line, c.origin, c.nature, c.sentence
                    ORDER BY c.position) AS nth
            FROM sheet_cause AS c WHERE c.sheet_id IN ($sheet, $before) AND {narrowed_sql(asked, "c", OWN)}
        )
        SELECT l.name_{lang} AS line, o.name_{lang} AS origin, n.name_{lang} AS nature, sentence,
            CASE WHEN x.sheet_id IS NULL THEN 'gone' WHEN y.sheet_id IS NULL THEN 'new' ELSE 'again' END AS mark
        FROM (SELECT * FROM told WHERE sheet_id = $sheet) AS x
        FULL JOIN (SELECT * FROM told WHERE sheet_id = $before) AS y
            USING (action_line, origin, nature, sentence, nth)
        LEFT JOIN action_line AS l USING (action_line)
        LEFT JOIN code AS o ON o.list = 'cause_origin' AND o.code = origin
        LEFT JOIN code AS n ON n.list = 'cause_nature' AND n.code = nature
        ORDER BY x.position NULLS LAST, y.position
        """,
        sheet=sheet_id,
        before=before_id,
    )


def network(asked: Asked, sheet_id: str, before_id: str) -> pd.DataFrame:
    """Return the bodies of which a sheet or the one beside it speaks: name, active, active_before, activity,
    activity_before; None where a sheet does not name it.
    """
    lines = f"(p.action_line IS NULL OR {narrowed_sql(asked, 'p', OWN)})"
    return rows(
        asked,
        f"""
        WITH told AS (SELECT * FROM sheet_network WHERE sheet_id IN ($sheet, $before))
        SELECT p.name, n.active, o.active AS active_before, n.activity, o.activity AS activity_before
        FROM (SELECT * FROM told WHERE sheet_id = $sheet) AS n
        FULL JOIN (SELECT * FROM told WHERE sheet_id = $before) AS o USING (partner_id)
        JOIN partner AS p USING (partner_id)
        WHERE {lines} ORDER BY p.name, partner_id
        """,
        sheet=sheet_id,
        before=before_id,
    )


# ---------------------------------------------------------------- every value of it


@dataclass(frozen=True)
class Entry:
    """One value of a sheet beside another's; `unit` is blank for words, `moved` None where nothing is subtracted."""

    part: str
    line: str
    item: str
    what: str
    unit: str
    now: Any
    before: Any
    moved: Any = None

    @property
    def changed(self) -> bool:
        """Say whether the two sheets differ in it."""
        return bool(self.now != self.before)


@lru_cache(maxsize=512)
def parts(asked: Asked, sheet_id: str, before_id: str, lang: str) -> Mapping[str, list[dict[str, Any]]]:
    """Return the rows of each part of a sheet beside another's: financial, physical, procedural, cause, network."""
    pair = (sheet_id, before_id)
    return {
        "financial": records(amounts(asked, *pair, lang)),
        "physical": records(measured(asked, *pair, lang)),
        "procedural": records(packages(asked, *pair, lang)),
        "cause": records(causes(asked, *pair, lang)),
        "network": records(network(asked, *pair)),
    }


@lru_cache(maxsize=512)
def entries(asked: Asked, sheet_id: str, before_id: str, lang: str) -> tuple[Entry, ...]:
    """Return every value of a sheet beside that of another sheet of the project, part by part."""
    found = parts(asked, sheet_id, before_id, lang)
    return (
        *(_amount(row, what) for row in found["financial"] for what in ("committed", "incurred")),
        *(_measure(row) for row in found["physical"]),
        *(one for row in found["procedural"] for one in _package(row)),
        *(_cause(row) for row in found["cause"]),
        *(
            Entry("network", "", row["name"], "active", "", row["active"], row["active_before"])
            for row in found["network"]
        ),
    )


def _amount(row: dict[str, Any], what: str) -> Entry:
    told = (row[what], row[f"{what}_before"], row[f"{what}_moved"])
    return Entry("financial", row["line"], "", what, "eur", *told)


def _measure(row: dict[str, Any]) -> Entry:
    return Entry(
        "physical", row["line"] or "", row["name"], row["unit"], "count", row["value"], row["before"], row["moved"]
    )


def _package(row: dict[str, Any]) -> tuple[Entry, Entry]:
    head = ("procedural", row["line"], row["package"])
    dates = (row["expected_end_on"], row["expected_before"], row["expected_moved"])
    return Entry(*head, "state", "", row["state"], row["state_before"]), Entry(*head, "expected", "date", *dates)


def _cause(row: dict[str, Any]) -> Entry:
    mark = row["mark"]
    return Entry("cause", row["line"] or "", row["sentence"], "stated", "", mark != "gone", mark != "new")


# ---------------------------------------------------------------- where there are none


def statements(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what sources said of monitoring and control, newest first: quote, quote_lang, meaning, on_date, source,
    url.
    """
    return rows(
        asked,
        f"""
        SELECT x.quote, x.quote_lang, x.meaning_{lang} AS meaning, x.on_date, s.title AS source,
            coalesce(s.url, '') AS url
        FROM statement AS x JOIN source AS s ON s.source_id = x.source_id
        WHERE x.subject = 'control' AND x.known_from <= $as_of
        ORDER BY x.on_date DESC, x.statement_id
        """,
    )
