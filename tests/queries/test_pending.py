"""What needs action, beside a slow reading of the raw rows: every open matter, its days, euro, turn and place."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from impact_analytics import build
from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.queries import Asked, of_project, value
from impact_analytics.queries.matters import VIEWS, Line, matters, plain, sum_said
from impact_analytics.queries.pending import TOPICS, TURNS, Item, largest_advance, oldest_request, pending, sums
from impact_analytics.settings import SQL
from impact_analytics.ui.spec import pages
from tests.queries.asking import PROGRAMMES, oracle
from tests.shipped import shipped

DRAWN = random.Random(12)
DAYS = sorted(date(2019, 6, 1) + timedelta(days=DRAWN.randrange(2900)) for _ in range(30))
TODAY = date(2024, 12, 31)
FIELDS = ("topic", "kind", "turn", "days", "ahead", "eur", "reference", "since_on", "project_id", "count", "listed")


def ask(programme, day, **where):
    return Asked(shipped(programme), day, tuple(sorted((id, tuple(ids)) for id, ids in where.items())))


def shown(item):
    return tuple(getattr(item, name) for name in FIELDS)


# ---------------------------------------------------------------- the slow second answer


def told(what, since, day, reference, project=None, *, ahead=False, eur=None, count=1, listed=(), days=None):
    counted = abs((day - since).days) if days is None else days
    return (*what, counted, ahead, eur, reference, since, project, count, tuple(listed))


def raw_matters(known, day, *, is_open=True):
    """Return every open matter of a programme as of a day, as the tuples of FIELDS, in no order."""
    found = [*requests(known, day), *advances(known, day), *recoveries(known, day), *sheets(known, day)]
    found += [*changes(known, day), *findings(known, day), *accounts(known, day)]
    return found + ([*limits(known, day), *terms(known, day)] if is_open else [])


def state(known, project, day):
    row = known.projects()[project]
    for name, word in (("withdrawn_on", "withdrawn"), ("ended_on", "ended")):
        if row.get(name) and row[name] <= day:
            return word
    return "not_started" if row["started_on"] and row["started_on"] > day else "active"


def active(known, day):
    return [id for id in known.chosen(day, {}) if state(known, id, day) == "active"]


def undecided(known, day):
    rows = known.known("payment_request", day, "submitted_on") if known.tables.get("payment_request") else []
    return [row for row in rows if not (row["decided_on"] and row["decided_on"] <= day)]


def limits(known, day):
    newest = {row["kind"]: row for row in sorted(known.known("legal_limit", day), key=lambda row: row["known_from"])}
    projects, waiting = len(active(known, day)), len(undecided(known, day))
    still = {"incurred": projects, "paid": waiting, "final_report": projects + waiting}
    for kind, row in newest.items():
        limit = row["limit_on"]
        if day <= limit <= day + timedelta(days=365):
            yield told(("limits", kind, "authority"), limit, day, kind, count=still[kind], ahead=True)
        elif limit < day and still[kind]:
            yield told(("limits", f"{kind}_passed", "authority"), limit, day, kind, count=still[kind])


def requests(known, day):
    for row in undecided(known, day):
        steps = [one for one in known.known("request_step", day, "on_date") if one["request_id"] == row["request_id"]]
        holder = max(steps, key=lambda one: int(one["position"]))["holder"]
        since, eur = max(one["on_date"] for one in steps), Decimal(row["declared_eur"])
        yield told(("requests", holder, holder), since, day, row["request_id"], row["project_id"], eur=eur)


def received(row, day):
    return Decimal(row["received_eur"]) if row.get("received_on") and row["received_on"] <= day else Decimal(0)


def balances(known, day):
    found = defaultdict(Decimal)
    for row in known.known("payment", day):
        found[row["project_id"]] += Decimal(row["amount_eur"])
    for row in known.known("recovery", day):
        found[row["project_id"]] -= received(row, day)
    for row in known.typed("payment_request"):
        if row["decided_on"] and row["decided_on"] <= day:
            found[row["project_id"]] -= Decimal(row["eligible_eur"])
    return {project: eur for project, eur in found.items() if eur > 0}


def advances(known, day):
    for project, eur in balances(known, day).items():
        paid = [
            (row["kind"] != "advance", row.get("paid_on") or row["known_from"], row["payment_id"])
            for row in known.known("payment", day)
            if row["project_id"] == project
        ]
        _, since, payment = min(paid)
        claimed = sum(
            Decimal(row["ordered_eur"]) - received(row, day)
            for row in known.known("recovery", day)
            if row["project_id"] == project
        )
        over = state(known, project, day) in ("ended", "withdrawn")
        kind = "claimed" if claimed >= eur else "over" if over else "running"
        turn = "authority" if kind == "over" else "beneficiary"
        yield told(("advances", kind, turn), since, day, payment, project, eur=eur)


def recoveries(known, day):
    for row in known.known("recovery", day):
        back = received(row, day)
        left = Decimal(row["ordered_eur"]) - back
        if left > 0:
            kind, id = "partly" if back else "ordered", row["recovery_id"]
            yield told(("recoveries", kind, "beneficiary"), row["ordered_on"], day, id, row["project_id"], eur=left)


def sheets(known, day):
    reviewed = {row["sheet_id"] for row in known.typed("desk_review") if row["reviewed_on"] <= day}
    versions = defaultdict(list)
    for row in known.typed("sheet"):
        if row["received_on"] <= day:
            versions[row["project_id"], row["period_id"]].append(row)
    together = defaultdict(list)
    periods = list(zip(known.rows("reporting_period"), known.typed("reporting_period"), strict=True))
    for project in known.rows("project"):
        for raw, period in periods:
            if known.expected(project, raw):
                own = versions[project["project_id"], period["period_id"]]
                found = graded(own, period, day, reviewed)
                if found:
                    grade, since = found
                    together[project["project_id"], grade].append((since, period["ends_on"], period["period_id"]))
    for (project, grade), own in together.items():
        since, _, oldest = min(own)
        listed = [period for _, _, period in sorted(own, key=lambda one: one[1])]
        turn = "authority" if grade == "late" else "beneficiary"
        yield told(("sheets", grade, turn), since, day, oldest, project, count=len(own), listed=listed)


def graded(versions, period, day, reviewed):
    """Return the grade of a sheet that is open, and since when; None where nothing is."""
    if not versions:
        return ("missing", period["due_on"]) if period["due_on"] <= day else None
    newest = max(versions, key=lambda row: int(row["version"]))
    if newest["integration_asked_on"] and newest["integration_asked_on"] <= day:
        return "to_be_completed", newest["integration_asked_on"]
    first = min(row["received_on"] for row in versions)
    if first > period["due_on"] and newest["sheet_id"] not in reviewed:
        return "late", max(row["received_on"] for row in versions)
    return None


def changes(known, day):
    for row in known.typed("change_request"):
        waiting = row["requested_on"] <= day and row["known_from"] <= day
        if waiting and not (row["decided_on"] and row["decided_on"] <= day):
            id, project = row["change_id"], row["project_id"]
            yield told(("changes", row["kind"], "authority"), row["requested_on"], day, id, project)


def findings(known, day):
    for row in known.typed("finding"):
        if row["found_on"] <= day and not (row["closed_on"] and row["closed_on"] <= day):
            answered = bool(row["reaction_on"] and row["reaction_on"] <= day)
            kind, turn = ("answered", "authority") if answered else ("unanswered", "beneficiary")
            since = row["reaction_on"] if answered else row["found_on"]
            eur = Decimal(row["cut_eur"] or 0) or None
            yield told(("findings", kind, turn), since, day, row["finding_id"], row["project_id"], eur=eur)


def expected_end(known, project, day):
    for _, sheet in reversed(known.sheets_of(project, day)):
        ends = [row["expected_end_on"] for row in known.by_sheet("sheet_procedural")[sheet] if row["expected_end_on"]]
        if ends:
            return max(ends)
    return None


def terms(known, day):
    for project in active(known, day):
        term = known.term(project, day)
        if term is None:
            continue
        end = expected_end(known, project, day)
        beyond = max(0, (end - term).days) if end else 0
        if term < day:
            yield told(("terms", "passed_beyond" if beyond else "passed", "authority"), term, day, project, project)
        elif beyond:
            yield told(("terms", "beyond", "beneficiary"), term, day, project, project, days=beyond)
        elif term <= day + timedelta(days=90):
            yield told(("terms", "passing", "beneficiary"), term, day, project, project, ahead=True)


def accounts(known, day):
    entered = {row["request_id"] for row in known.known("accounts_entry", day)}
    together = defaultdict(list)
    for row in known.typed("payment_request"):
        decided = row["decided_on"] and row["decided_on"] <= day and Decimal(row["eligible_eur"]) > 0
        if decided and row["request_id"] not in entered:
            together[row["project_id"]].append((row["decided_on"], int(row["number"]), row))
    for project, own in together.items():
        since, _, oldest = min(own, key=lambda one: one[:2])
        eur = sum((Decimal(row["eligible_eu_eur"]) for _, _, row in own), Decimal(0))
        listed = [str(number) for number in sorted(number for _, number, _ in own)]
        id = oldest["request_id"]
        yield told(("accounts", "due", "authority"), since, day, id, project, eur=eur, count=len(own), listed=listed)


# ---------------------------------------------------------------- beside the SQL


@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_open_matter_is_that_of_the_raw_rows(programme, day):
    found = pending(ask(programme, day))
    is_open = shipped(programme).programme.is_open
    assert sorted(map(shown, found), key=str) == sorted(raw_matters(oracle(programme), day, is_open=is_open), key=str)
    assert len({(item.topic, item.kind, item.reference, item.project_id) for item in found}) == len(found)


def test_the_days_drawn_see_every_topic_and_most_kinds():
    kinds = {(row[0], row[1]) for day in DAYS for row in raw_matters(oracle("example"), day)}
    assert {topic for topic, _ in kinds} == set(TOPICS)
    assert {kind for topic, kind in kinds if topic == "sheets"} == {"missing", "to_be_completed", "late"}
    assert {kind for topic, kind in kinds if topic == "terms"} >= {"passed", "beyond", "passing"}
    assert ("limits", "incurred_passed") in kinds


@pytest.mark.parametrize("day", DAYS[::3], ids=str)
def test_the_order_is_law_by_day_then_euro_times_days_then_days(day):
    found = pending(ask("example", day))
    legal = [item for item in found if item.topic == "limits"]
    assert list(found[: len(legal)]) == legal
    assert [item.since_on for item in legal] == sorted(item.since_on for item in legal)
    others = [(-(item.eur or 0) * item.days, item.days if item.ahead else -item.days) for item in found[len(legal) :]]
    assert others == sorted(others)


@pytest.mark.parametrize("day", DAYS[::4], ids=str)
def test_narrowed_to_places_what_is_everyones_stays(day):
    every, places = pending(ask("example", day)), oracle("example").projects()
    for where in ({"territory": ("T03", "T15", "T18")}, {"macro_area": (places["e1-T01"]["macro_area"],)}):
        inside = [item for item in every if item.project_id is None or oracle("example").inside(item.project_id, where)]
        assert list(pending(ask("example", day, **where))) == inside
        assert len(inside) < len(every) or not every
    assert pending(ask("example", day, action_line=("01",))) == every
    own = pending(of_project(ask("example", day), "e1-T15"))
    assert [item for item in own if item.project_id] == [item for item in every if item.project_id == "e1-T15"]


@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("day", DAYS[::5], ids=str)
def test_the_lines_come_to_what_the_metrics_say(programme, day):
    asked = ask(programme, day)
    found = pending(asked)

    def metric(name):
        return value(asked, name).value or 0

    def of(topic, *kinds):
        return [item for item in found if item.topic == topic and (not kinds or item.kind in kinds)]

    assert len(of("requests")) == metric("requests_open")
    assert len(of("changes")) == metric("changes_waiting")
    assert len(of("findings")) == metric("findings_open")
    assert sum(item.count for item in of("sheets", "missing")) == metric("sheets_missing")
    assert sum(item.count for item in of("sheets", "to_be_completed")) == metric("sheets_to_be_completed")
    assert sum((item.eur for item in of("advances")), Decimal(0)) == metric("uncovered_advance")
    assert sum((item.eur for item in of("recoveries")), Decimal(0)) == metric("recovery_open")


@pytest.mark.parametrize("day", DAYS[::5], ids=str)
def test_the_oldest_request_and_the_largest_advance(day):
    known, found = oracle("example"), pending(ask("example", day))
    waiting = [(row["submitted_on"], row["request_id"]) for row in undecided(known, day)]
    oldest, largest = oldest_request(found), largest_advance(found)
    assert (oldest and (oldest.other_on, oldest.reference)) == min(waiting, default=None)
    assert (largest and largest.eur) == max(balances(known, day).values(), default=None)


def made(**fields):
    usual = {"topic": "requests", "kind": "authority", "turn": "authority", "days": 10, "reference": "r1"}
    return Item(**usual | {"since_on": date(2024, 1, 1), "basis": "example"} | fields)


def test_sums_do_not_add_amounts_of_different_bases():
    found = sums([made(eur=Decimal(5)), made(eur=Decimal(7), days=30), made(eur=Decimal(9), basis="supplied")])
    assert [(one.basis, one.count, one.eur, one.days) for one in found] == [
        ("example", 2, Decimal(12), 30),
        ("supplied", 1, Decimal(9), 10),
    ]


def test_sums_count_things_and_leave_out_what_is_ahead():
    sheet = made(topic="sheets", kind="missing", count=3, listed=("2024-Q1", "2024-Q2", "2024-Q3"))
    limit = made(topic="limits", kind="incurred", ahead=True, count=18)
    found = {one.topic: one for one in sums([sheet, limit])}
    assert (found["sheets"].count, found["sheets"].eur, found["sheets"].days) == (3, None, 10)
    assert (found["limits"].count, found["limits"].days) == (1, None)


def test_a_concluded_programme_has_no_days_left_and_keeps_what_is_open(example_folder, cache):
    path = example_folder.path / "programme.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"open"', '"concluded"'), encoding="utf-8")
    found = pending(Asked(build.build(example_folder.path), TODAY))
    assert not [item for item in found if item.ahead or item.topic in ("limits", "terms")]
    assert sorted(map(shown, found), key=str) == sorted(raw_matters(oracle("example"), TODAY, is_open=False), key=str)


# ---------------------------------------------------------------- in words


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_line_can_be_said_and_leads_to_a_view(programme, lang):
    for day in DAYS:
        for line in matters(ask(programme, day), lang).lines:
            assert not {"{", "None", "n.d.", "n/a"} & {
                sign for sign in ("{", "None", "n.d.", "n/a") if sign in line.text
            }
            assert all((line.who, line.fact, line.days, line.reference, line.turn, line.step, line.days_of, line.basis))
            slug, choices = line.view
            assert slug == VIEWS[line.item.topic][0]
            assert all(choices.values())
            assert "None" not in choices.values()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_has_words_and_a_step(lang):
    words = texts("pending", lang)
    assert set(words["topics"]) == set(words["natures"]) == set(words["said"]) == set(words["steps"]) == set(TOPICS)
    for topic in TOPICS:
        assert set(words["said"][topic]) - {"oldest"} == set(words["steps"][topic]), topic
        assert (SQL / "pending" / f"{topic}.sql").exists()
    assert {path.stem for path in (SQL / "pending").glob("*.sql")} == set(TOPICS)


def test_the_choices_of_the_page_are_the_topics_and_turns():
    choices = {choice.id: choice.options for choice in pages()["pending"].choices}
    assert choices == {"topic": TOPICS, "turn": TURNS}


def line(item, lang="en", **fields):
    return Line(item, shipped("example"), lang, "", **fields)


def test_a_request_over_the_threshold_is_marked_with_its_ground():
    request = made(number=4, other_on=date(2023, 12, 1), eur=Decimal("10.00"))
    assert "over" not in line(replace(request, days=60)).fact
    assert line(replace(request, days=61)).fact.endswith("; over 60\u00a0days (Example rules, Art. 9)")
    assert "over" not in line(replace(request, days=61, kind="suspended", turn="suspended")).fact
    assert line(request, oldest=True).fact.startswith("the oldest: payment request no. 4 ")


def test_days_look_back_ahead_or_beyond():
    term = made(topic="terms", kind="passing", turn="beneficiary", ahead=True, days=1)
    assert line(term).days == "in 1\u00a0day"
    assert line(replace(term, days=0)).days == "today"
    assert line(replace(term, kind="beyond", ahead=False, days=30)).days == "30\u00a0days beyond the term"
    assert line(made()).days == "for 10\u00a0days"


def test_many_periods_are_cut_and_counted():
    periods = tuple(f"202{year}-Q{quarter}" for year in range(2) for quarter in range(1, 5))
    sheet = made(topic="sheets", kind="missing", turn="beneficiary", reference="2020-Q1", count=8, listed=periods)
    assert line(sheet).fact.replace("\u00a0", " ") == "8 sheets missing: Q1 2020, Q2 2020, Q3 2020, Q4 2020 and 4 more"
    assert line(sheet).reference.replace("\u00a0", " ") == "Q1 2020"
    assert line(replace(sheet, protocols=("7/2020", "9/2020"))).reference == "prot. 7/2020 and 9/2020"


def test_an_amount_of_different_bases_is_not_one_number():
    mixed = made(topic="advances", kind="running", variant="paid_on", basis="mixed")
    assert line(mixed).eur == "amount of different bases"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_topic_and_turn_choose_lines_and_leave_the_sums(lang):
    asked = ask("example", TODAY)
    every = matters(asked, lang)
    for topic in TOPICS:
        found = matters(asked, lang, topic)
        assert [one.item for one in found.lines] == [one.item for one in every.lines if one.item.topic == topic]
        assert found.sums == every.sums
    found = matters(asked, lang, "sheets", "authority")
    assert {(one.item.topic, one.item.turn) for one in found.lines} == {("sheets", "authority")}


def test_the_text_holds_every_line_below_the_mark():
    found = matters(ask("example", TODAY, territory=("T15",)), "it")
    lines = plain(found).splitlines()
    assert lines[0] == "ESEMPIO, valori inventati"
    assert "Territorio 15" in lines
    assert [one for one in lines if one.startswith("- ")] == [f"- {one.text}" for one in found.lines]
    assert "Nothing is known" in plain(matters(ask("impact", date(2010, 1, 1)), "en"))
    assert plain(matters(ask("impact", date(2023, 6, 30)), "it")).startswith("IMPACT: promemoria")


def test_the_table_keeps_numbers_as_numbers():
    found = matters(ask("example", TODAY), "it")
    rows = found.table.to_dict("records")
    assert [row["eur"] for row in rows] == [one.item.eur for one in found.lines]
    assert [row["days"] for row in rows] == [one.item.days for one in found.lines]
    assert [name for name, _, unit in found.columns if unit] == ["days", "eur"]


def test_sums_are_said():
    (found,) = [one for one in matters(ask("example", TODAY), "en").sums if one.topic == "advances"]
    eur = sum(balances(oracle("example"), TODAY).values())
    said = sum_said(found, "en").replace("\u00a0", " ")
    assert said == f"Uncovered advances: 2 · €{eur:,.2f} (paid, not covered) · up to 1,663 days"
