"""The projects: who leads them, what the acts decided about their terms and their money."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from impact_analytics.example.amounts import ZERO, cents, split
from impact_analytics.example.days import AS_OF, between, later
from impact_analytics.example.frame import CALL, OPENED_ON, RANKED_ON, REFERENCE_ON
from impact_analytics.example.rows import SOURCE, Row, both, by, grouped
from impact_analytics.example.story import Member
from impact_analytics.example.words import PROJECT_TITLES

FIRST_TERM = date(2022, 7, 31)
MONEY_TERM = date(2023, 12, 31)
LAST_TERM = date(2025, 6, 30)
MONEY_ON = date(2021, 12, 20)  # the day the extension with money takes effect
TIME_ON = date(2023, 11, 6)  # the day the extension without money takes effect
LAW_ON = date(2022, 10, 20)
WITHDRAWN_ON = date(2021, 5, 20)
ENDOWMENT = Decimal("24000000.00")
INCREASED = Decimal("30000000.00")
FIXED = Decimal("300000.00")

# id, kind, number, title, short title, body, adopted, registered, effective, extension
CALL_ACTS: tuple[
    tuple[str, str, str, tuple[str, str], tuple[str, str], str, tuple[date, date | None, date], str | None], ...
] = (
    (
        "act_call",
        "call",
        "7/2019",
        ("Avviso d'esempio per i territori", "Example call for the territories"),
        ("Avviso", "Call"),
        "authority",
        (OPENED_ON, None, OPENED_ON),
        None,
    ),
    (
        "act_ranking",
        "ranking",
        "88/2019",
        ("Graduatoria dei progetti e assegnazione delle risorse", "Ranking of the projects and assignment of funds"),
        ("Graduatoria", "Ranking"),
        "authority",
        (RANKED_ON, date(2019, 10, 1), date(2019, 10, 1)),
        None,
    ),
    (
        "act_suspension",
        "circular",
        "2/2021",
        ("Sospensione delle attività in presenza", "Suspension of activities in presence"),
        ("Sospensione", "Suspension"),
        "authority",
        (date(2021, 1, 11), None, date(2021, 1, 15)),
        None,
    ),
    (
        "act_money",
        "extension",
        "131/2021",
        ("Proroga con incremento della dotazione", "Extension with an increase of the endowment"),
        ("Proroga onerosa", "Extension with money"),
        "authority",
        (date(2021, 11, 18), date(2021, 12, 9), MONEY_ON),
        "with_money",
    ),
    (
        "act_law",
        "regulation",
        "R 14/2022",
        ("Nuovi limiti per la spesa del fondo", "New limits for the fund's expenditure"),
        ("Nuovi limiti", "New limits"),
        "responsible",
        (date(2022, 10, 6), None, LAW_ON),
        None,
    ),
    (
        "act_time",
        "extension",
        "117/2023",
        ("Proroga senza oneri del termine delle attività", "Extension of the term without money"),
        ("Proroga non onerosa", "Extension without money"),
        "authority",
        (date(2023, 10, 5), date(2023, 10, 26), TIME_ON),
        "without_money",
    ),
)


def act(act_id: str, kind: str, title: tuple[str, str], adopted_on: date, project_id: str | None = None) -> Row:
    """Return an act of the authority or of one project, effective at once."""
    return {
        "act_id": act_id,
        "kind": kind,
        "number": None,
        **both("title", title),
        **both("short", title),
        "body_id": None if project_id else "authority",
        "project_id": project_id,
        "adopted_on": adopted_on,
        "registered_on": None,
        "effective_on": adopted_on,
        "extension": None,
        "milestone": False,
        "url": None,
        "known_from": adopted_on,
        "source_id": SOURCE,
    }


def call_acts() -> list[Row]:
    """Return the acts that hold for the whole call."""
    return [
        act(act_id, kind, title, days[0])
        | {"number": number, **both("short", short), "body_id": body, "registered_on": days[1], "effective_on": days[2]}
        | {"extension": extension, "milestone": True}
        for act_id, kind, number, title, short, body, days, extension in CALL_ACTS
    ]


def slug(project_id: str) -> str:
    """Write a project's id as part of a slug."""
    return project_id.lower().replace("-", "_")


def projects(rng: Random, members: Sequence[Member]) -> list[Row]:
    """Return the projects; who ranked high started early."""
    titles = rng.sample(PROJECT_TITLES, len(members))
    ranking = sorted(members, key=lambda member: (member.temper.cut + rng.random() * 0.03, member.number))
    return [
        project(rng, member, title, ranking.index(member) + 1) for member, title in zip(members, titles, strict=True)
    ]


def project(rng: Random, member: Member, title: str, ranking: int) -> Row:
    """Return one project from ranking to end."""
    months = rng.randint(*member.temper.start)
    signed_on = later(rng, RANKED_ON + timedelta(75 + 30 * months), 0, 25)
    started_on = later(rng, signed_on, 6, 40)
    return {
        "project_id": member.project_id,
        "call_id": CALL,
        "territory": member.territory,
        "title": title,
        "prog_code": f"ESEMPIO-{member.number:03d}",
        "cup": f"ESEMPIO{member.number:08d}",
        "lead": f"Amministrazione del Territorio {member.territory[1:]}",
        "ranking": ranking,
        "planned_months": 30,
        "started_on": max(started_on, date(2020, 1, 7)),
        "started_precision": "day",
        "ended_on": MONEY_TERM if member.temper.code == "finished" else None,
        "ended_precision": "day" if member.temper.code == "finished" else None,
        "withdrawn_on": WITHDRAWN_ON if member.temper.code == "withdrawn" else None,
        "withdrawn_precision": "day" if member.temper.code == "withdrawn" else None,
        "url": None,
        **both("note", project_note(member)),
        "known_from": RANKED_ON,
        "source_id": SOURCE,
    }


def project_note(member: Member) -> tuple[str, str]:
    """Return what a reader should know about a project at once."""
    return {
        "withdrawn": ("Rinuncia per carenza di personale.", "Withdrew for lack of staff."),
        "finished": ("Concluso nel secondo termine.", "Concluded within the second term."),
    }.get(member.temper.code, ("", ""))


def project_acts(rng: Random, members: Sequence[Member], projects: Sequence[Row]) -> list[Row]:
    """Return each project's convention, its addenda at its own pace, and what else was decided about it."""
    known = by(projects, "project_id")
    return [row for member in members for row in acts_of(rng, member, known[member.project_id])]


def acts_of(rng: Random, member: Member, project: Row) -> list[Row]:
    """Return the acts of one project."""
    name, project_id, code = slug(member.project_id), member.project_id, member.temper.code
    signed_on = later(rng, project["started_on"] - timedelta(30), 0, 22)
    rows = [act(f"act_{name}_convention", "convention", ("Convenzione", "Convention"), signed_on, project_id)]
    if code == "withdrawn":
        title = ("Presa d'atto della rinuncia", "Withdrawal acknowledged")
        return [*rows, act(f"act_{name}_withdrawal", "withdrawal", title, WITHDRAWN_ON, project_id)]
    for number, decided_on, extension in ((1, MONEY_ON, "with_money"), (2, TIME_ON, "without_money")):
        if number == 1 or code != "finished":
            signed_on = later(rng, decided_on, *member.temper.addendum)
            title = (f"Atto aggiuntivo n. {number}", f"Addendum no. {number}")
            rows.append(
                act(f"act_{name}_addendum_{number}", "addendum", title, signed_on, project_id)
                | {"extension": extension}
            )
    return rows


def deadline(deadline_id: str, ends_on: date, extension: str, act: Row | None) -> Row:
    """Return a term as an act decided it."""
    return {
        "deadline_id": deadline_id,
        "call_id": CALL,
        "project_id": act and act["project_id"],
        "ends_on": ends_on,
        "act_id": act and act["act_id"],
        "extension": extension,
        "known_from": act and act["effective_on"],
        "decided_not_before": None,
        "decided_not_after": None,
        **both("note", ("", "")),
        "source_id": SOURCE,
    }


def deadlines(rng: Random, members: Sequence[Member], acts: Sequence[Row]) -> list[Row]:
    """Return the terms of the call and those of each project, whose addenda follow the acts."""
    known, of_project = by(acts, "act_id"), grouped(acts, "project_id")
    rows = [
        deadline("e1_first", FIRST_TERM, "first", known["act_ranking"]),
        deadline("e1_money", MONEY_TERM, "with_money", known["act_money"]),
        deadline("e1_time", LAST_TERM, "without_money", known["act_time"]),
    ]
    steady = [member for member in members if member.temper.code == "steady"]
    early, unknown = rng.sample(steady, 3), steady[-1]
    for member in members:
        last = date(2025, 3, 31) if member in early and member is not unknown else LAST_TERM
        rows += deadlines_of(member, of_project[member.project_id], last)
    return [*rows, not_found(unknown.project_id)]


def deadlines_of(member: Member, acts: Iterable[Row], last: date) -> list[Row]:
    """Return one project's terms, one for each convention or addendum."""
    terms = {"convention": FIRST_TERM, "addendum_1": MONEY_TERM, "addendum_2": last}
    return [
        deadline(f"{slug(member.project_id)}_{name}", terms[name], act["extension"] or "first", act)
        for act in acts
        if (name := act["act_id"].removeprefix(f"act_{slug(member.project_id)}_")) in terms
    ]


def not_found(project_id: str) -> Row:
    """Return the term of a project that a report mentions and whose act was not found."""
    note = (
        "Il termine è citato in una relazione del 28/06/2024; l'atto non è stato trovato.",
        "A report of 28/06/2024 mentions the term; the act was not found.",
    )
    return deadline(f"{slug(project_id)}_not_found", date(2025, 9, 30), "not_known", None) | {
        "project_id": project_id,
        "decided_not_before": date(2024, 3, 29),
        "decided_not_after": date(2024, 6, 28),
        **both("note", note),
    }


def legal_limits() -> list[Row]:
    """Return the law's limits, before and after they changed."""
    limits = (
        ("incurred", date(2024, 6, 30), date(2025, 12, 31)),
        ("paid", date(2024, 12, 31), date(2026, 3, 31)),
        ("final_report", date(2025, 6, 30), date(2026, 9, 30)),
    )
    return [
        {"kind": kind, "limit_on": limit_on, "act_id": act_id, "known_from": known_from, "source_id": SOURCE}
        for kind, *days in limits
        for limit_on, act_id, known_from in zip(days, ("act_call", "act_law"), (OPENED_ON, LAW_ON), strict=True)
    ]


def endowments() -> list[Row]:
    """Return the call's endowment: announced, assigned, increased."""
    none, added = ("", ""), ("Incremento di 6 milioni di euro.", "Increase of 6 million euro.")
    versions = (
        ("e1_announced", "announced", ENDOWMENT, False, "act_call", none, OPENED_ON),
        ("e1_assigned", "assigned", ENDOWMENT, True, "act_ranking", none, RANKED_ON),
        ("e1_increase", "increase", INCREASED, True, "act_money", added, MONEY_ON),
    )
    return [
        {
            "endowment_id": endowment_id,
            "call_id": CALL,
            "kind": kind,
            "amount_eur": amount,
            "total": total,
            "act_id": act_id,
            **both("note", note),
            "known_from": known_from,
            "source_id": SOURCE,
        }
        for endowment_id, kind, amount, total, act_id, note, known_from in versions
    ]


def allocation_rules() -> list[Row]:
    """Return the rule by which the first funding was shared out."""
    published = (
        "Una quota fissa per progetto; il resto in proporzione ai cittadini di Paesi terzi.",
        "A fixed amount per project; the rest in proportion to third-country nationals.",
    )
    assumed = ("Si usano i dati al 1° gennaio 2019.", "Figures of 1 January 2019 are used.")
    return [
        {
            "call_id": CALL,
            "fixed_eur": FIXED,
            "need": "third_country_nationals",
            "reference_on": REFERENCE_ON,
            "endowment_id": "e1_assigned",
            **both("published", published),
            **both("assumed", assumed),
            "source_id": SOURCE,
        }
    ]


def shares(member: Member) -> tuple[float, float, float]:
    """Return the EU, State and own share of a project's funding."""
    if member.number % 7 == 3:
        return 0.5, 0.5, 0.0
    return (0.75, 0.2, 0.05) if member.number % 6 == 1 else (0.75, 0.25, 0.0)


def funding(rng: Random, members: Sequence[Member], need: Mapping[str, int], third: Iterable[Member]) -> list[Row]:
    """Return the funding versions: shared out by the rule, increased with the extension, kept by a later change."""
    first = [
        FIXED + part for part in split(ENDOWMENT - FIXED * len(members), [need[member.territory] for member in members])
    ]
    weights = [
        0.0 if member.temper.code == "withdrawn" else float(amount) * rng.uniform(0.8, 1.1) * member.temper.reach
        for member, amount in zip(members, first, strict=True)
    ]
    added = split(INCREASED - ENDOWMENT, weights)
    changed = [member.project_id for member in third]
    return [
        row
        for member, amount, more in zip(members, first, added, strict=True)
        for row in fundings_of(rng, member, (amount, amount + more), changed=member.project_id in changed)
    ]


def fundings_of(rng: Random, member: Member, amounts: tuple[Decimal, Decimal], *, changed: bool) -> list[Row]:
    """Return one project's funding versions."""
    first, increased = amounts
    rows = [funding_row(member, 1, first, "act_ranking", RANKED_ON)]
    if increased > first:
        rows.append(funding_row(member, 2, increased, "act_money", MONEY_ON))
    if changed and len(rows) == 2:
        note = ("Rimodulazione senza variazione del totale.", "Change of budget with the same total.")
        known_from = between(rng, date(2022, 10, 3), date(2024, 4, 30))
        rows.append(funding_row(member, 3, increased, None, known_from) | both("note", note))
    return rows


def funding_row(member: Member, version: int, amount: Decimal, act_id: str | None, known_from: date) -> Row:
    """Return one funding version with its shares."""
    eu, state, own = parts(amount, member)
    return {
        "project_id": member.project_id,
        "version": version,
        "amount_eur": amount,
        "eu_eur": eu,
        "state_eur": state,
        "own_eur": own,
        "act_id": act_id,
        **both("note", ("", "")),
        "known_from": known_from,
        "source_id": SOURCE,
    }


def parts(amount: Decimal, member: Member) -> list[Decimal]:
    """Split an amount into the EU, State and own share of a project."""
    return split(amount, shares(member)) if amount else [ZERO, ZERO, ZERO]


def in_force(versions: Iterable[Row], day: date = AS_OF) -> Row:
    """Return the newest version known on a day."""
    return [row for row in versions if row["known_from"] <= day][-1]


def rounded(amount: Decimal, step: int) -> Decimal:
    """Round an amount to a multiple of some euro."""
    return cents(round(amount / step) * step)
