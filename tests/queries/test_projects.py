"""The list of projects beside a slow reading of the raw rows."""

import unicodedata
from collections import Counter
from decimal import Decimal
from itertools import pairwise

import pytest

from impact_analytics.frames import records
from impact_analytics.queries import projects
from tests.queries.asking import NARROWED, PROGRAMMES, ways

pytestmark = [pytest.mark.parametrize("programme", PROGRAMMES), pytest.mark.parametrize("narrowed", NARROWED)]


def listed(way, sought=""):
    return {row["project_id"]: row for row in records(projects.listed(way.asked, "en", sought))}


def past(row, name, day):
    return row[name] if row[name] and row[name] <= day else None


def state(way, project):
    """Return what has become of a project by a day."""
    row = way.oracle.projects()[project]
    term = way.oracle.term(project, way.day)
    if way.oracle.gone(project, way.day):
        return "withdrawn"
    if past(row, "ended_on", way.day):
        return "ended"
    if row["started_on"] and row["started_on"] > way.day:
        return "not_started"
    return "past_term" if term and term < way.day else "active"


def test_who_they_are_and_when_they_run(programme, narrowed):
    for way in ways(programme, narrowed):
        found = listed(way)
        assert set(found) == set(way.oracle.chosen(way.day, way.where))
        for id, row in found.items():
            raw = way.oracle.projects()[id]
            assert row["state"] == state(way, id), (way.asked, id)
            assert row["term_on"] == (None if row["state"] == "withdrawn" else way.oracle.term(id, way.day))
            for name in ("started_on", "ended_on", "withdrawn_on"):
                assert row[name] == past(raw, name, way.day), (way.asked, id, name)
            assert (row["title"], row["lead"], row["territory"]) == (raw["title"], raw["lead"], raw["territory"])


def test_funding_is_stated_or_estimated_and_never_both(programme, narrowed):
    for way in ways(programme, narrowed):
        estimates = way.oracle.estimates(way.day)
        for id, row in listed(way).items():
            stated, guessed = way.oracle.stated(id, way.day), estimates.get(id)
            assert (row["amount_eur"], row["estimate_eur"]) == (stated, guessed), (way.asked, id)
            basis = way.asked.snapshot.programme.basis if stated else "estimate" if guessed else ""
            assert row["basis"] == basis


def test_bodies_named(programme, narrowed):
    for way in ways(programme, narrowed):
        counts = Counter(row["project_id"] for row in way.oracle.known("partner", way.day))
        assert {id: row["bodies"] for id, row in listed(way).items()} == {
            id: counts[id] for id in way.oracle.chosen(way.day, way.where)
        }


def test_progress_of_each_that_runs(programme, narrowed):
    for way in ways(programme, narrowed):
        monitored = bool(way.oracle.typed("reporting_period"))
        assert projects.monitored(way.asked) == monitored
        for id, row in listed(way).items():
            shown = {name: row[name] for name in projects.PROGRESS}
            runs = monitored and row["state"] != "withdrawn"
            expected = progress(way, id) if runs else dict.fromkeys(projects.PROGRESS)
            assert shown == pytest.approx(expected, abs=1e-9), (way.asked, id)


def progress(way, id):
    stated, spent = way.oracle.stated(id, way.day), way.oracle.spent(id, way.day)
    clocks = list(way.oracle.clocks(id, way.day).values())
    time, physical = (mean([(clock[0], clock[place]) for clock in clocks]) for place in (1, 2))
    return {
        "expenditure_progress": float(sum(spent.values(), Decimal(0)) / stated) if stated and spent else None,
        "gap": None if None in (time, physical) else physical - time,
        "sheets_missing": missing(way, id),
    }


def mean(pairs):
    known = [(float(amount), float(share)) for amount, share in pairs if share is not None]
    return sum(amount * share for amount, share in known) / sum(amount for amount, _ in known) if known else None


def missing(way, id):
    raw = next(row for row in way.oracle.rows("project") if row["project_id"] == id)
    due = [
        period["period_id"]
        for period in way.oracle.rows("reporting_period")
        if way.oracle.expected(raw, period) and period["due_on"] <= way.day.isoformat()
    ]
    return sum((id, period) not in way.oracle.standing(way.day) for period in due)


def plain(text):
    parts = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def test_words_sought_in_names_codes_and_bodies(programme, narrowed):
    for way in ways(programme, narrowed):
        told = {id: spoken(way, id) for id in way.oracle.chosen(way.day, way.where)}
        words = [max(text.split(), key=len) for text in told.values()][::4]
        for sought in [*words, *(f"{one[:5].upper()} {two[1:4]}" for one, two in pairwise(words))]:
            expected = {id for id, text in told.items() if all(plain(word) in text for word in sought.split())}
            assert set(listed(way, sought)) == expected, (way.asked, sought)
    assert projects.listed(way.asked, "en", "no project is called this").empty
    assert projects.presented(way.asked) == len(told)


def spoken(way, id):
    """Return all words by which a project can be found."""
    raw = way.oracle.projects()[id]
    where = way.oracle.one("territory", "territory", raw["territory"])
    own = [raw[name] for name in ("title", "prog_code", "cup", "lead")] + [where["name_it"], where["name_en"]]
    bodies = [row["name"] for row in way.oracle.known("partner", way.day) if row["project_id"] == id]
    return plain(" ".join(word for word in (*own, *bodies) if word))


def test_territories_that_did_not_apply(programme, narrowed):
    for way in ways(programme, narrowed):
        expected = {
            row["name_en"]
            for row in way.oracle.typed("territory")
            if row["applied"] == "false"
            and all(row[name] in way.where.get(name, (row[name],)) for name in ("territory", "macro_area"))
        }
        assert {row["label"] for row in records(projects.absent(way.asked, "en"))} == expected
