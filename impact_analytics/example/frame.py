"""The frame of the example programme: bodies, codes, lines, indicators, territories and their people."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from impact_analytics.example.rows import SOURCE, Row, both

CALL = "e1"
OPENED_ON = date(2019, 2, 4)
RANKED_ON = date(2019, 9, 16)
REFERENCE_ON = date(2019, 1, 1)
TERRITORIES = 21  # the last one did not apply

BODIES: tuple[tuple[str, tuple[str, str], tuple[str, str]], ...] = (
    (
        "authority",
        ("Ufficio nazionale per l'inclusione", "National Office for Inclusion"),
        (
            "Gestisce il programma e decide sulle domande di rimborso",
            "Runs the programme and decides on payment requests",
        ),
    ),
    (
        "responsible",
        ("Dipartimento dei fondi", "Department of Funds"),
        ("Risponde del fondo e ne presenta i conti", "Answers for the fund and presents its accounts"),
    ),
    (
        "audit",
        ("Ispettorato dei conti", "Inspectorate of Accounts"),
        ("Controlla il sistema di gestione", "Audits the management system"),
    ),
    (
        "assembly",
        ("Assemblea dei territori", "Assembly of Territories"),
        ("Esprime il parere sul riparto", "Gives its opinion on the allocation"),
    ),
)

CODES: dict[str, tuple[tuple[str, str, str, str | None], ...]] = {
    "role": (
        ("lead", "Capofila", "Lead", None),
        ("co_beneficiary", "Partner co-beneficiario", "Co-beneficiary partner", None),
        ("involved", "Soggetto coinvolto", "Body involved", None),
        ("contractor", "Affidatario", "Contractor", None),
    ),
    "kind": (
        ("administration", "Amministrazione territoriale", "Territorial administration", None),
        ("school", "Istituto scolastico", "School", "school"),
        ("adult_school", "Scuola per adulti", "Adult school", "school"),
        ("school_office", "Ufficio scolastico", "School office", None),
        ("local_authority", "Ente locale", "Local authority", "local_authority"),
        ("social_district", "Distretto sociale", "Social district", "social_district"),
        ("municipal_association", "Associazione di comuni", "Association of municipalities", "municipal_association"),
        ("university", "Università", "University", None),
        ("third_sector", "Terzo settore", "Third sector", None),
        ("migrant_association", "Associazione di migranti", "Migrant association", None),
        ("other", "Altro", "Other", None),
    ),
    "network": (
        ("school", "Istituti scolastici e scuole per adulti", "Schools and adult schools", None),
        ("local_authority", "Enti locali", "Local authorities", None),
        ("social_district", "Distretti sociali", "Social districts", None),
        ("municipal_association", "Associazioni di comuni", "Associations of municipalities", None),
    ),
    "cost_category": (
        ("staff", "Personale", "Staff", None),
        ("travel", "Viaggi e soggiorni", "Travel and subsistence", None),
        ("equipment", "Attrezzature e materiali", "Equipment and materials", None),
        ("premises", "Locali", "Premises", None),
        ("services", "Affidamenti e servizi", "Contracts and services", None),
        ("participants", "Costi per i destinatari", "Costs for recipients", None),
        ("indirect", "Costi indiretti", "Indirect costs", None),
    ),
    "cause_origin": (
        ("beneficiary", "Beneficiario", "Beneficiary", None),
        ("other_bodies", "Altri enti", "Other bodies", None),
        ("context", "Contesto", "Context", None),
    ),
    "cause_nature": (
        ("administrative", "Amministrativa", "Administrative", None),
        ("organisational", "Organizzativa", "Organisational", None),
        ("staff", "Personale", "Staff", None),
        ("financial", "Finanziaria", "Financial", None),
        ("technical", "Tecnica", "Technical", None),
        ("external_event", "Evento esterno", "External event", None),
    ),
    "act_kind": (
        ("call", "Avviso", "Call", None),
        ("ranking", "Graduatoria", "Ranking", None),
        ("circular", "Circolare", "Circular", None),
        ("extension", "Proroga", "Extension", None),
        ("regulation", "Regolamento", "Regulation", None),
        ("convention", "Convenzione", "Convention", None),
        ("addendum", "Atto aggiuntivo", "Addendum", None),
        ("change", "Rimodulazione", "Change decision", None),
        ("withdrawal", "Rinuncia", "Withdrawal", None),
        ("recovery_order", "Ordine di recupero", "Recovery order", None),
    ),
}

MACRO_AREAS = (
    ("north", "Nord", "North"),
    ("west", "Ovest", "West"),
    ("centre", "Centro", "Centre"),
    ("east", "Est", "East"),
    ("south", "Sud", "South"),
)

ACTION_LINES = (
    ("01", "I nuovi arrivati a scuola", "Newcomers at school"),
    ("02", "Servizi più vicini", "Services closer by"),
    ("03", "Informazione chiara in più lingue", "Clear information in several languages"),
    ("04", "Prendere parte alla vita locale", "Taking part in local life"),
)

# id, line, names, unit, level, common code, counts persons once
INDICATORS: tuple[tuple[str, str | None, str, str, str, str, str | None, bool], ...] = (
    (
        "persons_assisted",
        None,
        "Persone assistite dal programma",
        "Persons assisted by the programme",
        "persons",
        "output",
        "EX1",
        True,
    ),
    (
        "tools_in_place",
        None,
        "Strumenti di governo attivati",
        "Governance tools in place",
        "count",
        "result",
        "EX2",
        False,
    ),
    (
        "pupils",
        "01",
        "Alunni di Paesi terzi seguiti",
        "Third-country pupils supported",
        "persons",
        "output",
        None,
        True,
    ),
    (
        "workshop_hours",
        "01",
        "Ore di laboratorio linguistico",
        "Hours of language workshop",
        "hours",
        "output",
        None,
        False,
    ),
    (
        "pupils_level",
        "01",
        "Alunni che migliorano di un livello",
        "Pupils who rise by one level",
        "persons",
        "result",
        None,
        True,
    ),
    (
        "desk_users",
        "02",
        "Persone seguite dagli sportelli",
        "Persons followed by the help desks",
        "persons",
        "output",
        None,
        True,
    ),
    ("desk_visits", "02", "Accessi agli sportelli", "Visits to the help desks", "contacts", "reach", None, False),
    (
        "services_renewed",
        "02",
        "Servizi con accesso rinnovato",
        "Services with renewed access",
        "count",
        "result",
        None,
        False,
    ),
    (
        "products",
        "03",
        "Prodotti informativi in più lingue",
        "Information products in several languages",
        "count",
        "output",
        None,
        False,
    ),
    (
        "people_reached",
        "03",
        "Persone raggiunte dall'informazione",
        "People reached by information",
        "contacts",
        "reach",
        None,
        False,
    ),
    ("associations", "04", "Associazioni coinvolte", "Associations involved", "count", "output", None, False),
    (
        "participants",
        "04",
        "Partecipanti alle attività locali",
        "Participants in local activities",
        "persons",
        "output",
        None,
        True,
    ),
)


def sources() -> list[Row]:
    """Return the one source of everything: the seed."""
    return [
        {
            "source_id": SOURCE,
            "title": "Valori inventati a partire da un seme / Values invented from a seed",
            "publisher": "IMPACT Analytics",
            "url": None,
            "published_on": OPENED_ON,
            "published_precision": "day",
            "licence": "CC0-1.0",
            **both("note", ("Nessun dato reale.", "No real data.")),
        }
    ]


def codes() -> list[Row]:
    """Return the names of the programme's own codes."""
    return [
        {"list": name, "code": code, "name_it": it, "name_en": en, "position": position, "parent": parent}
        for name, entries in CODES.items()
        for position, (code, it, en, parent) in enumerate(entries, start=1)
    ]


def bodies() -> list[Row]:
    """Return the bodies that run the programme."""
    return [
        {"body_id": body_id, **both("name", name), **both("task", task), "url": None, "source_id": SOURCE}
        for body_id, name, task in BODIES
    ]


def calls() -> list[Row]:
    """Return the one call."""
    return [
        {
            "call_id": CALL,
            **both("title", ("Avviso d'esempio per i territori", "Example call for the territories")),
            **both("fund", ("Fondo d'esempio", "Example fund")),
            **both(
                "objective", ("Inclusione di chi arriva da Paesi terzi", "Inclusion of people from third countries")
            ),
            "opened_on": OPENED_ON,
            "known_from": OPENED_ON,
            "source_id": SOURCE,
        }
    ]


def macro_areas() -> list[Row]:
    """Return the macro-areas."""
    return [
        {"macro_area": code, "name_it": it, "name_en": en, "position": position}
        for position, (code, it, en) in enumerate(MACRO_AREAS, start=1)
    ]


def macro_area_of(areas: Mapping[str, Any]) -> dict[str, str]:
    """Return the macro-area of each territory by where its label stands."""
    spots = [feature["properties"] for feature in areas["features"]]
    down = [spot["territory"] for spot in sorted(spots, key=lambda spot: -spot["label_lat"])]
    across = [spot["territory"] for spot in sorted(spots, key=lambda spot: spot["label_lon"])]
    middle = [territory for territory in across if territory in down[4:-4]]
    found = dict.fromkeys(down[:4], "north") | dict.fromkeys(down[-4:], "south")
    third = len(middle) / 3
    return found | {t: ("west", "centre", "east")[int(place / third)] for place, t in enumerate(middle)}


def territories(areas: Mapping[str, Any]) -> list[Row]:
    """Return the territories of the map; the last one did not apply."""
    macro_area = macro_area_of(areas)
    absent = ("Non ha presentato domanda.", "Did not apply.")
    return [
        {
            "territory": territory,
            "name_it": f"Territorio {territory[1:]}",
            "name_en": f"Territory {territory[1:]}",
            "macro_area": macro_area[territory],
            "national_code": territory[1:],
            "applied": number < TERRITORIES,
            **both("note", absent if number == TERRITORIES else ("", "")),
            "source_id": SOURCE,
        }
        for number, territory in enumerate(sorted(macro_area), start=1)
    ]


def action_lines() -> list[Row]:
    """Return the four lines of action; the first follows the school year."""
    return [
        {
            "action_line": code,
            "call_id": CALL,
            "position": position,
            "name_it": f"Azione {code}",
            "name_en": f"Action {code}",
            "title_it": it,
            "title_en": en,
            "school_time": position == 1,
            "source_id": SOURCE,
        }
        for position, (code, it, en) in enumerate(ACTION_LINES, start=1)
    ]


def indicators() -> list[Row]:
    """Return the indicators, the common ones first."""
    return [
        {
            "indicator_id": indicator_id,
            "action_line": line,
            "name_it": it,
            "name_en": en,
            "unit": unit,
            "level": level,
            "common_code": common,
            "unique_persons": unique,
            "source_id": SOURCE,
        }
        for indicator_id, line, it, en, unit, level, common, unique in INDICATORS
    ]


def population(rng: Random, territories: Sequence[Row]) -> list[Row]:
    """Return each territory's people on the first day of six years."""
    rows = []
    for territory in territories:
        residents = rng.lognormvariate(13.9, 0.55)
        foreign = residents * rng.uniform(0.035, 0.125)
        thirds, growth = rng.uniform(0.62, 0.78), rng.gauss(0.018, 0.012)
        for year in range(6):
            now = foreign * (1 + growth) ** year * (0.985 if year == 2 else 1.0)
            rows.append(
                {
                    "territory": territory["territory"],
                    "on_date": REFERENCE_ON.replace(year=REFERENCE_ON.year + year),
                    "third_country_nationals": round(now * thirds),
                    "long_term_permits": round(now * thirds * (0.58 + 0.008 * year)),
                    "foreign_residents": round(now),
                    "residents": round(residents * 0.998**year),
                    "source_id": SOURCE,
                }
            )
    return rows
