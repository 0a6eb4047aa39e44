"""One project: who it is, its lines, money, sheets, changes, controls, bodies, results, and what documents it.

Every question names a project and is for what was known of it by the day asked; a date that had not come yet is None.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pandas as pd

from impact_analytics.formats import period
from impact_analytics.frames import records
from impact_analytics.queries.asked import Asked, Value, answer, names, narrowed_sql, of_project, rows, values

PUBLISHED = ("funding", "term_in_force", "moved_months", "residual_delay", "bodies_named", "results_published")
MONITORED = (
    "funding_in_force",
    "incurred",
    "eligible",
    "paid",
    "uncovered_advance",
    "term_in_force",
    "moved_months",
    "residual_delay",
    "time_progress",
    "physical_progress",
    "expenditure_clock",
    "gap",
)
LINES = ("budget", "commitments", "incurred", "budget_progress", "physical_progress", "time_progress")
ESTIMATES = {"funding": "funding_estimated"}
# Tables with rows of a project, in the order of a project's life, and since when a row of each can be known.
OWN = {
    "project": "known_from",
    "act": "known_from",
    "funding": "known_from",
    "budget": "known_from",
    "deadline": "coalesce(known_from, decided_not_after)",
    "partner": "known_from",
    "network_count": "known_from",
    "indicator_target": "known_from",
    "change_request": "known_from",
    "sheet": "received_on",
    "payment_request": "submitted_on",
    "payment": "known_from",
    "recovery": "known_from",
    "on_the_spot_check": "done_on",
    "finding": "found_on",
    "result": "known_from",
    "territory_item": "known_from",
}


# ---------------------------------------------------------------- which, who


def listed(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the projects known by then that the filters leave in, by territory: project_id, territory_name, title,
    prog_code, cup, lead, state.
    """
    return rows(
        asked,
        f"""
        SELECT p.project_id, t.name_{lang} AS territory_name, p.title, p.prog_code, p.cup, p.lead, m.state
        FROM mart_project_state AS m
        JOIN project AS p USING (project_id)
        JOIN territory AS t ON t.territory = m.territory
        WHERE m.as_of = $as_of AND {narrowed_sql(asked, "m")}
        ORDER BY territory_name, p.project_id
        """,
    )


def identity(asked: Asked, project: str, lang: str) -> Mapping[Any, Any] | None:
    """Return what a project is: its names, codes, place, dates with their precision, state, note and source; None
    where it is not known yet.
    """
    found = rows(
        asked,
        f"""
        SELECT p.project_id, p.territory, t.name_{lang} AS territory_name, a.name_{lang} AS macro_area_name,
            c.title_{lang} AS call_title, p.title, p.prog_code, p.cup, p.lead, p.ranking, p.planned_months,
            CASE WHEN p.started_on <= $as_of THEN p.started_on END AS started_on,
            coalesce(p.started_precision, 'day') AS started_precision,
            CASE WHEN p.ended_on <= $as_of THEN p.ended_on END AS ended_on,
            coalesce(p.ended_precision, 'day') AS ended_precision,
            CASE WHEN p.withdrawn_on <= $as_of THEN p.withdrawn_on END AS withdrawn_on,
            coalesce(p.withdrawn_precision, 'day') AS withdrawn_precision,
            m.state, coalesce(p.url, '') AS url, coalesce(p.note_{lang}, '') AS note, p.known_from,
            s.title AS source, coalesce(s.url, '') AS source_url, p.basis
        FROM mart_project_state AS m
        JOIN project AS p USING (project_id)
        JOIN territory AS t ON t.territory = p.territory
        JOIN macro_area AS a ON a.macro_area = t.macro_area
        JOIN programme_call AS c ON c.call_id = p.call_id
        JOIN source AS s ON s.source_id = p.source_id
        WHERE m.as_of = $as_of AND m.project_id = $project
        """,
        project=project,
    )
    return next(iter(records(found)), None)


def figures(asked: Asked, wanted: tuple[str, ...]) -> dict[str, Value]:
    """Return metrics as of the day asked, an estimate in place of what no source states."""
    found = values(asked, (*wanted, *(ESTIMATES[name] for name in wanted if name in ESTIMATES)))
    stands_in = {
        name: replace(found[ESTIMATES[name]], metric=name, answers=ESTIMATES[name])
        for name in wanted
        if name in ESTIMATES and found[name].value is None and found[ESTIMATES[name]].value is not None
    }
    return {name: stands_in.get(name, found[name]) for name in wanted}


# ---------------------------------------------------------------- lines and money


def by_line(asked: Asked, project: str, lang: str) -> pd.DataFrame:
    """Return a project's metrics by action line, those it has figures on: action_line, line, and each of `LINES`."""
    frame, _ = answer(of_project(asked, project), LINES, ("action_line",))
    found = {row["action_line"]: row for row in records(frame) if row["as_of"] == asked.as_of}
    told = [
        {"action_line": id, "line": name} | {metric: found[id][metric] for metric in LINES}
        for id, name in names(asked.snapshot, "action_line", lang).items()
        if id in found
    ]
    return pd.DataFrame(told, columns=["action_line", "line", *LINES], dtype=object)


def funding(asked: Asked, project: str, lang: str) -> pd.DataFrame:
    """Return the versions of a project's funding (EUR), oldest first: version, known_from, amount_eur, before_eur (the
    version before), eu_eur, state_eur, own_eur, act, url, note, source, basis.
    """
    return rows(
        asked,
        f"""
        SELECT f.version, f.known_from, f.amount_eur, lag(f.amount_eur) OVER (ORDER BY f.version) AS before_eur,
            f.eu_eur, f.state_eur, f.own_eur, coalesce(a.short_{lang}, '') AS act,
            coalesce(a.url, s.url, '') AS url, coalesce(f.note_{lang}, '') AS note, s.title AS source, f.basis
        FROM funding AS f
        JOIN source AS s USING (source_id)
        LEFT JOIN act AS a ON a.act_id = f.act_id
        WHERE f.project_id = $project AND f.known_from <= $as_of
        ORDER BY f.version
        """,
        project=project,
    )


def requests(asked: Asked, project: str) -> pd.DataFrame:
    """Return a project's payment requests, newest first: request_id, number, submitted_on, declared_eur, verified_eur,
    eligible_eur, cut_eur, paid_eur (for it; None: nothing), decided_on, holder, since_on, open, age_days, and the days
    with authority, beneficiary and auditor and suspended.
    """
    return rows(
        asked,
        """
        WITH paid AS (
            SELECT request_id, sum(amount_eur) AS paid_eur FROM payment
            WHERE request_id IS NOT NULL AND known_from <= $as_of GROUP BY request_id
        )
        SELECT r.request_id, r.number, r.submitted_on, r.declared_eur,
            CASE WHEN r.verified_on <= $as_of THEN r.verified_eur END AS verified_eur,
            CASE WHEN r.decided_on <= $as_of THEN r.eligible_eur END AS eligible_eur,
            CASE WHEN r.decided_on <= $as_of THEN r.declared_eur - r.eligible_eur END AS cut_eur,
            p.paid_eur, CASE WHEN r.decided_on <= $as_of THEN r.decided_on END AS decided_on,
            m.holder, m.since_on, CASE WHEN r.decided_on <= $as_of THEN 0 ELSE 1 END AS open,
            date_diff('day', r.submitted_on, $as_of) AS age_days,
            m.authority_days, m.beneficiary_days, m.auditor_days, m.suspended_days, r.basis
        FROM payment_request AS r
        LEFT JOIN mart_request_state AS m ON m.as_of = $as_of AND m.request_id = r.request_id
        LEFT JOIN paid AS p ON p.request_id = r.request_id
        WHERE r.project_id = $project AND r.submitted_on <= $as_of
        ORDER BY r.number DESC
        """,
        project=project,
    )


def cash(asked: Asked, project: str, lang: str) -> pd.DataFrame:
    """Return what was paid to a project and what it has to pay back or did (EUR), newest first: on_date (None: the day
    is not known), known_from, kind (advance, interim, balance, recovery_ordered, recovered), amount_eur, request_id,
    number (of the request), act, note, url, source, basis.
    """
    return rows(
        asked,
        f"""
        WITH flow AS (
            SELECT c.paid_on AS on_date, c.known_from, c.kind, c.amount_eur, c.request_id, NULL AS act_id,
                c.note_{lang} AS note, c.source_id, c.basis
            FROM payment AS c WHERE c.project_id = $project AND c.known_from <= $as_of
            UNION ALL
            SELECT r.ordered_on, r.known_from, 'recovery_ordered', r.ordered_eur, NULL, r.act_id, r.reason_{lang},
                r.source_id, r.basis
            FROM recovery AS r WHERE r.project_id = $project AND r.known_from <= $as_of
            UNION ALL
            SELECT r.received_on, greatest(r.received_on, r.known_from), 'recovered', r.received_eur, NULL, r.act_id,
                r.reason_{lang}, r.source_id, r.basis
            FROM recovery AS r
            WHERE r.project_id = $project AND r.known_from <= $as_of AND r.received_on <= $as_of
        )
        SELECT f.on_date, f.known_from, f.kind, f.amount_eur, f.request_id, q.number,
            coalesce(a.short_{lang}, '') AS act, coalesce(f.note, '') AS note, coalesce(a.url, s.url, '') AS url,
            s.title AS source, f.basis
        FROM flow AS f
        JOIN source AS s USING (source_id)
        LEFT JOIN act AS a ON a.act_id = f.act_id
        LEFT JOIN payment_request AS q ON q.request_id = f.request_id
        ORDER BY coalesce(f.on_date, f.known_from) DESC, f.kind, f.amount_eur DESC
        """,
        project=project,
    )


# ---------------------------------------------------------------- sheets, changes, controls


def sheets(asked: Asked, project: str, lang: str) -> pd.DataFrame:
    """Return the periods whose sheet is due or in, newest first: period_id, period (in words), due_on, grade,
    received_on, version, late_days, basis.
    """
    found = rows(
        asked,
        """
        SELECT g.period_id, g.due_on, g.grade, g.received_on, g.version, g.late_days, g.basis
        FROM mart_sheet_grade AS g
        WHERE g.as_of = $as_of AND g.project_id = $project
        ORDER BY g.ends_on DESC
        """,
        project=project,
    )
    return found.assign(period=[period(id, lang) for id in found["period_id"]])


def changes(asked: Asked, project: str, lang: str) -> pd.DataFrame:
    """Return a project's requests for change, newest first: change_id, kind, title, requested_on, decided_on, outcome
    (waiting, approved, refused, withdrawn), effective_on, waiting_days, act, url, basis.
    """
    return rows(
        asked,
        f"""
        SELECT m.change_id, m.kind, c.title_{lang} AS title, m.requested_on, m.decided_on, m.outcome,
            CASE WHEN c.decided_on <= $as_of AND c.effective_on <= $as_of THEN c.effective_on END AS effective_on,
            m.waiting_days, CASE WHEN a.known_from <= $as_of THEN a.short_{lang} ELSE '' END AS act,
            CASE WHEN a.known_from <= $as_of THEN coalesce(a.url, '') ELSE '' END AS url, m.basis
        FROM mart_change_state AS m
        JOIN change_request AS c USING (change_id)
        LEFT JOIN act AS a ON a.act_id = c.act_id
        WHERE m.as_of = $as_of AND m.project_id = $project
        ORDER BY m.requested_on DESC, m.change_id
        """,
        project=project,
    )


def controls(asked: Asked, project: str, lang: str) -> pd.DataFrame:
    """Return the controls of a project, newest first: control_id, kind (desk, administrative, financial, operational),
    done_on, period_id and period (in words), request_id, number, financial_year, outcome (in_order, integration,
    problem; None: not stated), controlled_eu_eur, error_eu_eur, findings (found by then), basis.
    """
    found = rows(asked, CONTROLS, project=project)
    periods = [period(id, lang) if id else "" for id in found["period_id"]]
    return found.assign(period=pd.Series(periods, index=found.index, dtype=object))


CONTROLS = """
    WITH control AS (
        SELECT d.review_id AS control_id, 'desk' AS kind, d.reviewed_on AS done_on, s.period_id, NULL AS request_id,
            NULL AS number, NULL AS financial_year, d.outcome, NULL AS controlled_eu_eur, NULL AS error_eu_eur, d.basis
        FROM desk_review AS d JOIN sheet AS s USING (sheet_id)
        WHERE s.project_id = $project AND d.reviewed_on <= $as_of
        UNION ALL
        SELECT v.verification_id, 'administrative', v.verified_on, NULL, r.request_id, r.number, NULL,
            CASE WHEN v.formal AND v.progress AND v.analytical THEN 'in_order' ELSE 'problem' END, NULL, NULL, v.basis
        FROM verification AS v JOIN payment_request AS r USING (request_id)
        WHERE r.project_id = $project AND v.verified_on <= $as_of
        UNION ALL
        SELECT c.check_id, c.kind, c.done_on, NULL, NULL, NULL, c.financial_year, NULL, c.controlled_eu_eur,
            c.error_eu_eur, c.basis
        FROM on_the_spot_check AS c WHERE c.project_id = $project AND c.done_on <= $as_of
    ),
    found AS (
        SELECT coalesce(review_id, verification_id, check_id) AS control_id, count(*) AS findings
        FROM finding WHERE project_id = $project AND found_on <= $as_of GROUP BY ALL
    )
    SELECT c.control_id, c.kind, c.done_on, c.period_id, c.request_id, c.number, c.financial_year, c.outcome,
        c.controlled_eu_eur, c.error_eu_eur, coalesce(f.findings, 0) AS findings, c.basis
    FROM control AS c LEFT JOIN found AS f USING (control_id)
    ORDER BY c.done_on DESC, c.kind, c.control_id
"""


def findings(asked: Asked, project: str) -> pd.DataFrame:
    """Return the findings of a project, open ones and the newest first: finding_id, found_on, kind (of the control),
    severity, irregularity, sentence, reaction, reaction_on, cut_eur, recovery_id, closed_on, basis.
    """
    return rows(
        asked,
        """
        SELECT f.finding_id, f.found_on,
            CASE
                WHEN f.review_id IS NOT NULL THEN 'desk'
                WHEN f.verification_id IS NOT NULL THEN 'administrative'
                ELSE coalesce(c.kind, '')
            END AS kind,
            f.severity, f.irregularity, f.sentence,
            CASE WHEN f.reaction_on <= $as_of THEN coalesce(f.reaction, '') ELSE '' END AS reaction,
            CASE WHEN f.reaction_on <= $as_of THEN f.reaction_on END AS reaction_on,
            f.cut_eur, CASE WHEN r.known_from <= $as_of THEN f.recovery_id END AS recovery_id,
            CASE WHEN f.closed_on <= $as_of THEN f.closed_on END AS closed_on, f.basis
        FROM finding AS f
        LEFT JOIN on_the_spot_check AS c USING (check_id)
        LEFT JOIN recovery AS r ON r.recovery_id = f.recovery_id
        WHERE f.project_id = $project AND f.found_on <= $as_of
        ORDER BY coalesce(f.closed_on <= $as_of, FALSE), f.found_on DESC, f.finding_id
        """,
        project=project,
    )


# ---------------------------------------------------------------- bodies and results


def partners(asked: Asked, project: str, lang: str) -> pd.DataFrame:
    """Return the bodies of a project that a source names, by kind, role and name: partner_id, name, kind, role, place,
    line, counts_in_total, source, url, basis.
    """
    return rows(
        asked,
        f"""
        SELECT b.partner_id, b.name, coalesce(k.name_{lang}, b.kind) AS kind, coalesce(r.name_{lang}, b.role) AS role,
            coalesce(b.municipality || coalesce(' (' || b.province || ')', ''), b.province, '') AS place,
            coalesce(l.name_{lang}, '') AS line, b.counts_in_total, s.title AS source, coalesce(s.url, '') AS url,
            b.basis
        FROM partner AS b
        JOIN source AS s USING (source_id)
        LEFT JOIN code AS k ON k.list = 'kind' AND k.code = b.kind
        LEFT JOIN code AS r ON r.list = 'role' AND r.code = b.role
        LEFT JOIN action_line AS l ON l.action_line = b.action_line
        WHERE b.project_id = $project AND b.known_from <= $as_of
        ORDER BY k.position, b.kind, r.position, b.name, b.partner_id
        """,
        project=project,
    )


def results(asked: Asked, project: str, lang: str) -> pd.DataFrame:
    """Return the results of a project as published, by line, what was reached before what was aimed at: line, name,
    kind (achieved, target), qualifier, value, unit, on_date and on_precision, source, url, basis. They never add.
    """
    return rows(
        asked,
        f"""
        SELECT coalesce(l.name_{lang}, '') AS line, r.name_{lang} AS name, r.kind, r.qualifier, r.value, r.unit,
            r.on_date, coalesce(r.on_precision, 'day') AS on_precision, s.title AS source, coalesce(s.url, '') AS url,
            r.basis
        FROM result AS r
        JOIN source AS s USING (source_id)
        LEFT JOIN action_line AS l ON l.action_line = r.action_line
        WHERE r.project_id = $project AND r.known_from <= $as_of
        ORDER BY l.position NULLS LAST, r.kind, r.value DESC, r.result_id
        """,
        project=project,
    )


# ---------------------------------------------------------------- documents, files and lines


def documents(asked: Asked, project: str, lang: str) -> pd.DataFrame:
    """Return the acts that decide on a project and the items of its documents, newest first: what (act, item), title,
    number, on_date and on_precision, registered_on, effective_on, url, source, source_url.
    """
    return rows(
        asked,
        f"""
        WITH named AS (
            SELECT act_id FROM act WHERE project_id = $project
            UNION
            SELECT act_id FROM funding WHERE project_id = $project AND known_from <= $as_of
            UNION
            SELECT d.act_id FROM deadline AS d JOIN fact_place AS p
                ON p.project_id = $project AND p.call_id = d.call_id
                AND (d.project_id IS NULL OR d.project_id = p.project_id)
                AND (p.withdrawn_on IS NULL OR coalesce(d.known_from, d.decided_not_after) <= p.withdrawn_on)
            WHERE coalesce(d.known_from, d.decided_not_after) <= $as_of
            UNION
            SELECT act_id FROM change_request WHERE project_id = $project AND decided_on <= $as_of
            UNION
            SELECT act_id FROM recovery WHERE project_id = $project AND known_from <= $as_of
        ),
        document AS (
            SELECT 'act' AS what, a.title_{lang} AS title, coalesce(a.number, '') AS number, a.adopted_on AS on_date,
                'day' AS on_precision, a.registered_on, a.effective_on, a.url, a.source_id
            FROM act AS a JOIN named AS n USING (act_id) WHERE a.known_from <= $as_of
            UNION ALL
            SELECT 'item', i.title_{lang}, '', i.on_date, coalesce(i.on_precision, 'day'), NULL, NULL, i.url,
                i.source_id
            FROM territory_item AS i
            WHERE i.project_id = $project AND i.kind = 'document' AND i.known_from <= $as_of
        )
        SELECT d.what, d.title, d.number, d.on_date, d.on_precision, d.registered_on, d.effective_on,
            coalesce(d.url, '') AS url, s.title AS source, coalesce(s.url, '') AS source_url
        FROM document AS d JOIN source AS s USING (source_id)
        ORDER BY d.on_date DESC NULLS LAST, d.title
        """,
        project=project,
    )


def origins(asked: Asked, project: str) -> pd.DataFrame:
    """Return where the project's rows stand, by table: table, count, file, lines (2, 5–9), source, url, basis."""
    found = records(rows(asked, _origins(), project=project))
    order = {name: place for place, name in enumerate(OWN)}
    together: dict[tuple[Any, ...], list[int]] = {}
    for row in sorted(found, key=lambda row: (order[row["table"]], row["source"], row["file"], row["line"])):
        key = tuple(row[name] for name in ("table", "file", "source", "url", "basis"))
        together.setdefault(key, []).append(row["line"])
    told = [
        (table, len(lines), file, spans(lines), source, url, basis)
        for (table, file, source, url, basis), lines in together.items()
    ]
    return pd.DataFrame(told, columns=["table", "count", "file", "lines", "source", "url", "basis"], dtype=object)


@lru_cache(maxsize=1)
def _origins() -> str:
    parts = [
        f"""SELECT '{table}' AS "table", file, line, source_id, basis FROM "{table}"
        WHERE project_id = $project AND {known} <= $as_of"""
        for table, known in OWN.items()
    ]
    every = "\nUNION ALL\n".join(parts)
    return f"""
        SELECT o."table", o.file, o.line, s.title AS source, coalesce(s.url, '') AS url, o.basis
        FROM ({every}) AS o JOIN source AS s USING (source_id)
    """


def spans(lines: Iterable[int]) -> str:
    """Return numbers in words, those that follow each other as a span: 2, 5–9."""
    ordered = sorted(set(lines))
    breaks = [place for place, (one, after) in enumerate(pairwise(ordered), 1) if after != one + 1]
    parts = [ordered[start:end] for start, end in pairwise([0, *breaks, len(ordered)]) if end > start]
    return ", ".join(f"{part[0]}–{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)
