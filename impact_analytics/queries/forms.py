"""The quarterly form of a project, filled from a snapshot: what is known, and what was reported before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from impact_analytics.formats import day, period
from impact_analytics.i18n import LANGUAGES, text
from impact_analytics.sheets import Form, Option, Row
from impact_analytics.store import Snapshot, cursor

LATEST = date.max
CODES = {"cost_category": "cost_category", "cause_origin": "cause_origin", "cause_nature": "cause_nature"}
CODES |= {"kind": "kind", "role": "role"}
Cells = dict[str, str | None]


class Unknown(Exception):
    """A project, period or version that the programme does not have; the message is what was asked for."""


@dataclass(frozen=True)
class _Asked:
    """A sheet that a form is made for, and the day as of which it is filled."""

    snapshot: Snapshot
    project_id: str
    period_id: str
    version: int | None
    known: date
    sheet_id: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Answer a SELECT that may name $project, $period, $known, $sheet and $before."""
        params = {"project": self.project_id, "period": self.period_id, "known": self.known, "sheet": self.sheet_id}
        params["before"] = self.before.get("sheet_id", "")
        named = {name: value for name, value in params.items() if f"${name}" in sql}
        answered = cursor(self.snapshot).execute(sql, named)
        columns = [column[0] for column in answered.description or []]
        return [dict(zip(columns, row, strict=True)) for row in answered.fetchall()]

    def cells(self, sql: str) -> list[Cells]:
        """Answer a SELECT with canonical text."""
        return [{name: _canonical(value) for name, value in row.items()} for row in self.rows(sql)]


def form(snapshot: Snapshot, project_id: str, period_id: str, version: int | None = None) -> Form:
    """Return a project's form for a period, empty or with a version's values; raise Unknown where there is none."""
    asked = _asked(snapshot, project_id, period_id, version)
    project = _project(asked)
    return Form(
        programme_id=snapshot.programme_id,
        project_id=project_id,
        period_id=period_id,
        territory=project["territory"],
        example=snapshot.programme.is_example,
        general=_general(asked, project),
        lists=_lists(snapshot),
        rows={id: tuple(rows(asked)) for id, rows in SECTIONS.items()},
        authority=_authority(asked),
    )


def periods_of(snapshot: Snapshot) -> list[str]:
    """Return the reporting periods in order."""
    found = cursor(snapshot).execute("SELECT period_id FROM reporting_period ORDER BY starts_on").fetchall()
    return [row[0] for row in found]


def projects_of(snapshot: Snapshot, period_id: str) -> list[str]:
    """Return the projects from which a sheet is expected for a period; raise Unknown where there is no such period."""
    if period_id not in periods_of(snapshot):
        raise Unknown(period_id)
    found = cursor(snapshot).execute(
        """
        SELECT p.project_id
        FROM project AS p
        CROSS JOIN (SELECT starts_on, ends_on FROM reporting_period WHERE period_id = $period) AS r
        WHERE coalesce(p.started_on, p.known_from) <= r.ends_on
        AND (p.ended_on IS NULL OR r.starts_on <= p.ended_on)
        AND (p.withdrawn_on IS NULL OR r.ends_on <= p.withdrawn_on)
        ORDER BY p.project_id
        """,
        {"period": period_id},
    )
    return [row[0] for row in found.fetchall()]


def versions_of(snapshot: Snapshot, project_id: str, period_id: str) -> list[int]:
    """Return the versions of a project's sheet for a period, in order."""
    found = cursor(snapshot).execute(
        "SELECT version FROM sheet WHERE project_id = $project AND period_id = $period ORDER BY version",
        {"project": project_id, "period": period_id},
    )
    return [row[0] for row in found.fetchall()]


# --- what the form is about -------------------------------------------------------------------------------------------


def _asked(snapshot: Snapshot, project_id: str, period_id: str, version: int | None) -> _Asked:
    bare = _Asked(snapshot, project_id, period_id, version, LATEST)
    if not bare.rows("SELECT 1 FROM reporting_period WHERE period_id = $period"):
        raise Unknown(period_id)
    known, sheet_id = LATEST, ""
    if version is not None:
        found = bare.rows(
            "SELECT sheet_id, version, received_on FROM sheet WHERE project_id = $project AND period_id = $period"
        )
        own = [row for row in found if row["version"] == version]
        if not own:
            raise Unknown(f"{project_id} {period_id} v{version}")
        known, sheet_id = own[0]["received_on"], own[0]["sheet_id"]
    dated = _Asked(snapshot, project_id, period_id, version, known, sheet_id)
    before = dated.rows(
        """
        SELECT s.sheet_id, s.period_id, s.version, s.received_on
        FROM sheet AS s
        JOIN reporting_period AS r USING (period_id)
        WHERE s.project_id = $project
        AND s.received_on <= $known
        AND r.ends_on < (SELECT ends_on FROM reporting_period WHERE period_id = $period)
        ORDER BY r.ends_on DESC, s.version DESC
        LIMIT 1
        """
    )
    return _Asked(snapshot, project_id, period_id, version, known, sheet_id, before[0] if before else {})


def _project(asked: _Asked) -> dict[str, Any]:
    found = asked.rows(
        """
        SELECT p.*, c.title_it AS call_it, c.title_en AS call_en, t.name_it AS territory_it, t.name_en AS territory_en
        FROM project AS p
        JOIN programme_call AS c USING (call_id)
        JOIN territory AS t USING (territory)
        WHERE p.project_id = $project
        """
    )
    if not found:
        raise Unknown(asked.project_id)
    return found[0]


def _general(asked: _Asked, project: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    due = asked.rows("SELECT due_on FROM reporting_period WHERE period_id = $period")[0]["due_on"]
    same = {name: project[name] or "" for name in ("project_id", "title", "prog_code", "cup", "lead")}
    told = {name: dict.fromkeys(LANGUAGES, value) for name, value in same.items()}
    return told | {
        "programme": {lang: asked.snapshot.programme.title[lang] for lang in LANGUAGES},
        "call": {lang: project[f"call_{lang}"] for lang in LANGUAGES},
        "territory": {lang: project[f"territory_{lang}"] for lang in LANGUAGES},
        "period": {lang: period(asked.period_id, lang) for lang in LANGUAGES},
        "due_on": dict.fromkeys(LANGUAGES, due.isoformat()),
        "previous": {lang: _before(asked, lang) for lang in LANGUAGES},
    }


def _before(asked: _Asked, lang: str) -> str:
    if not asked.before:
        return text("sheets", "no_sheet_before", lang)
    found = asked.before
    received = day(found["received_on"], "day", lang)
    return text(
        "sheets", "sheet_before", lang, period=period(found["period_id"], lang), version=found["version"], day=received
    )


def _authority(asked: _Asked) -> Cells:
    found = asked.cells("SELECT received_on, protocol, integration_asked_on FROM sheet WHERE sheet_id = $sheet")
    return found[0] if found else {}


@lru_cache(maxsize=8)
def _lists(snapshot: Snapshot) -> dict[str, tuple[Option, ...]]:
    """Return the programme's own lists with their words."""
    found = {
        name: _codes(snapshot, f"SELECT code, name_it, name_en FROM code WHERE list = '{code}' ORDER BY position")
        for name, code in CODES.items()
    }
    found["action_line"] = _codes(snapshot, "SELECT action_line, name_it, name_en FROM action_line ORDER BY position")
    found["indicator"] = _codes(snapshot, "SELECT indicator_id, name_it, name_en FROM indicator ORDER BY line")
    return found


def _codes(snapshot: Snapshot, sql: str) -> tuple[Option, ...]:
    rows = cursor(snapshot).execute(sql).fetchall()
    return tuple(Option(code, dict(zip(LANGUAGES, names, strict=True))) for code, *names in rows)


# --- sections ---------------------------------------------------------------------------------------------------------


def _procedural(asked: _Asked) -> Iterator[Row]:
    """Yield the work packages: of the version, or of the sheet before with their approved schedule."""
    source = "$sheet" if asked.sheet_id else "$before"
    kept = "n.state, n.actual_start_on, n.expected_end_on, n.deviation" if asked.sheet_id else "n.actual_start_on"
    found = asked.cells(
        f"""
        SELECT n.action_line, n.work_package, n.approved_start_on, n.approved_end_on, {kept},
            b.state AS previous_state, b.expected_end_on AS previous_end_on
        FROM sheet_procedural AS n
        LEFT JOIN sheet_procedural AS b
            ON b.sheet_id = $before AND b.action_line = n.action_line AND b.work_package = n.work_package
        WHERE n.sheet_id = {source}
        ORDER BY n.line
        """
    )
    return _known(found, "action_line", "work_package")


def _causes(asked: _Asked) -> Iterator[Row]:
    """Yield the version's causes, and beside them those of the sheet before, in words."""
    sql = "SELECT action_line, origin, nature, sentence FROM sheet_cause WHERE sheet_id = {} ORDER BY position"
    own = asked.cells(sql.format("$sheet")) if asked.sheet_id else []
    before = [found["sentence"] for found in asked.cells(sql.format("$before"))]
    for place in range(max(len(own), len(before))):
        cells = own[place] if place < len(own) else {}
        yield Row((), {**cells, "previous_cause": before[place] if place < len(before) else None})


def _network(asked: _Asked) -> Iterator[Row]:
    """Yield the partners: of the version, or all that are known."""
    wanted = "n.sheet_id IS NOT NULL" if asked.sheet_id else "p.project_id = $project AND p.known_from <= $known"
    found = asked.cells(
        f"""
        SELECT p.partner_id, p.name AS partner, p.kind, p.role, b.active AS previous_active, n.active, n.activity
        FROM partner AS p
        LEFT JOIN sheet_network AS n ON n.sheet_id = $sheet AND n.partner_id = p.partner_id
        LEFT JOIN sheet_network AS b ON b.sheet_id = $before AND b.partner_id = p.partner_id
        WHERE {wanted}
        ORDER BY n.line, p.line
        """
    )
    return _known(found, "partner_id")


def _physical(asked: _Asked) -> Iterator[Row]:
    """Yield the indicators: of the version, or those with a target; all where the project has no target."""
    found = asked.cells(
        """
        WITH aim AS (
            SELECT indicator_id, arg_max(target, version) AS target
            FROM indicator_target
            WHERE project_id = $project AND known_from <= $known
            GROUP BY indicator_id
        )
        SELECT i.action_line, i.indicator_id, i.unit, a.target, b.value AS previous_value, n.value, n.sheet_id
        FROM indicator AS i
        LEFT JOIN aim AS a USING (indicator_id)
        LEFT JOIN sheet_physical AS n ON n.sheet_id = $sheet AND n.indicator_id = i.indicator_id
        LEFT JOIN sheet_physical AS b ON b.sheet_id = $before AND b.indicator_id = i.indicator_id
        ORDER BY n.line, i.line
        """
    )
    own, aimed = [row for row in found if row["sheet_id"]], [row for row in found if row["target"]]
    return _known(own if asked.sheet_id else aimed or found, "indicator_id")


def _financial(asked: _Asked) -> Iterator[Row]:
    """Yield lines and cost categories: of the version, or of the budget; every pair where there is no budget."""
    found = asked.cells(
        """
        WITH allowed AS (
            SELECT action_line, cost_category, arg_max(amount_eur, version) AS budget_eur
            FROM budget
            WHERE project_id = $project AND known_from <= $known
            GROUP BY ALL
        )
        SELECT l.action_line, c.code AS cost_category, a.budget_eur, n.committed_eur, n.incurred_eur, n.sheet_id,
            b.committed_eur AS previous_committed_eur, b.incurred_eur AS previous_incurred_eur
        FROM action_line AS l
        JOIN project AS p ON p.project_id = $project AND p.call_id = l.call_id
        JOIN code AS c ON c.list = 'cost_category'
        LEFT JOIN allowed AS a ON a.action_line = l.action_line AND a.cost_category = c.code
        LEFT JOIN sheet_financial AS n
            ON n.sheet_id = $sheet AND n.action_line = l.action_line AND n.cost_category = c.code
        LEFT JOIN sheet_financial AS b
            ON b.sheet_id = $before AND b.action_line = l.action_line AND b.cost_category = c.code
        ORDER BY n.line, l.position, c.position
        """
    )
    own, allowed = [row for row in found if row["sheet_id"]], [row for row in found if row["budget_eur"]]
    return _known(own if asked.sheet_id else allowed or found, "action_line", "cost_category")


def _changes(asked: _Asked) -> Iterator[Row]:
    found = asked.cells(
        """
        SELECT change_id, kind, title_it AS title, requested_on,
            CASE WHEN decided_on <= $known THEN decided_on END AS decided_on,
            CASE WHEN decided_on <= $known THEN outcome END AS outcome
        FROM change_request
        WHERE project_id = $project AND known_from <= $known
        ORDER BY requested_on, change_id
        """
    )
    return _known(found, "change_id")


def _items(asked: _Asked) -> Iterator[Row]:
    found = asked.cells(
        """
        SELECT item_id, kind, title_it AS title, on_date, url
        FROM territory_item
        WHERE project_id = $project AND known_from <= $known
        ORDER BY known_from, item_id
        """
    )
    return _known(found, "item_id")


SECTIONS = {
    "procedural": _procedural,
    "causes": _causes,
    "network": _network,
    "physical": _physical,
    "financial": _financial,
    "changes": _changes,
    "items": _items,
}


def _known(found: Sequence[Cells], *ids: str) -> Iterator[Row]:
    for cells in found:
        yield Row(tuple(cells[id] or "" for id in ids), cells)


def _canonical(value: object) -> str | None:
    """Return a value of the database as canonical text."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
