"""Controls: the five measures by financial year, the findings and what followed, and what sources say of controls."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd

from impact_analytics.frames import records
from impact_analytics.queries.asked import Asked, narrowed_sql, rows
from impact_analytics.store import Snapshot, cursor

MEASURES = ("desk", "verification", "financial", "operational", "error")
# The metric that says the same of the whole programme, or lends its legal base; and the threshold beside it.
METRICS = {
    "desk": "desk_review_rate",
    "verification": "verification_rate",
    "financial": "on_the_spot_rate",
    "operational": "operational_rate",
    "error": "error_rate",
}
THRESHOLDS = {"financial": "on_the_spot_share", "operational": "operational_share", "error": "error_rate"}
# The table without whose rows nothing is known of a measure.
RECORDED = {
    "desk": "desk_review",
    "verification": "verification",
    "financial": "on_the_spot_check",
    "operational": "on_the_spot_check",
    "error": "on_the_spot_check",
}
SEVERITIES = ("serious", "minor", "formal")


@dataclass(frozen=True)
class FinancialYear:
    """A financial year, named by the year it ends in, with its first and last day."""

    year: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Measure:
    """One of the five measures in a financial year: two counts or EU amounts, and what else is said of them.

    `part` is None where nothing was ever recorded of it; `whole` of nothing makes it not applicable.
    """

    id: str
    year: int
    unit: str
    part: Any
    whole: Any
    more: Mapping[str, Any]

    @property
    def known(self) -> bool:
        """Say whether anything was ever recorded of it."""
        return self.part is not None

    @property
    def applicable(self) -> bool:
        """Say whether there is anything to be controlled."""
        return bool(self.whole)

    @property
    def value(self) -> float | None:
        """Return the share; None where it is not known or not applicable."""
        return float(self.part) / float(self.whole) if self.known and self.applicable else None


# ---------------------------------------------------------------- financial years


def years(asked: Asked) -> list[FinancialYear]:
    """Return the financial years begun by the day asked since the call was opened, newest first; at least the day's."""
    found = rows(
        asked,
        """
        SELECT y.financial_year, y.starts_on, y.ends_on
        FROM fact_financial_year AS y
        WHERE y.starts_on <= $as_of
            AND y.ends_on >= least((SELECT min(opened_on) FROM programme_call), CAST($as_of AS DATE))
        ORDER BY y.financial_year DESC
        """,
    )
    return [FinancialYear(*row.values()) for row in records(found)]


@lru_cache(maxsize=64)
def recorded(snapshot: Snapshot) -> frozenset[str]:
    """Return the tables of controls in which a programme has any row."""
    tables = (*dict.fromkeys(RECORDED.values()), "finding")
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    found = cursor(snapshot).execute(f"SELECT {counts}").fetchone() or ()
    return frozenset(table for table, count in zip(tables, found, strict=True) if count)


# ---------------------------------------------------------------- the five measures


def whole_projects(asked: Asked) -> Asked:
    """Return the question without its action lines: a control is of a whole project."""
    return replace(asked, where=tuple(pair for pair in asked.where if pair[0] != "action_line"))


@lru_cache(maxsize=512)
def every_year(asked: Asked) -> Mapping[FinancialYear, list[Measure]]:
    """Return the five measures of the day's own financial year and of every one with anything in it, newest first."""
    known = recorded(asked.snapshot)
    found: dict[FinancialYear, list[Measure]] = {}
    for year, row in zip(years(asked), records(by_year(asked)), strict=True):
        measured = [_measure(id, row, known) for id in MEASURES]
        if asked.as_of <= year.ends_on or any(one.whole or one.part for one in measured):
            found[year] = measured
    return found


OF_MEASURE = {
    # measure: unit, part, whole, and what else is said
    "desk": ("count", "reviewed", "sheets", ()),
    "verification": (
        "count",
        "verified",
        "requests",
        ("verified_eur", "declared_eur", "formal", "progress", "analytical"),
    ),
    "financial": ("eur", "finalised_controlled_eur", "finalised_eur", ("finalised", "accounts", "checks_financial")),
    "operational": ("count", "checked", "under_way", ("checks_operational",)),
    "error": ("eur", "error_eur", "controlled_eur", ("checks_financial",)),
}


def _measure(id: str, row: Mapping[str, Any], known: frozenset[str]) -> Measure:
    unit, part, whole, more = OF_MEASURE[id]
    value = row[part] if RECORDED[id] in known else None
    return Measure(id, row["financial_year"], unit, value, row[whole], {name: row[name] for name in more})


def by_year(asked: Asked) -> pd.DataFrame:
    """Return one row per financial year begun, newest first: what each measure counts, known by the day asked.

    Sheets and requests belong to the year in which they arrived, checks to the one they were done for, projects to
    the first year whose accounts call them finalised. Amounts are EUR; of checks and accounts the EU contribution.
    """
    listed = ", ".join(f"({year.year}, DATE '{year.starts_on}', DATE '{year.ends_on}')" for year in years(asked))
    parts = (_sheets_sql(asked), _requests_sql(asked), _finalised_sql(asked), _under_way_sql(asked), _checks_sql(asked))
    names = ("desk", "request", "final", "way", "done")
    tables = ",\n".join(f"{name} AS ({sql})" for name, sql in zip(names, parts, strict=True))
    joined = "\n".join(f"LEFT JOIN {name} USING (financial_year)" for name in names)
    found = rows(
        asked,
        f"""
        WITH year (financial_year, starts_on, ends_on) AS (VALUES {listed}),
        {tables}
        SELECT
            y.*, desk.* EXCLUDE (financial_year), request.* EXCLUDE (financial_year),
            final.* EXCLUDE (financial_year), way.* EXCLUDE (financial_year), done.* EXCLUDE (financial_year),
            EXISTS (
                SELECT 1 FROM accounts_entry AS a
                WHERE a.financial_year = y.financial_year AND a.known_from <= $as_of
            ) AS accounts
        FROM year AS y
        {joined}
        ORDER BY y.financial_year DESC
        """,
    )
    return found.assign(**{name: [_nought(value) for value in found[name]] for name in found.columns})


def _nought(value: Any) -> Any:
    return 0 if value is None else value


def _sheets_sql(asked: Asked) -> str:
    return f"""
        SELECT y.financial_year, count(*) AS sheets, count(v.period_key) AS reviewed
        FROM (
            SELECT project_id, project_id || '/' || period_id AS period_key, min(received_on) AS on_date
            FROM sheet WHERE received_on <= $as_of GROUP BY ALL
        ) AS s
        JOIN fact_place AS p USING (project_id)
        JOIN year AS y ON s.on_date BETWEEN y.starts_on AND y.ends_on
        LEFT JOIN (SELECT DISTINCT period_key FROM fact_review WHERE known_from <= $as_of) AS v USING (period_key)
        WHERE {narrowed_sql(asked, "p")}
        GROUP BY ALL
    """


def _requests_sql(asked: Asked) -> str:
    return f"""
        SELECT y.financial_year, count(*) AS requests, sum(r.declared_eur) AS declared_eur,
            count(v.request_id) AS verified,
            coalesce(sum(r.declared_eur) FILTER (WHERE v.request_id IS NOT NULL), 0) AS verified_eur,
            count(*) FILTER (WHERE v.newest.formal) AS formal,
            count(*) FILTER (WHERE v.newest.progress) AS progress,
            count(*) FILTER (WHERE v.newest.analytical) AS analytical
        FROM payment_request AS r
        JOIN fact_place AS p USING (project_id)
        JOIN year AS y ON r.submitted_on BETWEEN y.starts_on AND y.ends_on
        LEFT JOIN (
            SELECT request_id, arg_max(
                {{'formal': formal, 'progress': progress, 'analytical': analytical}}, (known_from, verification_id)
            ) AS newest
            FROM fact_verification WHERE known_from <= $as_of GROUP BY request_id
        ) AS v USING (request_id)
        WHERE r.submitted_on <= $as_of AND {narrowed_sql(asked, "p")}
        GROUP BY ALL
    """


def _finalised_sql(asked: Asked) -> str:
    return f"""
        SELECT f.financial_year, sum(f.projects) AS finalised, sum(f.contribution_eu_eur) AS finalised_eur,
            sum(f.controlled_eu_eur) AS finalised_controlled_eur
        FROM mart_finalised AS f WHERE f.as_of = $as_of AND {narrowed_sql(asked, "f")} GROUP BY ALL
    """


def _under_way_sql(asked: Asked) -> str:
    return f"""
        SELECT w.financial_year, sum(w.projects) AS under_way, sum(w.checked) AS checked
        FROM mart_under_way AS w WHERE w.as_of = $as_of AND {narrowed_sql(asked, "w")} GROUP BY ALL
    """


def _checks_sql(asked: Asked) -> str:
    return f"""
        SELECT c.financial_year, count(*) FILTER (WHERE c.kind = 'operational') AS checks_operational,
            count(*) FILTER (WHERE c.kind = 'financial') AS checks_financial,
            sum(c.controlled_eu_eur) AS controlled_eur, sum(c.error_eu_eur) AS error_eur
        FROM fact_check_done AS c WHERE c.known_from <= $as_of AND {narrowed_sql(asked, "c")} GROUP BY ALL
    """


def checks(asked: Asked, lang: str, year: int) -> pd.DataFrame:
    """Return the checks on the spot done for a financial year by the day asked, the first one first: check_id,
    project_id, place, kind, selection, done_on, controlled_eu_eur, error_eu_eur (None where no money was controlled).
    """
    return rows(
        asked,
        f"""
        SELECT c.check_id, c.project_id, t.name_{lang} AS place, c.kind, c.selection, c.known_from AS done_on,
            c.controlled_eu_eur, c.error_eu_eur
        FROM fact_check_done AS c
        JOIN territory AS t USING (territory)
        WHERE c.financial_year = $year AND c.known_from <= $as_of AND {narrowed_sql(asked, "c")}
        ORDER BY c.known_from, c.check_id
        """,
        year=year,
    )


# ---------------------------------------------------------------- findings


def findings(asked: Asked, lang: str) -> pd.DataFrame:
    """Return one row per finding made by the day asked, newest first, with what was known of it then.

    `control` is desk, verification, operational, financial or other; `sheet_period` and `request_id` lead to what was
    controlled. A reaction, a closing and a refund dated later are None; `days` are from the finding to the reaction,
    `open_days` to the closing or to the day asked. `error_eu_eur` is that of the check which made the finding.
    """
    return rows(
        asked,
        f"""
        SELECT
            f.finding_id, f.project_id, p.territory, t.name_{lang} AS place, f.found_on, f.severity, f.irregularity,
            CASE
                WHEN f.check_id IS NOT NULL THEN c.kind
                WHEN f.verification_id IS NOT NULL THEN 'verification'
                WHEN f.review_id IS NOT NULL THEN 'desk'
                ELSE 'other'
            END AS control,
            s.period_id AS sheet_period, v.request_id, f.check_id, f.sentence,
            CASE WHEN f.reaction_on <= $as_of THEN f.reaction END AS reaction,
            CASE WHEN f.reaction_on <= $as_of THEN f.reaction_on END AS reaction_on,
            CASE WHEN f.reaction_on <= $as_of THEN date_diff('day', f.found_on, f.reaction_on) END AS days,
            f.cut_eur, r.recovery_id, r.ordered_on, r.ordered_eur,
            CASE WHEN r.received_on <= $as_of THEN r.received_on END AS received_on,
            CASE WHEN r.received_on <= $as_of THEN r.received_eur END AS received_eur,
            CASE WHEN f.closed_on <= $as_of THEN f.closed_on END AS closed_on,
            f.closed_on IS NULL OR f.closed_on > $as_of AS open,
            date_diff('day', f.found_on, least(coalesce(f.closed_on, $as_of), $as_of)) AS open_days,
            c.error_eu_eur, f.basis
        FROM finding AS f
        JOIN fact_place AS p USING (project_id)
        JOIN territory AS t USING (territory)
        LEFT JOIN desk_review AS d ON d.review_id = f.review_id
        LEFT JOIN sheet AS s ON s.sheet_id = d.sheet_id
        LEFT JOIN verification AS v ON v.verification_id = f.verification_id
        LEFT JOIN on_the_spot_check AS c ON c.check_id = f.check_id
        LEFT JOIN recovery AS r ON r.recovery_id = f.recovery_id AND r.known_from <= $as_of
        WHERE f.found_on <= $as_of AND {narrowed_sql(asked, "p")}
        ORDER BY f.found_on DESC, f.finding_id DESC
        """,
    )


def kept(
    found: pd.DataFrame, *, severity: str = "", status: str = "", control: str = "", project: str = ""
) -> pd.DataFrame:
    """Return the rows of a severity, open or closed, of one kind of control, of one project; blank keeps all."""
    wanted = {"severity": severity, "control": control, "project_id": project}
    told = {name: value for name, value in wanted.items() if value}
    fits = [
        all(row[name] == value for name, value in told.items()) and (not status or row["open"] == (status == "open"))
        for row in records(found)
    ]
    return found[fits] if len(found) else found


@dataclass(frozen=True)
class Irregularities:
    """The irregularities among findings: how many, how many open, and the EU contribution in error where known."""

    count: int
    open: int
    error_eu_eur: Decimal | None
    measured: int


def irregularities(found: pd.DataFrame) -> Irregularities:
    """Count irregularities; the error of a check that found several counts once, None where no check measured one."""
    listed = [row for row in records(found) if row["irregularity"]]
    measured = [row for row in listed if row["error_eu_eur"] is not None]
    errors = {row["check_id"]: row["error_eu_eur"] for row in measured}
    total = sum(errors.values(), Decimal(0)) if errors else None
    return Irregularities(len(listed), sum(row["open"] for row in listed), total, len(measured))


def by_territory(found: pd.DataFrame) -> pd.DataFrame:
    """Return one row per territory with findings, most of them first: id, label, value (findings), open, serious,
    irregularities, cut_eur, basis.
    """
    of_place: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in records(found):
        of_place[row["territory"], row["place"]].append(row)
    counted = [{"id": id, "label": label, **_counts(listed)} for (id, label), listed in of_place.items()]
    counted.sort(key=lambda row: (-row["value"], -row["open"], row["label"]))
    columns = ("id", "label", "value", "open", "serious", "irregularities", "cut_eur", "basis")
    return pd.DataFrame(counted, columns=list(columns), dtype=object)


def _counts(listed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    severity = Counter(row["severity"] for row in listed)
    return {
        "value": len(listed),
        "open": sum(row["open"] for row in listed),
        "serious": severity["serious"],
        "irregularities": sum(row["irregularity"] for row in listed),
        "cut_eur": _total(row["cut_eur"] for row in listed),
        "basis": listed[0]["basis"],
    }


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


# ---------------------------------------------------------------- what sources say


def statements(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what sources said of controls, newest first: quote, quote_lang, meaning, on, source, url."""
    return rows(
        asked,
        f"""
        SELECT x.quote, x.quote_lang, x.meaning_{lang} AS meaning, x.on_date AS "on", s.title AS source,
            coalesce(s.url, '') AS url
        FROM statement AS x
        JOIN source AS s USING (source_id)
        WHERE x.subject = 'control' AND x.known_from <= $as_of
        ORDER BY x.on_date DESC, x.statement_id
        """,
    )
