"""Causes of delay: what sheets name, where, how long and in which words, beside a slow reading of the raw rows."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from impact_analytics.frames import records
from impact_analytics.queries import Asked, causes, of_project, values
from tests.queries.asking import NARROWED, PROGRAMMES, ways
from tests.shipped import shipped

by_way = pytest.mark.parametrize(("programme", "narrowed"), list(product(PROGRAMMES, NARROWED)))
EACH = {"origin": "cause_origin", "nature": "cause_nature"}


def count_of(programme, narrowed):
    """Return how many days are drawn: thirty in all for the whole programme that has sheets."""
    return 27 if (programme, narrowed) == ("example", "whole") else 2


# ---------------------------------------------------------------- the slow answer


def plain(oracle, day, where):
    """Return the causes in the newest version known by a day of every sheet, with project, period and `newest`."""
    lines, found = where.get("action_line"), []
    ends = {row["period_id"]: row["ends_on"] for row in oracle.typed("reporting_period")}
    for (project, period), sheet in oracle.standing(day).items():
        last = max(ends[other] for one, other in oracle.standing(day) if one == project)
        kept = oracle.inside(project, where) and project in where.get("project", (project,))
        for row in oracle.by_sheet("sheet_cause")[sheet] if kept else ():
            if lines is None or row["action_line"] in lines:
                newest = ends[period] == last and not oracle.gone(project, day)
                found.append(row | {"project": project, "period": period, "ends_on": ends[period], "newest": newest})
    return found


def plain_causes(oracle, day, where):
    return len(plain(oracle, day, where))


def plain_causes_uncoded(oracle, day, where):
    return sum(row["origin"] is None or row["nature"] is None for row in plain(oracle, day, where))


def plain_causes_newest(oracle, day, where):
    return sum(row["newest"] for row in plain(oracle, day, where))


def plain_projects_with_causes(oracle, day, where):
    return len({row["project"] for row in plain(oracle, day, where) if row["newest"]})


def plain_causes_uncoded_rate(oracle, day, where):
    return plain_causes_uncoded(oracle, day, where) / plain_causes(oracle, day, where)


METRICS = {
    "causes": plain_causes,
    "causes_uncoded": plain_causes_uncoded,
    "causes_newest": plain_causes_newest,
    "projects_with_causes": plain_projects_with_causes,
    "causes_uncoded_rate": plain_causes_uncoded_rate,
}


def names(way, table, key, lang="en"):
    return {row[key]: row[f"name_{lang}"] for row in way.oracle.typed(table)}


def code_names(way, which):
    return {row["code"]: row["name_en"] for row in way.oracle.typed("code") if row["list"] == EACH[which]}


def place(way, row):
    return names(way, "territory", "territory")[way.oracle.projects()[row["project"]]["territory"]]


def kept(rows, origin="", nature="", *, newest=False):
    """Keep causes by their codes; `none` keeps those without."""
    for column, code in (("origin", origin), ("nature", nature)):
        rows = [row for row in rows if not code or row[column] == (None if code == causes.NONE else code)]
    return [row for row in rows if row["newest"] or not newest]


CHOICES = [("", ""), ("other_bodies", "administrative"), ("none", ""), ("", "none"), ("context", "none")]


# ---------------------------------------------------------------- figures


@by_way
def test_metrics_of_causes(programme, narrowed):
    for way in ways(programme, narrowed, count_of(programme, narrowed)):
        found = values(way.asked, tuple(METRICS))
        if not plain_causes(way.oracle, way.day, way.where):
            assert {value.value for value in found.values()} == {None}
            continue
        shown = {name: value.value for name, value in found.items()}
        assert shown == {name: slow(way.oracle, way.day, way.where) for name, slow in METRICS.items()}, way.asked


@by_way
def test_causes_by_origin_and_nature(programme, narrowed):
    for way in ways(programme, narrowed, count_of(programme, narrowed)):
        for newest in (False, True):
            rows = kept(plain(way.oracle, way.day, way.where), newest=newest)
            pairs = Counter((row["origin"] or "none", row["nature"] or "none") for row in rows)
            found = records(causes.grid(way.asked, "en", newest=newest))
            assert {(row["origin_id"], row["nature_id"]): row["value"] for row in found if row["value"]} == pairs
            every = set(product({origin for origin, _ in pairs}, {nature for _, nature in pairs}))
            assert {(row["origin_id"], row["nature_id"]) for row in found} == every
            assert all(row["origin"] == code_names(way, "origin").get(row["origin_id"]) for row in found)
            assert all(row["nature"] == code_names(way, "nature").get(row["nature_id"]) for row in found)


@by_way
def test_causes_by_territory_and_by_line(programme, narrowed):
    for way, (origin, nature) in zip(ways(programme, narrowed, 7), CHOICES * 2, strict=True):
        rows = kept(plain(way.oracle, way.day, way.where), origin, nature)
        for by, table in (("territory", "territory"), ("line", "action_line")):
            ids = [reported_by(way, row, by) for row in rows]
            found = records(causes.split(way.asked, by, "en", origin, nature))
            expected = Counter((id, row["nature"] or "none") for id, row in zip(ids, rows, strict=True))
            assert {(row["row_id"], row["column_id"]): row["value"] for row in found if row["value"]} == expected
            totals = Counter(ids)
            order = list(dict.fromkeys(row["row_id"] for row in found))
            assert [totals[id] for id in order] == sorted(totals.values(), reverse=True)
            words = names(way, table, table)
            assert all(row["row"] == words.get(row["row_id"]) for row in found)


def reported_by(way, row, by):
    return way.oracle.projects()[row["project"]]["territory"] if by == "territory" else row["action_line"] or ""


# ---------------------------------------------------------------- how long


def runs(way, origin, nature):
    """Return by project, line, origin and nature the rows of periods in a row: first, last, how many, standing."""
    calendar = [
        row["period_id"] for row in sorted(way.oracle.typed("reporting_period"), key=lambda row: row["ends_on"])
    ]
    told = defaultdict(dict)
    for row in kept(plain(way.oracle, way.day, way.where), origin, nature):
        if row["origin"] and row["nature"]:
            key = (row["project"], row["action_line"], row["origin"], row["nature"])
            told[key].setdefault(row["period"], []).append(row)
    for key, periods in told.items():
        row = []
        for period in [*calendar, None]:
            if period in periods:
                row.append(period)
            elif row:
                last = min(periods[row[-1]], key=lambda one: int(one["position"]))
                if last["newest"] or len(row) > 1:
                    yield *key, len(row), row[0], row[-1], last["newest"], last["sentence"]
                row = []


@by_way
def test_how_many_periods_in_a_row_a_cause_is_reported(programme, narrowed):
    for way, (origin, nature) in zip(
        ways(programme, narrowed, count_of(programme, narrowed)), CHOICES[:2] * 20, strict=False
    ):
        origins, natures, lines = (
            code_names(way, "origin"),
            code_names(way, "nature"),
            names(way, "action_line", "action_line"),
        )
        expected = [
            (project, lines.get(line), origins[origin], natures[nature], *rest)
            for project, line, origin, nature, *rest in runs(way, origin, nature)
        ]
        found = records(causes.lasting(way.asked, "en", origin, nature))
        heads = ("project_id", "line", "origin", "nature", "periods", "since_id", "period_id", "standing", "sentence")
        assert Counter(tuple(row[name] for name in heads) for row in found) == Counter(expected), way.asked
        ranks = [(not row["standing"], -row["periods"]) for row in found]
        assert ranks == sorted(ranks)


def test_some_rows_are_longer_than_one_period():
    found = causes.lasting(Asked(shipped("example"), date(2024, 12, 31)), "en")
    assert max(found["periods"]) > 2
    assert found["standing"].any()
    assert not found["standing"].all()


# ---------------------------------------------------------------- words


@by_way
def test_what_is_not_coded_with_its_sentence(programme, narrowed):
    for way in ways(programme, narrowed, count_of(programme, narrowed)):
        told = defaultdict(list)
        for row in plain(way.oracle, way.day, way.where):
            lacks = {(True, True): "both", (True, False): "origin", (False, True): "nature"}
            if which := lacks.get((row["origin"] is None, row["nature"] is None)):
                told[row["sentence"], which].append(row)
        expected = {key: (len(rows), len({row["project"] for row in rows})) for key, rows in told.items()}
        found = records(causes.uncoded(way.asked, "en"))
        assert {(row["sentence"], row["lacks"]): (row["causes"], row["projects"]) for row in found} == expected
        for row in found:
            last = max((one["ends_on"], one["project"]) for one in told[row["sentence"], row["lacks"]])
            newest = next(
                one for one in told[row["sentence"], row["lacks"]] if (one["ends_on"], one["project"]) == last
            )
            assert (row["project_id"], row["period_id"], row["place"]) == (
                newest["project"],
                newest["period"],
                place(way, newest),
            )


@by_way
def test_every_sentence_newest_first(programme, narrowed):
    for way, (origin, nature) in zip(ways(programme, narrowed, 7), CHOICES * 2, strict=True):
        for newest in (False, True):
            rows = kept(plain(way.oracle, way.day, way.where), origin, nature, newest=newest)
            expected = Counter(
                (row["sheet_id"], int(row["position"]), row["sentence"], place(way, row)) for row in rows
            )
            found = records(causes.sentences(way.asked, "en", origin, nature, newest=newest))
            heads = ("sheet_id", "position", "sentence", "place")
            assert Counter(tuple(row[name] for name in heads) for row in found) == expected
            ends = {row["period_id"]: row["ends_on"] for row in way.oracle.typed("reporting_period")}
            days = [ends[row["period_id"]] for row in found]
            assert days == sorted(days, reverse=True)


@by_way
def test_states_of_work_packages_in_the_newest_sheets(programme, narrowed):
    for way in ways(programme, narrowed):
        expected = Counter()
        for project in way.oracle.active(way.day, way.where):
            for _, sheet in way.oracle.sheets_of(project, way.day)[-1:]:
                rows = way.oracle.by_sheet("sheet_procedural")[sheet]
                kept_lines = [row for row in rows if way.lines is None or row["action_line"] in way.lines]
                expected.update((row["action_line"], row["state"]) for row in kept_lines)
        found = records(causes.states(way.asked, "en"))
        assert {(row["id"], row["state"]): row["value"] for row in found} == expected


def test_a_project_narrows_everything():
    for way in ways("example", "whole", 5):
        where = {"project": ("e1-T04",)}
        one = of_project(way.asked, "e1-T04")
        rows = plain(way.oracle, way.day, where)
        assert len(causes.sentences(one, "en")) == len(rows) == causes.grid(one, "en")["value"].sum()
        assert set(causes.lasting(one, "en")["project_id"]) <= {"e1-T04"}
        assert causes.uncoded(one, "en")["causes"].sum() == sum(None in (row["origin"], row["nature"]) for row in rows)
        assert set(causes.split(one, "territory", "en")["row_id"]) <= {"T04"}


def test_a_sheet_of_which_a_later_version_is_known_counts_once():
    known = ways("example", "whole", 0)[0].oracle
    sheets = {(row["project_id"], row["period_id"], row["version"]): row for row in known.typed("sheet")}
    first, second = next(
        (row, sheets[project, period, "2"])
        for (project, period, version), row in sheets.items()
        if version == "1" and (project, period, "2") in sheets and known.by_sheet("sheet_cause")[row["sheet_id"]]
    )
    asked = Asked(shipped("example"), second["received_on"])
    before = replace(asked, as_of=second["received_on"] - timedelta(days=1))
    assert first["sheet_id"] in set(causes.sentences(before, "en")["sheet_id"])
    assert first["sheet_id"] not in set(causes.sentences(asked, "en")["sheet_id"])
