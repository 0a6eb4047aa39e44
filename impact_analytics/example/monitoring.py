"""The sheets: who sent which one when, and what they say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from impact_analytics.example.amounts import share
from impact_analytics.example.days import (
    AS_OF,
    QUARTERS,
    Quarter,
    between,
    later,
    month_end,
    months_later,
    quarter,
)
from impact_analytics.example.frame import INDICATORS
from impact_analytics.example.plans import CELLS
from impact_analytics.example.rows import SOURCE, Row, both, grouped
from impact_analytics.example.story import LINES, SHOCK_START, Member, shock
from impact_analytics.example.truth import Truth
from impact_analytics.example.words import ACTIVITIES, CAUSES, UNCODED

SLIP_PATIENCE = 0.2  # a line may lag so much behind its time before anybody moves an end
SLIP_LIMIT = 300


@dataclass(frozen=True)
class Package:
    """A work package: the shares of its line's work between which it runs, the months it ends before the term."""

    name: str
    starts: float = 0.0
    done: float = 0.965
    margin: int = 0


WORK_PACKAGES: dict[str, tuple[Package, ...]] = {
    "01": (Package("1.1 Laboratori linguistici"), Package("1.2 Formazione dei docenti", 0.05, 0.72, 6)),
    "02": (Package("2.1 Sportelli", margin=1), Package("2.2 Formazione degli operatori", 0.08, 0.78, 5)),
    "03": (Package("3.1 Campagna informativa", margin=3),),
    "04": (Package("4.1 Consulte e tavoli"), Package("4.2 Iniziative locali", 0.06, margin=2)),
}


@dataclass(frozen=True)
class Moment:
    """A sheet with what is known when it is written."""

    sheet: Row
    period: Quarter
    member: Member
    truth: Truth
    project: Row
    term: date

    @property
    def index(self) -> int:
        """Return the index of its quarter."""
        return self.period.index


def reporting_periods() -> list[Row]:
    """Return the quarters in which sheets are asked for."""
    return [
        {"period_id": q.period_id, "starts_on": q.starts_on, "ends_on": q.ends_on, "due_on": q.due_on}
        for q in map(quarter, range(QUARTERS))
    ]


def sheets(rng: Random, members: Sequence[Member], truths: Mapping[str, Truth]) -> list[Row]:
    """Return the sheets that came in: on time, late, corrected; some never came."""
    rows = []
    for member in members:
        known = truths[member.project_id]
        for index in range(known.first, known.last + 1):
            rows += versions(rng, member, quarter(index))
    numbers: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: (row["received_on"], row["sheet_id"])):
        year = row["received_on"].year
        numbers[year] = numbers.get(year, 100) + rng.randint(3, 60)
        row["protocol"] = f"{numbers[year]:05d}/{year}"
    return rows


def versions(rng: Random, member: Member, period: Quarter) -> list[Row]:
    """Return what came in for one quarter: nothing, a sheet, or a sheet and its correction."""
    received_on = receipt(rng, member, period)
    if received_on is None:
        return []
    row = sheet(member, period, 1, received_on)
    draw = rng.random()
    if draw < member.temper.corrected + 0.05:
        asked_on = later(rng, received_on, 8, 35)
        row["integration_asked_on"] = asked_on if asked_on <= AS_OF else None
        again_on = later(rng, asked_on, 10, 85)
        if draw < member.temper.corrected and again_on <= AS_OF:
            return [row, sheet(member, period, 2, again_on)]
    return [row]


def receipt(rng: Random, member: Member, period: Quarter) -> date | None:
    """Return the day a sheet comes in, None if it never does."""
    draw = rng.random()
    if draw < member.temper.missing:
        return None
    if draw < member.temper.missing + member.temper.late:
        return later(rng, period.due_on, *member.temper.late_days)
    return between(rng, period.ends_on + timedelta(6), period.due_on)


def sheet(member: Member, period: Quarter, version: int, received_on: date) -> Row:
    """Return a sheet as it came in."""
    return {
        "sheet_id": f"{member.project_id}-{period.period_id}-v{version}",
        "project_id": member.project_id,
        "period_id": period.period_id,
        "version": version,
        "received_on": received_on,
        "protocol": None,
        "integration_asked_on": None,
        "source_id": SOURCE,
    }


def moments(
    sheets: Sequence[Row],
    members: Sequence[Member],
    truths: Mapping[str, Truth],
    projects: Mapping[str, Row],
    terms: Mapping[str, Sequence[Row]],
) -> list[Moment]:
    """Put each sheet beside its project, its quarter and the term it knew."""
    periods = {q.period_id: q for q in map(quarter, range(QUARTERS))}
    member_of = {member.project_id: member for member in members}
    return [
        Moment(
            row,
            periods[row["period_id"]],
            member_of[project_id],
            truths[project_id],
            projects[project_id],
            [
                term["ends_on"]
                for term in terms[project_id]
                if known(term) <= row["received_on"] or term["extension"] == "first"
            ][-1],
        )
        for row in sheets
        for project_id in [row["project_id"]]
    ]


def known(term: Row) -> date:
    """Return the day since when a term is known."""
    day: date = term["known_from"] or term["decided_not_after"]
    return day


def superseded(sheets: Sequence[Row]) -> set[str]:
    """Return the ids of sheets that a further version corrects."""
    newest = {(row["project_id"], row["period_id"]): row["sheet_id"] for row in sheets}
    return {row["sheet_id"] for row in sheets if newest[row["project_id"], row["period_id"]] != row["sheet_id"]}


def financial(rng: Random, moments: Sequence[Moment], wrong: Iterable[str]) -> list[Row]:
    """Return the cumulative amounts of each sheet; a sheet that was corrected had some of them wrong."""
    mistaken = frozenset(wrong)
    rows = []
    for moment in moments:
        slips = dict.fromkeys(rng.sample(CELLS, 4), 0.0) if moment.sheet["sheet_id"] in mistaken else {}
        errors = {cell: rng.choice((0.8, 0.9, 1.06, 1.12)) for cell in slips}
        for cell in CELLS:
            incurred = moment.truth.incurred[cell][moment.index]
            row = {
                "sheet_id": moment.sheet["sheet_id"],
                "action_line": cell[0],
                "cost_category": cell[1],
                "committed_eur": moment.truth.committed[cell][moment.index],
                "incurred_eur": share(incurred, errors[cell]) if cell in errors else incurred,
            }
            rows.append(row)
    return rows


def physical(rng: Random, moments: Sequence[Moment], wrong: Iterable[str]) -> list[Row]:
    """Return the cumulative indicators of each sheet; a sheet that was corrected had one of them wrong."""
    mistaken = frozenset(wrong)
    rows = []
    for moment in moments:
        error = rng.choice(INDICATORS)[0] if moment.sheet["sheet_id"] in mistaken else None
        for name, *_ in INDICATORS:
            value = moment.truth.physical[name][moment.index]
            stated = value * 9 // 10 if name == error else value
            rows.append({"sheet_id": moment.sheet["sheet_id"], "indicator_id": name, "value": stated})
    return rows


def procedural(moments: Sequence[Moment]) -> list[Row]:
    """Return the state and the dates of each work package in each sheet."""
    return [
        package_row(moment, line, package) for moment in moments for line in LINES for package in WORK_PACKAGES[line]
    ]


def package_row(moment: Moment, line: str, package: Package) -> Row:
    """Return a work package as a sheet states it, against the schedule then approved."""
    approved_end = month_end(months_later(moment.term, -package.margin))
    state, days = state_of(moment, line, package), slip(moment, line)
    began = first_above(moment, line, package.starts)
    done = first_above(moment, line, package.done)
    ended = quarter(done).ends_on if state == "completed" and done is not None else None
    return {
        "sheet_id": moment.sheet["sheet_id"],
        "action_line": line,
        "work_package": package.name,
        "state": state,
        "approved_start_on": months_later(moment.project["started_on"], 2 + round(60 * package.starts)),
        "approved_end_on": approved_end,
        "actual_start_on": None if began is None else actual_start(moment, began, package.name),
        "expected_end_on": ended or (month_end(approved_end + timedelta(days)) if days else approved_end),
        "deviation": f"Slittamento di {days} giorni sul cronoprogramma approvato" if days > 90 and not ended else None,
    }


def actual_start(moment: Moment, index: int, name: str) -> date:
    """Return the day a work package began within its first quarter, not before the project."""
    day = quarter(index).starts_on + timedelta((moment.member.number * 17 + len(name) * 5) % 70)
    start: date = moment.project["started_on"]
    return max(day, start)


def first_above(moment: Moment, line: str, threshold: float) -> int | None:
    """Return the first quarter so far in which a line's work passed a share."""
    work = moment.truth.work[line]
    return next((index for index in range(moment.index + 1) if work[index] > threshold), None)


def state_of(moment: Moment, line: str, package: Package) -> str:
    """Return the state of a work package at the end of a quarter."""
    if moment.truth.work[line][moment.index] <= package.starts:
        return "not_started"
    if first_above(moment, line, package.done) is not None:
        return "completed"
    if shock(moment.member.temper, line, moment.index) < 0.3 or moment.truth.idle.get(moment.index, 0) > 0.5:
        return "suspended"
    return "in_progress"


def slip(moment: Moment, line: str) -> int:
    """Return the days by which a line expects to miss its approved end, judged by how far it lags behind its time."""
    start: date = moment.project["started_on"]
    length = (moment.term - start).days
    elapsed = min(1.0, (moment.period.ends_on - start).days / length)
    lag = elapsed - moment.truth.work[line][moment.index] - SLIP_PATIENCE
    return min(SLIP_LIMIT, round(lag * length * 0.5 / 10) * 10) if lag > 0 and elapsed > 0.3 else 0


def phase(moment: Moment) -> str:
    """Say what is happening to a project in a quarter."""
    if moment.truth.idle.get(moment.index, 0) > 0.3:
        return "pause"
    if SHOCK_START <= moment.index < SHOCK_START + 4:
        return "shock"
    return "start" if moment.index < SHOCK_START + moment.truth.first else "late"


def causes(rng: Random, moments: Sequence[Moment]) -> list[Row]:
    """Return why lines are late or stand still, in the words of who wrote the sheet; not every sheet says so."""
    rows = []
    for moment in moments:
        lines = [
            line
            for line in LINES
            if slip(moment, line) > 40 or state_of(moment, line, WORK_PACKAGES[line][0]) in {"not_started", "suspended"}
        ]
        if not lines or rng.random() < 0.15:
            continue
        chosen = rng.sample(lines, min(len(lines), rng.choice((1, 1, 2, 3))))
        reasons = rng.sample(CAUSES[phase(moment)], len(chosen))
        for position, (line, reason) in enumerate(zip(sorted(chosen), reasons, strict=True), start=1):
            origin, nature, sentence = reason if rng.random() > 0.12 else (None, None, rng.choice(UNCODED))
            rows.append(
                {
                    "sheet_id": moment.sheet["sheet_id"],
                    "position": position,
                    "action_line": line,
                    "origin": origin,
                    "nature": nature if rng.random() > 0.05 else None,
                    "sentence": sentence,
                }
            )
    return rows


def network(rng: Random, moments: Sequence[Moment], partners: Sequence[Row]) -> list[Row]:
    """Return which partners were active in each sheet; who has begun seldom stops, but in the suspension."""
    of_project = grouped(partners, "project_id")
    eager = {row["partner_id"]: rng.random() for row in partners}
    rows = []
    for moment in moments:
        for partner in of_project[moment.member.project_id]:
            if partner["known_from"] > moment.sheet["received_on"]:
                continue
            line = partner["action_line"] or "02"
            done = moment.truth.work[line][moment.index]
            pause = 0.35 if state_of(moment, line, WORK_PACKAGES[line][0]) == "suspended" else 0.0
            active = partner["role"] == "lead" or (done > 0 and eager[partner["partner_id"]] < 0.55 + done - pause)
            rows.append(
                {
                    "sheet_id": moment.sheet["sheet_id"],
                    "partner_id": partner["partner_id"],
                    "active": active,
                    "activity": ACTIVITIES[partner["kind"]] if active else None,
                }
            )
    return rows


def results(
    rng: Random, members: Sequence[Member], truths: Mapping[str, Truth], targets: Mapping[str, Mapping[str, int]]
) -> list[Row]:
    """Return what projects made public of their results, now and then beside the target."""
    rows = []
    for member in members:
        if member.temper.code in {"withdrawn", "uncovered"}:
            continue
        known = truths[member.project_id]
        for name, *about in rng.sample(INDICATORS[2:], rng.randint(2, 5)):
            row = result(rng, member, about, known.physical[name][min(known.last, 17)])
            rows.append(row)
            if rng.random() < 0.4:
                aim = targets[member.project_id][name]
                rows.append(row | {"kind": "target", "qualifier": "exact", "value": aim})
    return [row | {"result_id": f"result_{number:03d}"} for number, row in enumerate(rows, start=1)]


def result(rng: Random, member: Member, about: Sequence[Any], value: int) -> Row:
    """Return a result, its number as rough as such pages make it."""
    line, name_it, name_en, unit, *_ = about
    on_date = between(rng, date(2024, 2, 5), date(2024, 9, 27))
    qualifier, said = roughly(rng, value)
    return {
        "result_id": "",
        "project_id": member.project_id,
        "action_line": line,
        "kind": "achieved",
        "unit": unit,
        "qualifier": qualifier,
        "value": said,
        **both("name", (name_it, name_en)),
        "on_date": on_date,
        "on_precision": "day",
        "known_from": on_date,
        "source_id": SOURCE,
    }


def roughly(rng: Random, value: int) -> tuple[str, int]:
    """Say a number the way a web page does."""
    step = 1 if value < 30 else 10 if value < 500 else 100
    down = value // step * step
    return rng.choice((("exact", value), ("about", down), ("over", down), ("over", down)))
