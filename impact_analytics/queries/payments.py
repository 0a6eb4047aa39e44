"""Payment requests and cash: the two ladders, who has a request and for how long, advance not covered, recoveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd

from impact_analytics.frames import records
from impact_analytics.programme import Programme
from impact_analytics.queries.asked import Asked, Value, narrowed_sql, rows, values
from impact_analytics.store import Snapshot, cursor

EXPENDITURE = ("funding_in_force", "commitments", "incurred", "declared", "verified", "eligible", "in_accounts")
CASH = ("paid_advance", "paid_interim", "paid_balance", "paid", "recovered", "eligible", "uncovered_advance")
SHARES = ("eu_eur", "state_eur", "own_eur")
HANDS = ("authority", "beneficiary", "auditor", "suspended")
CLASSES = (30, 60, 90)  # days, where the programme has no threshold for requests
WORST = 10

# Payments have no own share, and what is in the accounts is the EU share itself.
_SHARES_OF = {
    **dict.fromkeys(("paid_advance", "paid_interim", "paid_balance", "paid"), ("eu_eur", "state_eur")),
    "in_accounts": (),
}


@dataclass(frozen=True)
class Rung:
    """One step of a ladder: its figure, and the shares (EUR) it can have; None where one is not known of every row."""

    value: Value
    shares: Mapping[str, Decimal | None]


@lru_cache(maxsize=64)
def requested(snapshot: Snapshot) -> bool:
    """Say whether the programme has payment requests at all."""
    row = cursor(snapshot).execute("SELECT count(*) > 0 FROM payment_request").fetchone()
    return bool(row and row[0])


# ---------------------------------------------------------------- the two ladders


def ladder(asked: Asked, names: Sequence[str]) -> list[Rung]:
    """Return the rungs of a ladder from above, with the shares as their rows state them: never derived."""
    known = {row["metric"]: row for row in records(_shares(asked))}
    return [
        Rung(value, {share: known.get(name, {}).get(share) for share in _SHARES_OF.get(name, SHARES)})
        for name, value in values(asked, names).items()
    ]


def _shares(asked: Asked) -> pd.DataFrame:
    """Return the sum of each share by metric, None where a row behind it does not state it."""
    return rows(
        asked,
        f"""
        WITH part AS (
            SELECT 'funding_in_force' AS metric, f.eu_eur, f.state_eur, f.own_eur, f.project_id
            FROM ({_FUNDING}) AS f
            UNION ALL
            SELECT 'eligible', r.eligible_eu_eur, r.eligible_state_eur, r.eligible_own_eur, r.project_id
            FROM payment_request AS r WHERE r.decided_on <= $as_of
            UNION ALL
            SELECT unnest(['paid', 'paid_' || y.kind]), y.eu_eur, y.state_eur, NULL, y.project_id
            FROM payment AS y WHERE y.known_from <= $as_of
        )
        SELECT x.metric,
            CASE WHEN count(x.eu_eur) = count(*) THEN sum(x.eu_eur) END AS eu_eur,
            CASE WHEN count(x.state_eur) = count(*) THEN sum(x.state_eur) END AS state_eur,
            CASE WHEN count(x.own_eur) = count(*) THEN sum(x.own_eur) END AS own_eur
        FROM part AS x JOIN fact_place AS p USING (project_id)
        WHERE {narrowed_sql(asked, "p")}
        GROUP BY x.metric
        """,
    )


# The version in force of every project that has not withdrawn.
_FUNDING = """
    SELECT f.* FROM funding AS f JOIN fact_place AS q USING (project_id)
    WHERE f.known_from <= $as_of AND (q.withdrawn_on IS NULL OR q.withdrawn_on > $as_of)
    QUALIFY row_number() OVER (PARTITION BY f.project_id ORDER BY f.version DESC) = 1
"""


def funding_known(asked: Asked) -> tuple[int, int]:
    """Return of how many active projects the funding is known, and how many they are."""
    row = rows(
        asked,
        f"""
        SELECT count(f.project_id) AS known, count(*) AS active
        FROM fact_place AS p LEFT JOIN ({_FUNDING}) AS f USING (project_id)
        WHERE p.known_from <= $as_of AND (p.withdrawn_on IS NULL OR p.withdrawn_on > $as_of)
        AND {narrowed_sql(asked, "p")}
        """,
    ).iloc[0]
    return int(row["known"]), int(row["active"])


def balances(asked: Asked, lang: str) -> pd.DataFrame:
    """Return what each project was paid: paid_eur, recovered_eur, eligible_eur, uncovered_eur, largest uncovered first.

    uncovered_eur = max(0, paid − recovered − eligible); an amount is None where nothing is known of it. `requests` and
    `open` count the project's requests.
    """
    return rows(
        asked,
        f"""
        WITH flow AS (
            SELECT project_id, stage, amount_eur FROM fact_cash
            WHERE known_from <= $as_of AND stage IN ('paid', 'recovered')
            UNION ALL
            SELECT project_id, stage, amount_eur FROM fact_request WHERE known_from <= $as_of AND stage = 'eligible'
        ),
        balance AS (
            SELECT project_id, sum(amount_eur) FILTER (WHERE stage = 'paid') AS paid_eur,
                sum(amount_eur) FILTER (WHERE stage = 'recovered') AS recovered_eur,
                sum(amount_eur) FILTER (WHERE stage = 'eligible') AS eligible_eur
            FROM flow GROUP BY project_id
        ),
        request AS (
            SELECT project_id, count(*) AS requests,
                count(*) FILTER (WHERE decided_on IS NULL OR decided_on > $as_of) AS open
            FROM payment_request WHERE submitted_on <= $as_of GROUP BY project_id
        )
        SELECT b.project_id, p.territory, t.name_{lang} AS label, coalesce(j.prog_code, b.project_id) AS project,
            b.paid_eur, b.recovered_eur, b.eligible_eur,
            greatest(0, b.paid_eur - coalesce(b.recovered_eur, 0) - coalesce(b.eligible_eur, 0)) AS uncovered_eur,
            coalesce(r.requests, 0) AS requests, coalesce(r.open, 0) AS open
        FROM balance AS b
        JOIN fact_place AS p USING (project_id)
        JOIN project AS j USING (project_id)
        JOIN territory AS t ON t.territory = p.territory
        LEFT JOIN request AS r USING (project_id)
        WHERE b.paid_eur IS NOT NULL AND {narrowed_sql(asked, "p")}
        ORDER BY uncovered_eur DESC, label, b.project_id
        """,
    )


# ---------------------------------------------------------------- requests and their days

# One row per payment request submitted by the day. Days are counted until the decision, or so far; `since_on` is the
# day since when its holder has had it, over several steps if need be. Without steps nobody knows who has it.
_REQUESTS = """
    WITH known AS (
        SELECT r.*, CASE WHEN r.decided_on <= $as_of THEN r.decided_on END AS decision_on
        FROM payment_request AS r WHERE r.submitted_on <= $as_of
    ),
    step AS (
        SELECT s.request_id, s.position, s.step, s.holder, s.on_date,
            coalesce(lead(s.on_date) OVER before, CAST($as_of AS DATE)) AS until_on,
            s.holder IS DISTINCT FROM lag(s.holder) OVER before AS taken
        FROM request_step AS s WHERE s.on_date <= $as_of
        WINDOW before AS (PARTITION BY s.request_id ORDER BY s.position)
    ),
    spent AS (
        SELECT s.*, greatest(0, date_diff('day', s.on_date,
            least(s.until_on, coalesce(k.decision_on, CAST($as_of AS DATE))))) AS days
        FROM step AS s JOIN known AS k USING (request_id)
    ),
    hand AS (
        SELECT request_id, arg_max(step, position) AS step, arg_max(holder, position) AS holder,
            arg_max(on_date, position) FILTER (WHERE taken) AS since_on,
            coalesce(sum(days) FILTER (WHERE holder = 'authority'), 0) AS authority_days,
            coalesce(sum(days) FILTER (WHERE holder = 'beneficiary'), 0) AS beneficiary_days,
            coalesce(sum(days) FILTER (WHERE holder = 'auditor'), 0) AS auditor_days,
            coalesce(sum(days) FILTER (WHERE holder = 'suspended'), 0) AS suspended_days
        FROM spent GROUP BY request_id
    ),
    accounts AS (
        SELECT request_id, sum(eu_eur) AS accounts_eur
        FROM accounts_entry WHERE known_from <= $as_of GROUP BY request_id
    ),
    request AS (
        SELECT k.request_id, k.project_id, p.territory, p.macro_area, k.number, k.submitted_on, k.declared_eur,
            CASE WHEN k.verified_on <= $as_of THEN k.verified_on END AS verified_on,
            CASE WHEN k.verified_on <= $as_of THEN k.verified_eur END AS verified_eur,
            k.decision_on AS decided_on,
            CASE WHEN k.decision_on IS NOT NULL THEN k.eligible_eur END AS eligible_eur,
            CASE WHEN k.decision_on IS NOT NULL THEN k.eligible_eu_eur END AS eligible_eu_eur,
            CASE WHEN k.decision_on IS NOT NULL THEN k.eligible_state_eur END AS eligible_state_eur,
            CASE WHEN k.decision_on IS NOT NULL THEN k.eligible_own_eur END AS eligible_own_eur,
            CASE WHEN k.decision_on IS NOT NULL THEN k.declared_eur - k.eligible_eur END AS cut_eur,
            a.accounts_eur, k.decision_on IS NULL AS open, h.step, h.holder, h.since_on,
            date_diff('day', h.since_on, CAST($as_of AS DATE)) AS hand_days,
            h.authority_days, h.beneficiary_days, h.auditor_days, h.suspended_days,
            date_diff('day', k.submitted_on, coalesce(k.decision_on, CAST($as_of AS DATE))) AS total_days,
            k.basis, k.file, k.line, k.source_id
        FROM known AS k
        JOIN fact_place AS p USING (project_id)
        LEFT JOIN hand AS h USING (request_id)
        LEFT JOIN accounts AS a USING (request_id)
    )
"""


def requests(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the requests submitted by then, those open first and the longest of them: amounts (EUR), holder, days.

    `authority_days`, `beneficiary_days`, `auditor_days`, `suspended_days` and `total_days` run until the decision, or
    so far; `hand_days` since `since_on`, with the holder of the day. None where no step is recorded.
    """
    return rows(
        asked,
        f"""
        {_REQUESTS}
        SELECT x.*, t.name_{lang} AS label, coalesce(j.prog_code, x.project_id) AS project,
            s.title AS source, coalesce(s.url, '') AS url
        FROM request AS x
        JOIN territory AS t USING (territory)
        JOIN project AS j USING (project_id)
        JOIN source AS s ON s.source_id = x.source_id
        WHERE {narrowed_sql(asked, "x")}
        ORDER BY x.open DESC, CASE WHEN x.open THEN x.total_days END DESC, x.submitted_on DESC, x.declared_eur DESC,
            x.request_id
        """,
    )


def worst(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the open requests submitted longest ago, at most ten."""
    every = requests(asked, lang)
    return every[every["open"].astype(bool)].head(WORST)


def waiting(asked: Asked) -> pd.DataFrame:
    """Return median and 90th percentile of days by hand, of requests decided and of those open so far.

    Columns: open, hand (authority, beneficiary, auditor, suspended, net: all of them less the suspended), requests,
    passed (that were ever there), median, most. Every request counts, with 0 days in a hand it never was in. `median`
    and `most` are the least number of days that at least 50 and 90 % of the requests do not exceed: whole days that
    occurred, nothing in between.
    """
    return rows(
        asked,
        f"""
        {_REQUESTS},
        told AS (
            SELECT open, authority_days AS authority, beneficiary_days AS beneficiary, auditor_days AS auditor,
                suspended_days AS suspended, total_days - suspended_days AS net
            FROM request AS x WHERE {narrowed_sql(asked, "x")}
        )
        SELECT open, hand, count(*) AS requests, count(*) FILTER (WHERE days > 0) AS passed,
            quantile_disc(days, 0.5) AS median, quantile_disc(days, 0.9) AS most
        FROM told UNPIVOT (days FOR hand IN (authority, beneficiary, auditor, suspended, net))
        GROUP BY open, hand
        ORDER BY open, list_position(['authority', 'beneficiary', 'auditor', 'suspended', 'net'], hand)
        """,
    )


def over_threshold(asked: Asked, days: int) -> dict[bool, tuple[int, int]]:
    """Return of open and of decided requests how many took more than some days without suspensions, of how many."""
    found = rows(
        asked,
        f"""
        {_REQUESTS}
        SELECT open, count(*) FILTER (WHERE total_days - suspended_days > $limit) AS over, count(*) AS requests
        FROM request AS x WHERE suspended_days IS NOT NULL AND {narrowed_sql(asked, "x")} GROUP BY open
        """,
        limit=days,
    )
    return {bool(row["open"]): (int(row["over"]), int(row["requests"])) for row in records(found)}


def bounds(programme: Programme) -> tuple[int, int, int]:
    """Return the last days of the first three classes of age: a half, one and one and a half of its threshold."""
    limit = int(programme.thresholds.get("request_days", 0))
    return (limit // 2, limit, limit * 3 // 2) if limit > 1 else CLASSES


def ageing(asked: Asked) -> pd.DataFrame:
    """Return the open requests by class of days since submission: class (0 to 3), requests, declared_eur, suspended."""
    first, second, third = bounds(asked.snapshot.programme)
    return rows(
        asked,
        f"""
        {_REQUESTS},
        aged AS (
            SELECT CASE WHEN total_days <= $first THEN 0 WHEN total_days <= $second THEN 1
                WHEN total_days <= $third THEN 2 ELSE 3 END AS class, declared_eur, holder
            FROM request AS x WHERE open AND {narrowed_sql(asked, "x")}
        )
        SELECT c.class, count(a.class) AS requests, coalesce(sum(a.declared_eur), 0) AS declared_eur,
            count(*) FILTER (WHERE a.holder = 'suspended') AS suspended
        FROM (SELECT unnest([0, 1, 2, 3]) AS class) AS c LEFT JOIN aged AS a USING (class)
        GROUP BY c.class ORDER BY c.class
        """,
        first=first,
        second=second,
        third=third,
    )


# ---------------------------------------------------------------- one request


def one(asked: Asked, request: str, lang: str) -> dict[str, Any]:
    """Return a request by its id whatever the selection; empty where it is not submitted by the day."""
    whole = Asked(asked.snapshot, asked.as_of)
    return next((row for row in records(requests(whole, lang)) if row["request_id"] == request), {})


def project_of(snapshot: Snapshot, request: str) -> str:
    """Return the project of a request."""
    found = (
        cursor(snapshot).execute("SELECT project_id FROM payment_request WHERE request_id = ?", [request]).fetchone()
    )
    return str(found[0]) if found else ""


def steps(asked: Asked, request: str) -> pd.DataFrame:
    """Return the steps of a request known by the day: on_date, step, holder, days until the next step or so far, last.

    Days of the last step are None where nobody has the request any more.
    """
    return rows(
        asked,
        """
        SELECT s.on_date, s.step, s.holder, s.position = max(s.position) OVER () AS last,
            CASE WHEN s.holder <> 'nobody' THEN date_diff('day', s.on_date,
                coalesce(lead(s.on_date) OVER (ORDER BY s.position), CAST($as_of AS DATE))) END AS days
        FROM request_step AS s
        WHERE s.request_id = $request AND s.on_date <= $as_of
        ORDER BY s.position
        """,
        request=request,
    )


def in_accounts(asked: Asked, request: str) -> pd.DataFrame:
    """Return what of a request is in the accounts: financial_year, eu_eur, final, known_from, source, url."""
    return rows(
        asked,
        """
        SELECT a.financial_year, a.eu_eur, a.final, a.known_from, s.title AS source, coalesce(s.url, '') AS url
        FROM accounts_entry AS a JOIN source AS s USING (source_id)
        WHERE a.request_id = $request AND a.known_from <= $as_of ORDER BY a.financial_year
        """,
        request=request,
    )


def verifications(asked: Asked, request: str) -> pd.DataFrame:
    """Return the administrative verifications of a request: verified_on, formal, progress, analytical, source, url."""
    return rows(
        asked,
        """
        SELECT v.verified_on, v.formal, v.progress, v.analytical, s.title AS source, coalesce(s.url, '') AS url
        FROM verification AS v JOIN source AS s USING (source_id)
        WHERE v.request_id = $request AND v.verified_on <= $as_of ORDER BY v.verified_on, v.verification_id
        """,
        request=request,
    )


def findings(asked: Asked, request: str) -> pd.DataFrame:
    """Return the findings of the verification of a request: found_on, severity, irregularity, sentence, cut_eur,
    reaction, reaction_on, closed_on.
    """
    return rows(
        asked,
        """
        SELECT f.found_on, f.severity, f.irregularity, f.sentence, f.cut_eur,
            CASE WHEN f.reaction_on <= $as_of THEN f.reaction END AS reaction,
            CASE WHEN f.reaction_on <= $as_of THEN f.reaction_on END AS reaction_on,
            CASE WHEN f.closed_on <= $as_of THEN f.closed_on END AS closed_on
        FROM finding AS f JOIN verification AS v USING (verification_id)
        WHERE v.request_id = $request AND f.found_on <= $as_of ORDER BY f.found_on, f.finding_id
        """,
        request=request,
    )


def evidence(asked: Asked, request: str) -> pd.DataFrame:
    """Return where the rows known by the day of a request stand: table_name, file, lines (text), source, url."""
    return rows(
        asked,
        """
        WITH row AS (
            SELECT 1 AS place, 'payment_request' AS table_name, file, line, source_id
            FROM payment_request WHERE request_id = $request AND submitted_on <= $as_of
            UNION ALL
            SELECT 2, 'request_step', file, line, NULL
            FROM request_step WHERE request_id = $request AND on_date <= $as_of
            UNION ALL
            SELECT 3, 'verification', file, line, source_id
            FROM verification WHERE request_id = $request AND verified_on <= $as_of
            UNION ALL
            SELECT 4, 'finding', f.file, f.line, f.source_id
            FROM finding AS f JOIN verification AS v USING (verification_id)
            WHERE v.request_id = $request AND f.found_on <= $as_of
            UNION ALL
            SELECT 5, 'payment', file, line, source_id
            FROM payment WHERE request_id = $request AND known_from <= $as_of
            UNION ALL
            SELECT 6, 'accounts_entry', file, line, source_id
            FROM accounts_entry WHERE request_id = $request AND known_from <= $as_of
        )
        SELECT r.table_name, r.file, string_agg(CAST(r.line AS VARCHAR), ', ' ORDER BY r.line) AS lines,
            s.title AS source, coalesce(s.url, '') AS url
        FROM row AS r LEFT JOIN source AS s USING (source_id)
        GROUP BY r.place, r.table_name, r.file, s.title, s.url ORDER BY r.place, r.file
        """,
        request=request,
    )


# ---------------------------------------------------------------- payments and recoveries


def payments(asked: Asked, lang: str, request: str = "") -> pd.DataFrame:
    """Return the payments known by the day, newest first, or those of one request whatever the selection.

    Columns: label, project_id, project, kind, paid_on (None where not known), known_from, amount_eur, eu_eur,
    state_eur, request_id, number, note, source, url.
    """
    wanted = "y.request_id = $request" if request else narrowed_sql(asked, "p")
    return rows(
        asked,
        f"""
        SELECT y.payment_id, t.name_{lang} AS label, y.project_id, coalesce(j.prog_code, y.project_id) AS project,
            y.kind, CASE WHEN y.paid_on <= $as_of THEN y.paid_on END AS paid_on, y.known_from, y.amount_eur, y.eu_eur,
            y.state_eur, y.request_id, r.number, y.note_{lang} AS note, s.title AS source, coalesce(s.url, '') AS url
        FROM payment AS y
        JOIN fact_place AS p USING (project_id)
        JOIN project AS j USING (project_id)
        JOIN territory AS t ON t.territory = p.territory
        JOIN source AS s ON s.source_id = y.source_id
        LEFT JOIN payment_request AS r ON r.request_id = y.request_id
        WHERE y.known_from <= $as_of AND {wanted}
        ORDER BY y.known_from DESC, label, y.payment_id
        """,
        request=request,
    )


def recoveries(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the recoveries ordered, those open first: ordered_eur, received_eur, open_eur, days, reason, act, source.

    `open_eur` is what is not known as received, `days` those since the order: until now, or until all was received.
    """
    return rows(
        asked,
        f"""
        WITH known AS (
            SELECT v.*, v.received_on IS NOT NULL AND greatest(v.received_on, v.known_from) <= $as_of AS received
            FROM recovery AS v WHERE v.known_from <= $as_of
        ),
        told AS (
            SELECT v.*, v.ordered_eur - CASE WHEN v.received THEN v.received_eur ELSE 0 END AS open_eur FROM known AS v
        )
        SELECT v.recovery_id, t.name_{lang} AS label, v.project_id, coalesce(j.prog_code, v.project_id) AS project,
            v.ordered_on, v.ordered_eur, CASE WHEN v.received THEN v.received_on END AS received_on,
            CASE WHEN v.received THEN v.received_eur END AS received_eur, v.open_eur,
            greatest(0, date_diff('day', v.ordered_on,
                CASE WHEN v.open_eur > 0 THEN CAST($as_of AS DATE) ELSE v.received_on END)) AS days,
            v.reason_{lang} AS reason, coalesce(a.short_{lang}, '') AS act, coalesce(a.url, '') AS act_url,
            s.title AS source, coalesce(s.url, '') AS url
        FROM told AS v
        JOIN fact_place AS p USING (project_id)
        JOIN project AS j USING (project_id)
        JOIN territory AS t ON t.territory = p.territory
        JOIN source AS s ON s.source_id = v.source_id
        LEFT JOIN act AS a ON a.act_id = v.act_id
        WHERE {narrowed_sql(asked, "p")}
        ORDER BY v.open_eur > 0 DESC, v.open_eur DESC, v.ordered_on DESC, v.recovery_id
        """,
    )
