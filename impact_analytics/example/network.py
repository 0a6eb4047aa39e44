"""Who takes part: leads, schools, local authorities and the others, known by name and planned."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from impact_analytics.example.amounts import share
from impact_analytics.example.country import points
from impact_analytics.example.days import between
from impact_analytics.example.frame import CODES, RANKED_ON
from impact_analytics.example.projects import MONEY_ON, in_force, rounded, slug
from impact_analytics.example.rows import SOURCE, Row, both, grouped
from impact_analytics.example.story import Member

MUNICIPALITIES = "ABCDEFGH"
# kind: (fewest, most, action line, name)
KINDS: dict[str, tuple[int, int, str | None, str]] = {
    "school": (3, 9, "01", "Istituto scolastico {area}-{number:02d}"),
    "adult_school": (0, 2, "01", "Scuola per adulti {area}-{number}"),
    "school_office": (0, 1, "01", "Ufficio scolastico {area}"),
    "local_authority": (1, 5, "02", "Comune {area}-{letter}"),
    "social_district": (0, 3, "02", "Distretto sociale {area}-{number}"),
    "municipal_association": (0, 1, None, "Associazione dei comuni {area}"),
    "university": (0, 1, "03", "Università {area}"),
    "third_sector": (1, 3, None, "Cooperativa sociale {area}-{number}"),
    "migrant_association": (0, 2, "04", "Associazione di migranti {area}-{number}"),
    "other": (0, 1, "03", "Radio locale {area}"),
}
ROLES = {
    "third_sector": ("contractor", "contractor", "co_beneficiary"),
    "other": ("contractor", "involved"),
    "migrant_association": ("involved", "involved", "co_beneficiary"),
}
USUAL_ROLES = ("co_beneficiary", "co_beneficiary", "involved")
NETWORKS = tuple(code for code, *_ in CODES["network"])


def partners(rng: Random, members: Sequence[Member], acts: Sequence[Row], areas: Mapping[str, Any]) -> list[Row]:
    """Return the partners of every project, the lead first."""
    signed = {act["project_id"]: act["adopted_on"] for act in acts if act["kind"] == "convention"}
    rows = []
    for member in members:
        places = points(areas, member.territory, len(MUNICIPALITIES), rng)
        rows += partners_of(rng, member, signed[member.project_id], places)
    return rows


def partners_of(rng: Random, member: Member, signed_on: date, places: Sequence[tuple[float, float]]) -> list[Row]:
    """Return the partners of one project at the points of its municipalities."""
    area, spots = member.territory[1:], list(zip(MUNICIPALITIES, places, strict=True))
    rows = [
        partner(rng, member, "administration", f"Amministrazione del Territorio {area}", spots[0])
        | {"role": "lead", "counts_in_total": "yes", "known_from": RANKED_ON, "location": "stated"}
    ]
    for kind, (fewest, most, line, name) in KINDS.items():
        for number in range(1, rng.randint(fewest, most) + 1):
            place = number if kind == "local_authority" else rng.randrange(len(MUNICIPALITIES))
            text = name.format(area=area, number=number, letter=MUNICIPALITIES[place])
            row = partner(rng, member, kind, text, spots[place]) | {"action_line": line, "known_from": signed_on}
            if kind in {"school", "third_sector"} and number > 2 and rng.random() < 0.4:
                row["known_from"] = between(rng, date(2020, 10, 1), date(2023, 12, 15))
            rows.append(row)
    for number, row in enumerate(rows):
        row["partner_id"] = f"{slug(member.project_id)}_p{number:02d}"
    return rows


def partner(rng: Random, member: Member, kind: str, name: str, spot: tuple[str, tuple[float, float]]) -> Row:
    """Return one partner; a contractor does not count, and of some it is not settled."""
    role = rng.choice(ROLES.get(kind, USUAL_ROLES))
    counts = "no" if role == "contractor" else rng.choices(("yes", "unsettled"), (0.94, 0.06))[0]
    located = kind != "other"
    return {
        "partner_id": "",
        "project_id": member.project_id,
        "action_line": None,
        "name": name,
        "kind": kind,
        "role": role,
        "role_stated": None,
        "counts_in_total": counts,
        "municipality": f"Comune {member.territory[1:]}-{spot[0]}" if located else None,
        "province": None,
        "location": rng.choices(("stated", "inferred"), (0.85, 0.15))[0] if located else None,
        "lon": spot[1][0] if located else None,
        "lat": spot[1][1] if located else None,
        **both(
            "note",
            ("Ruolo non chiarito dagli atti.", "The acts leave the role open.") if counts == "unsettled" else ("", ""),
        ),
        "known_from": None,
        "source_id": SOURCE,
    }


def partner_funding(
    rng: Random, members: Sequence[Member], partners: Sequence[Row], funding: Sequence[Row]
) -> list[Row]:
    """Return what co-beneficiaries of every second project receive, and what the increase adds."""
    of_project, versions = grouped(partners, "project_id"), grouped(funding, "project_id")
    rows = []
    for member in members[::2]:
        amount = in_force(versions[member.project_id], MONEY_ON)["amount_eur"]
        paid = [row for row in of_project[member.project_id] if row["role"] == "co_beneficiary"]
        for row in paid:
            first = rounded(share(amount, rng.uniform(0.2, 0.45) / len(paid)), 500)
            rows.append(partner_funding_row(row, 1, first, row["known_from"]))
            if row["known_from"] < MONEY_ON and member.temper.code != "withdrawn" and rng.random() < 0.6:
                more = rounded(share(first, 1 + rng.uniform(0.1, 0.3)), 500)
                rows.append(partner_funding_row(row, 2, more, between(rng, MONEY_ON, date(2022, 7, 15))))
    return rows


def partner_funding_row(partner: Row, version: int, amount: Decimal, known_from: date) -> Row:
    """Return one version of a partner's funding."""
    return {
        "partner_id": partner["partner_id"],
        "version": version,
        "amount_eur": amount,
        "known_from": known_from,
        "source_id": SOURCE,
    }


def network_counts(rng: Random, members: Sequence[Member], partners: Sequence[Row]) -> list[Row]:
    """Return how many bodies the proposals planned, a few more than are known by name, by project and in all."""
    of_project = grouped(partners, "project_id")
    network = {code: parent for code, _, _, parent in CODES["kind"]}
    rows = []
    for code in NETWORKS:
        counts = [
            (member.project_id, named(of_project[member.project_id], network, code) + rng.choice((0, 0, 1, 1, 2)))
            for member in members
        ]
        rows += [network_count(code, project_id, count) for project_id, count in counts]
        rows.append(network_count(code, None, sum(count for _, count in counts)))
    return rows


def named(partners: Iterable[Row], network: Mapping[str, str | None], code: str) -> int:
    """Count the partners of a network that are known by name."""
    return sum(network[row["kind"]] == code and row["counts_in_total"] != "no" for row in partners)


def network_count(network: str, project_id: str | None, planned: int) -> Row:
    """Return a planned number, of one project or of the call."""
    return {
        "network": network,
        "project_id": project_id,
        "planned": planned,
        **both("note", ("", "")),
        "known_from": RANKED_ON,
        "source_id": SOURCE,
    }
