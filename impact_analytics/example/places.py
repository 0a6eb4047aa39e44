"""What is said about territories and about the programme: items, continuity, statements, contradictions, gaps."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from impact_analytics.example.amounts import cents
from impact_analytics.example.days import AS_OF, between, quarter_index
from impact_analytics.example.rows import SOURCE, Row, both
from impact_analytics.example.story import Member

# kind: (title, first day, last day)
ITEMS: dict[str, tuple[tuple[tuple[str, str], date, date], ...]] = {
    "activity": (
        (
            ("Laboratori linguistici nelle scuole", "Language workshops in schools"),
            date(2020, 10, 5),
            date(2020, 12, 18),
        ),
        (
            ("Apertura dello sportello itinerante", "The travelling help desk opens"),
            date(2022, 2, 1),
            date(2022, 10, 28),
        ),
        (("Festa delle lingue", "Festival of languages"), date(2022, 5, 2), date(2024, 6, 14)),
        (
            ("Consulta territoriale dei nuovi cittadini", "Territorial council of new citizens"),
            date(2022, 9, 12),
            date(2024, 10, 30),
        ),
        (
            ("Formazione degli operatori degli sportelli", "Training for help desk staff"),
            date(2023, 1, 16),
            date(2024, 9, 27),
        ),
    ),
    "call": (
        (("Avviso per mediatori linguistici", "Call for language mediators"), date(2020, 3, 2), date(2020, 11, 30)),
        (
            ("Manifestazione di interesse per associazioni", "Call for interest for associations"),
            date(2020, 6, 1),
            date(2022, 9, 30),
        ),
        (("Gara per i servizi di sportello", "Tender for help desk services"), date(2020, 5, 4), date(2021, 9, 30)),
    ),
    "opportunity": (
        (
            ("Corsi di lingua gratuiti per adulti", "Free language courses for adults"),
            date(2021, 9, 13),
            date(2024, 10, 11),
        ),
        (("Tirocini nei servizi comunali", "Internships in municipal services"), date(2022, 4, 4), date(2024, 9, 20)),
    ),
    "document": (
        (
            ("Linee guida per l'accoglienza a scuola", "Guidelines for welcoming pupils"),
            date(2021, 3, 1),
            date(2023, 5, 31),
        ),
        (("Mappa dei servizi in sei lingue", "Map of services in six languages"), date(2020, 11, 2), date(2023, 3, 31)),
        (("Relazione intermedia", "Interim report"), date(2022, 11, 7), date(2023, 4, 28)),
    ),
}


def items(rng: Random, members: Sequence[Member], projects: Sequence[Row], absent: str) -> list[Row]:
    """Return what each territory published about its project; the absent one has an opportunity of its own."""
    rows = []
    for member, project in zip(members, projects, strict=True):
        title = (project["title"], project["title"])
        rows.append(item(member.territory, member.project_id, ("project", title), project["started_on"]))
        last = project["withdrawn_on"] or project["ended_on"] or AS_OF
        for kind, entries in ITEMS.items():
            for title, low, high in entries:
                if low > last or rng.random() > 0.72:
                    continue
                day = between(rng, max(low, project["started_on"] + timedelta(20)), min(high, last))
                if quarter_index(day) in {4, 5} and kind == "activity":
                    continue
                rows.append(item(member.territory, member.project_id, (kind, title), day))
    title = ("Sportello comunale per i nuovi arrivati", "Municipal help desk for newcomers")
    rows.append(item(absent, None, ("opportunity", title), date(2023, 3, 6)))
    for number, row in enumerate(rows, start=1):
        row["item_id"] = f"item_{number:03d}"
    return rows


def item(territory: str, project_id: str | None, kind: tuple[str, tuple[str, str]], day: date) -> Row:
    """Return one item of a territory."""
    return {
        "item_id": "",
        "territory": territory,
        "project_id": project_id,
        "kind": kind[0],
        **both("title", kind[1]),
        "on_date": day,
        "on_precision": "day",
        "url": None,
        "known_from": day,
        "source_id": SOURCE,
    }


def continuity(rng: Random, members: Sequence[Member]) -> list[Row]:
    """Return what came before in some territories, and what goes on after where it is decided."""
    before = ("Progetto pilota di accoglienza a scuola", "Pilot project for newcomers at school")
    after = ("Servizi di sportello a carico del bilancio territoriale", "Help desks paid by the territory's own budget")
    rows = [
        continuity_row("before_all", None, "before", ("Avviso pilota d'esempio", "Example pilot call"))
        | {
            "amount_eur": cents(9_000_000),
            **span(date(2016, 1, 1), date(2018, 12, 31), "year"),
            "known_from": date(2019, 2, 4),
        }
    ]
    for member in members:
        name = member.territory.lower()
        if rng.random() < 0.55:
            amount = cents(rng.randrange(180, 720) * 1000)
            dates = span(date(2017, 1, 1), date(2018, 12, 31), "year")
            row = continuity_row(f"before_{name}", member.territory, "before", before)
            rows.append(row | {"amount_eur": amount, **dates, "known_from": date(2019, 2, 4)})
        if member.temper.code in {"star", "finished"} or (member.temper.code == "steady" and rng.random() < 0.25):
            starts_on = date(2024, 1, 31) if member.temper.code == "finished" else date(2025, 7, 31)
            known_from = between(rng, date(2023, 12, 4), date(2024, 11, 29))
            own = cents(rng.randrange(60, 260) * 1000) if rng.random() < 0.7 else None
            later = continuity_row(f"after_{name}", member.territory, "after", after)
            rows.append(later | {"amount_eur": own, **span(starts_on, None, "month"), "known_from": known_from})
    return rows


def span(starts_on: date, ends_on: date | None, precision: str) -> Row:
    """Return the columns of a span of days known to the month or the year."""
    return {
        "starts_on": starts_on.replace(month=12, day=31) if precision == "year" else starts_on,
        "starts_precision": precision,
        "ends_on": ends_on,
        "ends_precision": precision if ends_on else None,
    }


def continuity_row(continuity_id: str, territory: str | None, direction: str, title: tuple[str, str]) -> Row:
    """Return a row of continuity without its amount and days."""
    return {
        "continuity_id": continuity_id,
        "territory": territory,
        "direction": direction,
        **both("title", title),
        "amount_eur": None,
        "starts_on": None,
        "starts_precision": None,
        "ends_on": None,
        "ends_precision": None,
        "known_from": None,
        "source_id": SOURCE,
    }


STATEMENTS: tuple[tuple[str, str | None, str, tuple[str, str], date], ...] = (
    (
        "context",
        None,
        "Le attività in presenza sono sospese dal 15 gennaio; i progetti proseguono a distanza ove possibile.",
        ("Le attività in presenza si fermano.", "Activities in presence stop."),
        date(2021, 1, 15),
    ),
    (
        "progress",
        "02",
        "Metà degli sportelli previsti non è ancora aperta per ritardi nelle procedure di gara.",
        ("La linea 02 parte tardi.", "Line 02 starts late."),
        date(2021, 10, 8),
    ),
    (
        "progress",
        "01",
        "Con il nuovo anno scolastico i laboratori hanno recuperato gran parte delle ore sospese.",
        ("La linea 01 recupera.", "Line 01 catches up."),
        date(2022, 12, 16),
    ),
    (
        "control",
        None,
        "Nel secondo anno i controlli operativi in loco sono stati meno di quanto programmato.",
        ("Pochi controlli in loco nel secondo anno.", "Few checks on the spot in the second year."),
        date(2022, 2, 11),
    ),
    (
        "progress",
        "04",
        "La partecipazione delle associazioni resta disomogenea tra i territori.",
        ("La linea 04 è disomogenea.", "Line 04 is uneven."),
        date(2024, 6, 28),
    ),
)


def statements() -> list[Row]:
    """Return what reports say about progress."""
    return [
        {
            "statement_id": f"statement_{number}",
            "subject": subject,
            "action_line": line,
            "quote": quote,
            "quote_lang": "it",
            **both("meaning", meaning),
            "on_date": on_date,
            "known_from": on_date,
            "source_id": SOURCE,
        }
        for number, (subject, line, quote, meaning, on_date) in enumerate(STATEMENTS, start=1)
    ]


CONTRADICTIONS: tuple[tuple[str, str, tuple[str, str], tuple[str, str]], ...] = (
    (
        "planned_network",
        "oltre cento istituti scolastici coinvolti",
        (
            "La somma dei progetti e il totale dichiarato non coincidono con gli istituti noti per nome.",
            "The projects' sum and the stated total differ from the schools known by name.",
        ),
        ("Si mostrano entrambi, senza rapporto tra loro.", "Both are shown, with no ratio between them."),
    ),
    (
        "term_in_report",
        "le attività si concludono il 30 settembre 2025",
        (
            "Una relazione indica per un progetto un termine che nessun atto conferma.",
            "A report gives one project a term that no act confirms.",
        ),
        ("Il termine è mostrato come proroga di tipo non noto.", "The term is shown as an extension of unknown type."),
    ),
    (
        "persons_and_contacts",
        "raggiunte decine di migliaia di persone",
        ("Il comunicato somma destinatari e persone raggiunte.", "The release adds recipients and contacts."),
        ("Le due misure restano separate e non si sommano.", "The two measures stay apart and are not added."),
    ),
)


def contradictions() -> list[Row]:
    """Return where invented sources disagree and what was done about it."""
    return [
        {
            "contradiction_id": contradiction_id,
            "position": position,
            "quote": quote,
            **both("problem", problem),
            **both("treatment", treatment),
            "source_id": SOURCE,
        }
        for position, (contradiction_id, quote, problem, treatment) in enumerate(CONTRADICTIONS, start=1)
    ]


def alternatives(deadlines: Sequence[Row], counts: Sequence[Row]) -> list[Row]:
    """Return what the other readings would change: the total as the release has it, the term without its act."""
    (term,) = (row["deadline_id"] for row in deadlines if row["decided_not_after"])
    schools = next(row for row in counts if row["network"] == "school" and not row["project_id"])
    return [
        alternative("planned_network", "network_count", ("planned", schools["planned"]), ("planned", 100)),
        alternative("term_in_report", "deadline", ("deadline_id", term), (None, None)),
    ]


def alternative(id: str, table: str, key: tuple[str, object], change: tuple[str | None, object]) -> Row:
    """Return one change that another reading makes: column and value of the rows meant, column and value then."""
    names = ("contradiction_id", "table_name", "key_column", "key_value", "column_name", "value")
    return dict(zip(names, (id, table, *key, *change), strict=True))


def gaps() -> list[Row]:
    """Return what a reader would ask and this programme does not say."""
    entries = (
        (
            "partner_amounts",
            "funding",
            ("Importi dei partner", "Amounts of partners"),
            (
                "Metà dei progetti non indica quanto va a ciascun partner.",
                "Half of the projects do not say what each partner receives.",
            ),
        ),
        (
            "age_of_recipients",
            "progress",
            ("Età dei destinatari", "Age of recipients"),
            ("Gli indicatori non distinguono per età.", "The indicators do not tell ages apart."),
        ),
    )
    return [
        {"gap_id": gap_id, "position": position, "page": page, **both("title", title), **both("reason", reason)}
        for position, (gap_id, page, title, reason) in enumerate(entries, start=1)
    ]
