"""The whole example programme, put together and written."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from impact_analytics.example import cash, control, frame, monitoring, network, places, plans, projects
from impact_analytics.example.country import areas
from impact_analytics.example.days import AS_OF
from impact_analytics.example.requests import requests
from impact_analytics.example.rows import Row, Tables, by, csv_text, grouped
from impact_analytics.example.story import Member, members
from impact_analytics.example.texts import PROGRAMME, README, STATUS
from impact_analytics.example.truth import Truth, truth


def write(folder: Path, seed: int = 7) -> None:
    """Write all files of the example programme into a folder; the same seed gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    shapes = country(seed)
    files = {"programme.toml": PROGRAMME, "status.toml": STATUS, "README.md": README, "areas.geojson": geojson(shapes)}
    files |= {f"{name}.csv": csv_text(rows) for name, rows in tables(seed, shapes).items()}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def country(seed: int) -> dict[str, Any]:
    """Return the map of the invented country."""
    return areas(seed, frame.TERRITORIES, [f"T{number:02d}" for number in range(1, frame.TERRITORIES + 1)])


def geojson(shapes: Mapping[str, Any]) -> str:
    """Write a map as text."""
    return json.dumps(shapes, ensure_ascii=False, separators=(",", ":")) + "\n"


def drawn(seed: int, subject: str) -> Random:
    """Return the random numbers of one subject, so that another subject's do not move them."""
    return Random(f"{seed} {subject}")


def tables(seed: int, shapes: Mapping[str, Any]) -> Tables:
    """Return every table of the programme."""
    found = framed(seed, shapes)
    company = members(drawn(seed, "members"), frame.CALL, need(found))
    found |= decided(seed, company, need(found))
    found |= planned(seed, company, shapes, found)
    truths = lived(seed, company, found)
    found |= monitored(seed, company, truths, found)
    found |= paid(seed, company, truths, found)
    found |= controlled(seed, company, found)
    found |= told(seed, company, truths, found)
    return found


def need(found: Tables) -> dict[str, int]:
    """Return the need of each territory that applied, by which the first funding is shared out."""
    applied = {row["territory"] for row in found["territory"] if row["applied"]}
    return {
        row["territory"]: row["third_country_nationals"]
        for row in found["population"]
        if row["territory"] in applied and row["on_date"] == frame.REFERENCE_ON
    }


def framed(seed: int, shapes: Mapping[str, Any]) -> Tables:
    """Return the frame."""
    territories = frame.territories(shapes)
    return {
        "source": frame.sources(),
        "code": frame.codes(),
        "body": frame.bodies(),
        "programme_call": frame.calls(),
        "macro_area": frame.macro_areas(),
        "territory": territories,
        "action_line": frame.action_lines(),
        "indicator": frame.indicators(),
        "population": frame.population(drawn(seed, "population"), territories),
    }


def decided(seed: int, company: Sequence[Member], needs: Mapping[str, int]) -> Tables:
    """Return the projects, their acts, terms and funding."""
    rng = drawn(seed, "projects")
    rows = projects.projects(rng, company)
    acts = projects.call_acts() + projects.project_acts(drawn(seed, "acts"), company, rows)
    running = [member for member in company if member.temper.code not in {"withdrawn", "finished", "uncovered"}]
    return {
        "project": rows,
        "act": acts,
        "endowment": projects.endowments(),
        "allocation_rule": projects.allocation_rules(),
        "deadline": projects.deadlines(drawn(seed, "deadlines"), company, acts),
        "legal_limit": projects.legal_limits(),
        "funding": projects.funding(drawn(seed, "funding"), company, needs, rng.sample(running, 8)),
    }


def planned(seed: int, company: Sequence[Member], shapes: Mapping[str, Any], found: Tables) -> Tables:
    """Return partners, budgets, targets and the requests to change them."""
    partners = network.partners(drawn(seed, "partners"), company, found["act"], shapes)
    budget = plans.budgets(drawn(seed, "budget"), company, found["funding"], found["act"])
    changes = plans.changes(drawn(seed, "changes"), company, found["funding"])
    plans.amounts_moved(drawn(seed, "amounts moved"), changes, budget)
    return {
        "act": found["act"] + plans.change_acts(changes),
        "partner": partners,
        "partner_funding": network.partner_funding(drawn(seed, "partner funding"), company, partners, found["funding"]),
        "network_count": network.network_counts(drawn(seed, "network"), company, partners),
        "budget": budget,
        "indicator_target": plans.targets(drawn(seed, "targets"), company, found["funding"], budget),
        "change_request": changes,
    }


def lived(seed: int, company: Sequence[Member], found: Tables) -> dict[str, Truth]:
    """Return what happened in each project."""
    project, terms = by(found["project"], "project_id"), own_terms(found["deadline"])
    budget, targets = grouped(found["budget"], "project_id"), plans.final_targets(found["indicator_target"])
    return {
        name: truth(
            drawn(seed, f"truth {name}"), member, project[name], terms[name], budget=budget[name], targets=targets[name]
        )
        for member in company
        for name in [member.project_id]
    }


def own_terms(deadlines: Sequence[Row]) -> dict[str, list[Row]]:
    """Return each project's own terms as they became known."""
    ordered = sorted(deadlines, key=lambda row: (monitoring.known(row), row["deadline_id"]))
    return grouped((row for row in ordered if row["project_id"]), "project_id")


def monitored(seed: int, company: Sequence[Member], truths: Mapping[str, Truth], found: Tables) -> Tables:
    """Return the sheets and their parts."""
    sheets = monitoring.sheets(drawn(seed, "sheets"), company, truths)
    project = by(found["project"], "project_id")
    moments = monitoring.moments(sheets, company, truths, project, own_terms(found["deadline"]))
    wrong = monitoring.superseded(sheets)
    return {
        "reporting_period": monitoring.reporting_periods(),
        "sheet": sheets,
        "sheet_financial": monitoring.financial(drawn(seed, "financial"), moments, wrong),
        "sheet_physical": monitoring.physical(drawn(seed, "physical"), moments, wrong),
        "sheet_procedural": monitoring.procedural(moments),
        "sheet_cause": monitoring.causes(drawn(seed, "causes"), moments),
        "sheet_network": monitoring.network(drawn(seed, "sheet network"), moments, found["partner"]),
    }


def paid(seed: int, company: Sequence[Member], truths: Mapping[str, Truth], found: Tables) -> Tables:
    """Return payment requests, payments, recoveries and accounts."""
    asked, steps = requests(drawn(seed, "requests"), company, truths)
    due = cash.payments(drawn(seed, "payments"), company, found["act"], found["funding"], asked)
    recoveries = cash.recoveries(drawn(seed, "recoveries"), company, due, asked)
    return {
        "act": found["act"] + cash.recovery_acts(recoveries),
        "payment_request": asked,
        "request_step": cash.settled(steps, due),
        "payment": [row for row in due if row["paid_on"] <= AS_OF],
        "recovery": recoveries,
        "accounts_entry": cash.accounts(company, asked, recoveries),
    }


def controlled(seed: int, company: Sequence[Member], found: Tables) -> Tables:
    """Return the controls and their findings."""
    asked, recoveries, rng = found["payment_request"], found["recovery"], drawn(seed, "controls")
    controls = {
        "desk_review": control.desk_reviews(rng, company, found["sheet"]),
        "verification": control.verifications(rng, asked),
        "on_the_spot_check": control.checks(rng, company, found["project"], asked, recoveries),
    }
    return controls | {"finding": control.findings(rng, controls, asked, found["sheet"], recoveries)}


def told(seed: int, company: Sequence[Member], truths: Mapping[str, Truth], found: Tables) -> Tables:
    """Return what was made public about territories and results."""
    rng = drawn(seed, "places")
    absent = next(row["territory"] for row in found["territory"] if not row["applied"])
    return {
        "result": monitoring.results(rng, company, truths, plans.final_targets(found["indicator_target"])),
        "territory_item": places.items(rng, company, found["project"], absent),
        "continuity": places.continuity(rng, company),
        "statement": places.statements(),
        "contradiction": places.contradictions(),
        "alternative": places.alternatives(found["deadline"], found["network_count"]),
        "gap": places.gaps(),
    }
