"""Payment requests and cash: the two ladders, who has a request and for how long, advance not covered, recoveries."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

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
OVERALL = "net"  # all hands, the suspended days left out

Row = dict[str, Any]
Known = Mapping[str, Any]  # a row that is only read

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
    known = {row["metric"]: row for row in _shares(asked)}
    return [
        Rung(value, {share: known.get(name, {}).get(share) for share in _SHARES_OF.get(name, SHARES)})
        for name, value in values(asked, names).items()
    ]


def _shares(asked: Asked) -> list[Row]:
    """Return the sum of each share by metric, None where a row behind it does not state it."""
    found = rows(
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
    return records(found)


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


def balances(paid: Iterable[Known], recovered: Iterable[Known], submitted: Iterable[Known]) -> list[Row]:
    """Return paid_eur, recovered_eur, eligible_eur, uncovered_eur of each project that was paid, from the rows of
    `payments`, `recoveries` and `requests`; the largest uncovered first.

    uncovered_eur = max(0, paid − recovered − eligible); an amount is None where nothing is known of it. `requests` and
    `open` count the project's requests.
    """
    found: dict[str, Row] = {}
    for row in paid:
        place = {name: row[name] for name in ("project_id", "project", "territory", "label")}
        own = found.setdefault(row["project_id"], place | {"recovered_eur": None, "eligible_eur": None, **_NO_REQUEST})
        own["paid_eur"] = own.get("paid_eur", 0) + row["amount_eur"]
    for row in (row for row in recovered if row["project_id"] in found):
        _add(found[row["project_id"]], "recovered_eur", row["received_eur"])
    for row in (row for row in submitted if row["project_id"] in found):
        own = found[row["project_id"]]
        own |= {"requests": own["requests"] + 1, "open": own["open"] + bool(row["open"])}
        _add(own, "eligible_eur", row["eligible_eur"])
    for own in found.values():
        own["uncovered_eur"] = max(
            Decimal(0), own["paid_eur"] - (own["recovered_eur"] or 0) - (own["eligible_eur"] or 0)
        )
    return sorted(found.values(), key=lambda own: (-own["uncovered_eur"], own["label"], own["project_id"]))


_NO_REQUEST = {"requests": 0, "open": 0}


def _add(own: Row, name: str, amount: Decimal | None) -> None:
    """Add an amount that is known."""
    if amount is not None:
        own[name] = (own[name] or 0) + amount


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


def requests(asked: Asked, lang: str) -> list[Row]:
    """Return the requests submitted by then, those open first and the longest of them: amounts (EUR), holder, days.

    `authority_days`, `beneficiary_days`, `auditor_days`, `suspended_days` and `total_days` run until the decision, or
    so far; `hand_days` since `since_on`, with the holder of the day. None where no step is recorded.
    """
    found = rows(
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
    return records(found)


def worst(submitted: Iterable[Known]) -> list[Row]:
    """Return the open requests submitted longest ago, at most ten, of the rows of `requests`."""
    return [dict(row) for row in submitted if row["open"]][:WORST]


@dataclass(frozen=True)
class Waiting:
    """The days that requests spent in one hand: how many requests, how many were ever there, median, 90th percentile.

    Every request counts, with 0 days in a hand it never was in. `median` and `most` are the least number of days that
    at least 50 and 90 % of the requests do not exceed: whole days that occurred, nothing in between.
    """

    open: bool
    hand: str
    requests: int
    passed: int
    median: int
    most: int


def waiting(submitted: Iterable[Known]) -> list[Waiting]:
    """Return the days by hand, of the requests decided and of those open so far; those without steps do not count."""
    spent: dict[tuple[bool, str], list[int]] = defaultdict(list)
    for row in submitted:
        for hand, days in _days(row).items():
            spent[bool(row["open"]), hand].append(days)
    return [
        Waiting(open_, hand, len(days), sum(one > 0 for one in days), ranked(days, 50), ranked(days, 90))
        for (open_, hand), days in sorted(spent.items(), key=lambda item: item[0][0])
    ]


def _days(row: Known) -> dict[str, int]:
    if row["authority_days"] is None:
        return {}
    return {hand: row[f"{hand}_days"] for hand in HANDS} | {OVERALL: row["total_days"] - row["suspended_days"]}


def ranked(days: Sequence[int], hundredths: int) -> int:
    """Return the least of some numbers that at least so many hundredths of them do not exceed."""
    return sorted(days)[-(-len(days) * hundredths // 100) - 1]


def over_threshold(submitted: Iterable[Known], limit: int) -> dict[bool, tuple[int, int]]:
    """Return of open and of decided requests how many took more than some days without suspensions, of how many."""
    spent: dict[bool, list[int]] = defaultdict(list)
    for row in submitted:
        if row["suspended_days"] is not None:
            spent[bool(row["open"])].append(row["total_days"] - row["suspended_days"])
    return {open_: (sum(one > limit for one in days), len(days)) for open_, days in spent.items()}


def bounds(programme: Programme) -> tuple[int, int, int]:
    """Return the last days of the first three classes of age: a half, one and one and a half of its threshold."""
    limit = int(programme.thresholds.get("request_days", 0))
    return (limit // 2, limit, limit * 3 // 2) if limit > 1 else CLASSES


def ageing(submitted: Iterable[Known], last: Sequence[int]) -> list[Row]:
    """Return the open requests by class of days since submission: class, requests, declared_eur, suspended.

    A class ends with its `last` day; one more holds what is older.
    """
    found: list[Row] = [
        {"class": place, "requests": 0, "declared_eur": Decimal(0), "suspended": 0} for place in range(len(last) + 1)
    ]
    for row in (row for row in submitted if row["open"]):
        own = found[bisect_left(last, row["total_days"])]
        own["requests"] += 1
        own["declared_eur"] += row["declared_eur"]
        own["suspended"] += row["holder"] == "suspended"
    return found


# ---------------------------------------------------------------- one request


def one(asked: Asked, request: str, lang: str) -> Row:
    """Return a request by its id whatever the selection; empty where it is not submitted by the day."""
    whole = Asked(asked.snapshot, asked.as_of)
    return next((row for row in requests(whole, lang) if row["request_id"] == request), {})


def project_of(snapshot: Snapshot, request: str) -> str:
    """Return the project of a request."""
    found = (
        cursor(snapshot).execute("SELECT project_id FROM payment_request WHERE request_id = ?", [request]).fetchone()
    )
    return str(found[0]) if found else ""


def steps(asked: Asked, request: str) -> list[Row]:
    """Return the steps of a request known by the day: on_date, step, holder, days until the next step or so far, last.

    Days of the last step are None where nobody has the request any more.
    """
    found = rows(
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
    return records(found)


def in_accounts(asked: Asked, request: str) -> list[Row]:
    """Return what of a request is in the accounts: financial_year, eu_eur, final, known_from, source, url."""
    found = rows(
        asked,
        """
        SELECT a.financial_year, a.eu_eur, a.final, a.known_from, s.title AS source, coalesce(s.url, '') AS url
        FROM accounts_entry AS a JOIN source AS s USING (source_id)
        WHERE a.request_id = $request AND a.known_from <= $as_of ORDER BY a.financial_year
        """,
        request=request,
    )
    return records(found)


def verifications(asked: Asked, request: str) -> list[Row]:
    """Return the administrative verifications of a request: verified_on, formal, progress, analytical, source, url."""
    found = rows(
        asked,
        """
        SELECT v.verified_on, v.formal, v.progress, v.analytical, s.title AS source, coalesce(s.url, '') AS url
        FROM verification AS v JOIN source AS s USING (source_id)
        WHERE v.request_id = $request AND v.verified_on <= $as_of ORDER BY v.verified_on, v.verification_id
        """,
        request=request,
    )
    return records(found)


def findings(asked: Asked, request: str) -> list[Row]:
    """Return the findings of the verification of a request: found_on, severity, irregularity, sentence, cut_eur,
    reaction, reaction_on, closed_on.
    """
    found = rows(
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
    return records(found)


def evidence(asked: Asked, request: str) -> list[Row]:
    """Return where the rows known by the day of a request stand: table_name, file, lines (text), source, url."""
    found = rows(
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
    return records(found)


# ---------------------------------------------------------------- payments and recoveries


def payments(asked: Asked, lang: str) -> list[Row]:
    """Return the payments known by the day, newest first.

    Columns: label, project_id, project, kind, paid_on (None where not known), known_from, amount_eur, eu_eur,
    state_eur, request_id, number, note, source, url.
    """
    return [
        row | {"paid_on": row["paid_on"] if row["paid_on"] and row["paid_on"] <= asked.as_of else None}
        for row in _within(asked, _payments(asked, lang))
    ]


def payments_of(asked: Asked, request: str, lang: str) -> list[Row]:
    """Return the payments of one request known by the day, whatever the selection."""
    whole = Asked(asked.snapshot, asked.as_of)
    return [row for row in payments(whole, lang) if row["request_id"] == request]


def recoveries(asked: Asked, lang: str) -> list[Row]:
    """Return the recoveries ordered, those open first: ordered_eur, received_eur, open_eur, days, reason, act, source.

    `open_eur` is what is not known as received, `days` those since the order: until now, or until all was received.
    """
    found = [_recovery(asked, row) for row in _within(asked, _recoveries(asked, lang))]
    return sorted(found, key=lambda row: (row["open_eur"] <= 0, -row["open_eur"]))


def _recovery(asked: Asked, row: Row) -> Row:
    known = row["received_on"] is not None and max(row["received_on"], row["known_from"]) <= asked.as_of
    received_on, received = (row["received_on"], row["received_eur"]) if known else (None, None)
    left = row["ordered_eur"] - (received or 0)
    until = received_on if received_on and left <= 0 else asked.as_of
    days = max(0, (until - row["ordered_on"]).days)
    return row | {"received_on": received_on, "received_eur": received, "open_eur": left, "days": days}


def _within(asked: Asked, ledger: Iterable[Row]) -> list[Row]:
    """Return the rows known by the day and inside the selection."""
    places = [(id, asked.chosen[id]) for id in ("territory", "macro_area") if id in asked.chosen]
    return [
        row for row in ledger if row["known_from"] <= asked.as_of and all(row[id] in chosen for id, chosen in places)
    ]


def _payments(asked: Asked, lang: str) -> list[Row]:
    """Return the whole ledger of payments, which is the same on every day."""
    found = rows(
        asked,
        f"""
        SELECT y.payment_id, p.territory, p.macro_area, t.name_{lang} AS label, y.project_id,
            coalesce(j.prog_code, y.project_id) AS project, y.kind, y.paid_on, y.known_from, y.amount_eur, y.eu_eur,
            y.state_eur, y.request_id, r.number, y.note_{lang} AS note, s.title AS source, coalesce(s.url, '') AS url
        FROM payment AS y
        JOIN fact_place AS p USING (project_id)
        JOIN project AS j USING (project_id)
        JOIN territory AS t ON t.territory = p.territory
        JOIN source AS s ON s.source_id = y.source_id
        LEFT JOIN payment_request AS r ON r.request_id = y.request_id
        ORDER BY y.known_from DESC, label, y.payment_id
        """,
    )
    return records(found)


def _recoveries(asked: Asked, lang: str) -> list[Row]:
    """Return the whole ledger of recoveries, which is the same on every day."""
    found = rows(
        asked,
        f"""
        SELECT v.recovery_id, p.territory, p.macro_area, t.name_{lang} AS label, v.project_id,
            coalesce(j.prog_code, v.project_id) AS project, v.ordered_on, v.ordered_eur, v.received_on, v.received_eur,
            v.known_from, v.reason_{lang} AS reason, coalesce(a.short_{lang}, '') AS act,
            coalesce(a.url, '') AS act_url, s.title AS source, coalesce(s.url, '') AS url
        FROM recovery AS v
        JOIN fact_place AS p USING (project_id)
        JOIN project AS j USING (project_id)
        JOIN territory AS t ON t.territory = p.territory
        JOIN source AS s ON s.source_id = v.source_id
        LEFT JOIN act AS a ON a.act_id = v.act_id
        ORDER BY v.ordered_on DESC, v.recovery_id
        """,
    )
    return records(found)
