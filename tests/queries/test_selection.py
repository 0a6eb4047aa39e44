"""The selection of projects for checks: the same on every machine, and repeatable from its protocol's text alone."""

import hashlib
import math
import random
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.programme import RISKS, Selection
from impact_analytics.queries import Asked, by_id, controls, selection
from impact_analytics.queries.controls import FinancialYear
from impact_analytics.queries.selection import KINDS, Member
from tests.queries.asking import oracle
from tests.queries.test_controls import plain_final, plain_under_way, year_of
from tests.shipped import shipped

DAY = date(2024, 12, 31)


def asked(day=DAY, **where):
    return Asked(shipped("example"), day, tuple(sorted(where.items())))


def draws():
    """Return seeded days, each with one of the years begun by then."""
    drawing, found = random.Random("selection"), []
    for _ in range(30):
        day = date(2020, 1, 1) + timedelta(days=drawing.randrange(2100))
        found.append((day, drawing.choice(controls.years(asked(day)))))
    return found


# ---------------------------------------------------------------- repeated from the text


def amount(text):
    return Decimal(text.replace(",", "."))


def parsed(text, lang):
    """Read a protocol as somebody would who has nothing else; only its labels are known."""
    said = texts("selection", lang)
    facts = {
        name: re.search(rf"^{re.escape(label)}: (.*)$", text, re.MULTILINE)[1] for name, label in said["facts"].items()
    }
    blocks = text.split("\n\n")
    weights = {}
    for block in blocks:
        if block.startswith(said["weights_title"]):
            weights = {line.split("; ")[0]: amount(line.split("; ")[1]) for line in block.splitlines()[2:]}
    members = next(block for block in blocks if block.startswith(said["members_title"])).splitlines()[2:]
    result = next(block for block in blocks if block.startswith(said["result_title"])).splitlines()[1:]
    return facts, weights, [line.split("; ") for line in members], result


def repeated(text, lang):
    """Return who is selected by a protocol's own words: project and how, and the keys and scores worked out again."""
    said = texts("selection", lang)
    facts, weights, members, _ = parsed(text, lang)
    kind = re.search(r"\((\w+)\)$", facts["kind"])[1]
    year = facts["year"].split(" ")[0]
    share, at_random = amount(facts["share"].split(" ")[0]), amount(facts["random_share"])
    rows = []
    for cells in members:
        project = cells[0].split(" ")[0]
        values = [Decimal(0) if cell == said["not_known"] else amount(cell) for cell in cells[3 : 3 + len(weights)]]
        whole = hashlib.sha256(f"{facts['seed']}|{year}|{kind}|{project}".encode()).hexdigest()
        rows.append({"id": project, "key": whole[:16], "money": amount(cells[2]), "values": values})
    most = [max(row["values"][place] for row in rows) for place in range(len(weights))] if rows else []
    for row in rows:
        parts = [fourth(value / top) if top else Decimal(0) for value, top in zip(row["values"], most, strict=True)]
        total = sum(weight * part for weight, part in zip(weights.values(), parts, strict=True))
        row["score"] = fourth(total / sum(weights.values())) if weights else Decimal(0)
    size = max(1, math.ceil(share * len(rows))) if rows else 0
    chosen = {}
    for row in sorted(rows, key=lambda row: (-row["score"], row["key"]))[: size - math.ceil(at_random * size)]:
        chosen[row["id"]] = "risk"
    for row in sorted(rows, key=lambda row: row["key"]):
        money = sum(other["money"] for other in rows if other["id"] in chosen)
        short = kind == "financial" and money < share * sum(other["money"] for other in rows)
        if len(chosen) < size or short:
            chosen.setdefault(row["id"], "random")
    return chosen, rows


def fourth(value):
    return value.quantize(Decimal("0.0001"), ROUND_HALF_UP)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_selection_is_repeated_from_its_protocol_alone(kind, lang):
    selected = 0
    for day, year in draws():
        drawn = selection.draw(asked(day), lang, kind, year)
        text = selection.protocol(drawn, lang)
        chosen, rows = repeated(text, lang)
        assert chosen == {one.project_id: one.chosen for one in drawn.chosen}, (day, year)
        facts, _, members, result = parsed(text, lang)
        words = texts("selection", lang)["chosen"]
        for row, cells in zip(rows, members, strict=True):
            assert row["key"] == cells[1]
            assert row["score"] == amount(cells[-2])
            assert words[chosen.get(row["id"], "")] == cells[-1]
        assert facts["as_of"] == day.isoformat()
        assert facts["snapshot"] == f"example-{shipped('example').id}"
        for place, (id, how) in enumerate(chosen.items()):
            assert any(line.startswith(f"- {id} (") and words[how] in line for line in result), place
        selected += len(chosen)
    assert selected > 3


def test_a_selection_does_not_hang_on_filters_days_of_others_or_order():
    year = controls.years(asked())[1]
    whole = selection.draw(asked(), "it", "operational", year)
    narrowed = selection.draw(asked(territory=("T01",), action_line=("02",)), "it", "operational", year)
    assert narrowed.members == whole.members
    assert selection.protocol(narrowed, "it") == selection.protocol(whole, "it")


def test_keys_are_known_by_heart():
    """A key must never change: protocols that were signed hold it."""
    assert selection.key("urna-17", 2024, "operational", "e1-T05") == "0598657bb23e72f4"
    assert selection.key("17", 2024, "financial", "a") == hashlib.sha256(b"17|2024|financial|a").hexdigest()[:16]
    assert len({selection.key(seed, year, kind, "a") for seed in "ab" for year in (1, 2) for kind in KINDS}) == 8


@pytest.mark.parametrize(
    ("population", "share", "size"),
    [
        (0, "0.2", 0),
        (1, "0.2", 1),
        (5, "0.2", 1),
        (6, "0.2", 2),
        (19, "0.2", 4),
        (20, "0.2", 4),
        (10, "0", 1),
        (3, "1", 3),
    ],
)
def test_size_is_rounded_up_and_at_least_one(population, share, size):
    assert selection.sample_size(population, Decimal(share)) == size


def member(id, money=0, score="0"):
    return Member(id, id, id, Decimal(money), id, {}, Decimal(score))


def test_highest_scores_come_first_then_lowest_keys():
    members = [member("a", score="0.1"), member("b", score="0.9"), member("c", score="0.9"), member("d")]
    assert selection.choose(members, 2, 1, None) == {"b": "risk", "a": "random"}
    assert selection.choose(members, 3, 1, None) == {"b": "risk", "c": "risk", "a": "random"}
    assert selection.choose(members, 2, 2, None) == {"a": "random", "b": "random"}
    assert selection.choose(members, 2, 0, None) == {"b": "risk", "c": "risk"}


def test_more_are_drawn_until_the_share_of_the_contribution_is_reached():
    members = [member("a", 1), member("b", 2), member("c", 97)]
    assert selection.choose(members, 1, 1, Decimal("0.01")) == {"a": "random"}
    assert selection.choose(members, 1, 1, Decimal("0.02")) == {"a": "random", "b": "random"}
    assert selection.choose(members, 1, 1, Decimal("0.1")) == dict.fromkeys("abc", "random")
    assert selection.choose([member("a"), member("b")], 1, 1, Decimal("0.1")) == {"a": "random"}


def test_what_is_not_known_and_what_is_nought_everywhere_counts_nought():
    weights = {"gap": Decimal(1), "error": Decimal(3)}
    assert selection.score(
        weights, {"gap": None, "error": Decimal(2)}, {"gap": Decimal(5), "error": Decimal(4)}
    ) == Decimal("0.375")
    assert selection.score(weights, {"gap": Decimal(0), "error": Decimal(0)}, dict.fromkeys(weights, Decimal(0))) == 0
    assert selection.score({}, {}, {}) == 0


# ---------------------------------------------------------------- population and factors


def plain_factors(known, id, day, final):
    late = int(shipped("example").programme.late_days)
    sheets = 0
    for period in known.rows("reporting_period"):
        versions = [
            row
            for row in known.rows("sheet", day, "received_on")
            if (row["project_id"], row["period_id"]) == (id, period["period_id"])
        ]
        due = versions or date.fromisoformat(period["due_on"]) <= day
        if due and known.expected(next(row for row in known.rows("project") if row["project_id"] == id), period):
            sheets += known.grade(versions, period, day, late) in ("missing", "late")
    findings = [row for row in known.known("finding", day, "found_on") if row["project_id"] == id]
    checks = [row for row in known.known("on_the_spot_check", day, "done_on") if row["project_id"] == id]
    seen = sum(Decimal(row["controlled_eu_eur"] or 0) for row in checks)
    paid = sum(Decimal(row["amount_eur"]) for row in known.known("payment", day) if row["project_id"] == id)
    back = sum(
        Decimal(row["received_eur"]) for row in known.known("recovery", day, "received_on") if row["project_id"] == id
    )
    good = sum(
        Decimal(row["eligible_eur"])
        for row in known.known("payment_request", day, "decided_on")
        if row["project_id"] == id
    )
    funding = next((Decimal(row["eu_eur"]) for row in known.in_force("funding", id, day)), None)
    return {
        "eu_contribution": final[id][1] if final else funding,
        "sheets": sheets,
        "findings": sum(not (row["closed_on"] and row["closed_on"] <= day) for row in findings),
        "error": fourth(sum(Decimal(row["error_eu_eur"] or 0) for row in checks) / seen) if seen else None,
        "uncovered_advance": max(Decimal(0), paid - back - good),
    }


@pytest.mark.parametrize("place", range(0, 30, 3))
def test_population_and_factors_are_what_plain_reading_says(place):
    """The gap is the metric's own, which its own tests hold; here only what is made of it."""
    day, year = draws()[place]
    known = oracle("example")
    gaps = {id: row["gap"] for id, row in by_id(asked(day), ("gap",), "project").items()}
    for kind in KINDS:
        final = {id: row for id, row in plain_final(known, day, {}).items() if row[0] == year.year}
        expected = list(final) if kind == "financial" else plain_under_way(known, day, {}, year.year)
        found = {row["project_id"]: row for row in selection.population(asked(day), "it", kind, year.year)}
        assert sorted(found) == sorted(expected)
        for id, row in found.items():
            plain = plain_factors(known, id, day, final if kind == "financial" else {})
            assert {name: row[name] for name in plain} == plain, (id, day)
            behind = gaps.get(id)
            assert row["gap"] == (None if behind is None else max(Decimal(0), fourth(-Decimal(str(behind)))))


def test_every_factor_is_told_apart_somewhere():
    rows = selection.population(asked(), "it", "operational", 2024)
    assert all(len({row[name] for row in rows}) > 1 for name in RISKS)


def test_checks_already_done_are_marked_with_how_they_were_selected():
    known = oracle("example")
    for day in (DAY, date(2024, 5, 1), date(2023, 11, 2)):
        drawn = selection.draw(
            asked(day), "it", "operational", FinancialYear(2024, date(2023, 10, 16), date(2024, 10, 15))
        )
        for one in drawn.members:
            expected = [
                (row["done_on"], row["selection"])
                for row in known.known("on_the_spot_check", day, "done_on")
                if (row["project_id"], row["kind"], row["financial_year"]) == (one.project_id, "operational", "2024")
            ]
            assert list(one.checks) == expected


# ---------------------------------------------------------------- where none is offered


def with_settings(monkeypatch, settings, thresholds=None):
    programme = shipped("example").programme
    known = programme.thresholds if thresholds is None else thresholds
    monkeypatch.setitem(vars(shipped("example")), "programme", replace(programme, selection=settings, thresholds=known))


def test_no_seed_or_no_share_offers_no_selection(monkeypatch):
    year = controls.years(asked())[1]
    with_settings(monkeypatch, None)
    assert selection.draw(asked(), "it", "operational", year) is None
    with_settings(monkeypatch, Selection("1"), {"operational_share": 0.2})
    assert selection.draw(asked(), "it", "financial", year) is None
    assert selection.draw(asked(), "it", "operational", year).size == 4


def test_without_weights_all_is_drawn_at_random(monkeypatch):
    with_settings(monkeypatch, Selection("1"))
    drawn = selection.draw(asked(), "en", "operational", controls.years(asked())[1])
    assert {one.chosen for one in drawn.chosen} == {"random"}
    assert [one.key for one in drawn.chosen] == sorted(one.key for one in drawn.members)[:4]
    text = selection.protocol(drawn, "en")
    assert texts("selection", "en")["weights_title"] not in text
    assert repeated(text, "en")[0] == {one.project_id: "random" for one in drawn.chosen}


def test_another_seed_selects_others(monkeypatch):
    year, found = controls.years(asked())[1], set()
    for seed in ("a", "b", "c"):
        with_settings(monkeypatch, Selection(seed))
        found.add(tuple(one.project_id for one in selection.draw(asked(), "it", "operational", year).chosen))
    assert len(found) == 3


def test_a_year_without_projects_selects_nobody():
    year = FinancialYear(2010, date(2009, 10, 16), date(2010, 10, 15))
    assert year_of(date(2010, 1, 1)) == 2010
    drawn = selection.draw(asked(date(2010, 1, 1)), "it", "operational", year)
    assert (drawn.members, drawn.size, drawn.chosen) == ((), 0, [])
    assert texts("selection", "it")["nobody"] in selection.protocol(drawn, "it")


def test_a_protocol_carries_its_mark_first():
    drawn = selection.draw(asked(), "it", "operational", controls.years(asked())[0])
    assert selection.protocol(drawn, "it", mark="ESEMPIO").startswith("ESEMPIO\n\n")
