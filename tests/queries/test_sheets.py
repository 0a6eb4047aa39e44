"""The sheets of projects, who is asked for them, and how young the money is, beside a slow reading of the raw rows."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from impact_analytics.frames import records
from impact_analytics.queries import Asked, reminders, sheets, value
from tests.queries.asking import choices, oracle
from tests.shipped import shipped

LATE_DAYS = 0
DAYS = 30
NARROWED = ("whole", "territory", "macro_area", "action_line", "both")


class Way:
    """A question as of a drawn day, narrowed in turn, and its second answer."""

    def __init__(self, programme, day, narrowed, drawing):
        self.oracle, self.day = oracle(programme), day
        self.where = choices(self.oracle, narrowed, drawing)
        self.asked = Asked(shipped(programme), day, tuple(sorted(self.where.items())))

    def of_line(self, line):
        return "action_line" not in self.where or line in self.where["action_line"]


def ways(programme="example"):
    drawing = random.Random(f"sheets {programme}")
    first, last = date(2019, 6, 1), date(2025, 3, 1)
    days = [first + timedelta(days=drawing.randrange((last - first).days)) for _ in range(DAYS - 2)]
    days += [date(2024, 12, 31), date(2010, 1, 1)]
    return [Way(programme, day, NARROWED[place % len(NARROWED)], drawing) for place, day in enumerate(days)]


WAYS = ways()
by_day = pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.day} {'-'.join(way.where)}")


# ---------------------------------------------------------------- how young the money is


def plain_incurred_fresh(oracle, day, where, fresh_days):
    """Add what the newest sheet of each project not withdrawn says, where its period ended at most so long ago."""
    told = [
        (amount if (day - end).days <= fresh_days else Decimal(0))
        for project in oracle.projects()
        if oracle.inside(project, where) and not oracle.gone(project, day)
        for end, _ in oracle.sheets_of(project, day)[-1:]
        for line, amount in oracle.spent(project, day).items()
        if line in where.get("action_line", (line,))
    ]
    return sum(told, Decimal(0)) if told else None


def plain_incurred_fresh_share(oracle, day, where, fresh_days):
    """Divide it by what the newest sheets of the same projects say whatever their age."""
    fresh, every = (plain_incurred_fresh(oracle, day, where, days) for days in (fresh_days, 10**6))
    return float(fresh / every) if every else None


@by_day
def test_how_much_of_the_expenditure_is_from_recent_sheets(way):
    days = way.asked.snapshot.programme.fresh_days
    assert days == 120
    fresh = plain_incurred_fresh(way.oracle, way.day, way.where, days)
    assert value(way.asked, "incurred_fresh").value == fresh
    share = plain_incurred_fresh_share(way.oracle, way.day, way.where, days)
    assert value(way.asked, "incurred_fresh_share").value == (None if share is None else pytest.approx(share))
    found = sheets.recent(way.asked)
    newest = [
        (end, sheet)
        for project in way.oracle.active(way.day, way.where)
        for end, sheet in way.oracle.sheets_of(project, way.day)[-1:]
        if any(way.of_line(row["action_line"]) for row in way.oracle.by_sheet("sheet_financial")[sheet])
    ]
    assert (found is None) == (not newest)
    if found:
        periods = {row["ends_on"]: row["period_id"] for row in way.oracle.typed("reporting_period")}
        assert (found.period_id, found.days) == (periods[max(newest)[0]], days)
        assert found.share == value(way.asked, "incurred_fresh_share").value


def test_the_share_moves_with_the_days_and_is_now_and_then_neither_all_nor_nothing():
    shares = [value(way.asked, "incurred_fresh_share").value for way in WAYS]
    assert {share is None for share in shares} == {True, False}
    assert any(share and 0 < share < 1 for share in shares)


# ---------------------------------------------------------------- the board


def graded(way):
    """Return the grade of every sheet due or in, by project and period, with both raw rows and its versions."""
    known, found = way.oracle, {}
    for project in known.rows("project"):
        if known.inside(project["project_id"], way.where):
            for period in known.rows("reporting_period"):
                key = project["project_id"], period["period_id"]
                versions = [
                    row
                    for row in known.rows("sheet", way.day, "received_on")
                    if (row["project_id"], row["period_id"]) == key
                ]
                if known.expected(project, period) and (versions or period["due_on"] <= way.day.isoformat()):
                    found[key] = known.grade(versions, period, way.day, LATE_DAYS), project, period, versions
    return found


@by_day
def test_every_cell_of_the_board(way):
    expected = graded(way)
    found = records(sheets.board(way.asked, "en"))
    assert {(row["project_id"], row["period_id"]): row["grade"] for row in found} == {
        key: grade for key, (grade, *_) in expected.items()
    }
    ends = {row["period_id"]: row["ends_on"] for row in way.oracle.typed("reporting_period")}
    assert sheets.columns(way.asked) == sorted({period for _, period in expected}, key=ends.__getitem__)
    labels = [row["label"] for row in found]
    assert labels == sorted(labels)


@by_day
def test_projects_to_choose_from(way):
    where = {name: ids for name, ids in way.where.items() if name != "action_line"}
    assert set(sheets.projects(way.asked, "en")) == set(way.oracle.chosen(way.day, where))


# ---------------------------------------------------------------- who is asked for what


@by_day
def test_who_is_asked_for_what(way):
    expected = []
    for (project, period), (grade, raw, times, versions) in graded(way).items():
        if grade in ("missing", "to_be_completed"):
            newest = max(versions, key=lambda row: int(row["version"])) if versions else {}
            since = date.fromisoformat(times["due_on"] if grade == "missing" else newest["integration_asked_on"])
            aged = (way.day - date.fromisoformat(times["ends_on"])).days
            age = "delinquent" if aged > 210 else "overdue" if aged > 150 else ""
            asked = "send" if grade == "missing" else "complete"
            expected.append((project, period, raw["lead"], since, (way.day - since).days, aged, age, asked))
    found = [
        (one.project_id, one.period_id, one.lead, one.since_on, one.waited, one.aged, one.age, one.asked)
        for one in reminders.reminders(way.asked, "en")
    ]
    assert Counter(found) == Counter(expected)
    projects = [one[0] for one in found]
    assert projects == [id for id in dict.fromkeys(projects) for _ in range(projects.count(id))]


def test_classes_are_those_that_the_programme_gives():
    given = {"overdue_days": 10, "delinquent_days": 20}
    assert [reminders.age(days, given) for days in (10, 11, 20, 21)] == ["", "overdue", "overdue", "delinquent"]
    assert [reminders.age(days, {}) for days in (10, 5000)] == ["", ""]
    assert reminders.age(30, {"overdue_days": 10}) == "overdue"


def test_letters_name_every_sheet_and_nobody_else():
    asked = WAYS[-2].asked
    found = reminders.reminders(asked, "it")
    letters = {letter.project_id: letter.text for letter in reminders.letters(asked, "it")}
    assert set(letters) == {one.project_id for one in found}
    for one in found:
        text = letters[one.project_id]
        assert one.lead in text
        assert sheets.said(one.period_id, "it") in text
        assert text.startswith("ESEMPIO, valori inventati\n")
    said = Counter(one.project_id for one in found)
    assert {id: text.count("\n- ") for id, text in letters.items()} == said
    assert reminders.plain(asked, "it").splitlines()[0] == "ESEMPIO, valori inventati"
    assert "art. 4" in next(letters[one.project_id] for one in found if one.age)


def test_nobody_is_reminded_once_all_is_concluded():
    snapshot = shipped("impact")
    assert not snapshot.programme.is_open
    asked = Asked(snapshot, snapshot.programme.default_as_of)
    assert reminders.letters(asked, "it") == []


# ---------------------------------------------------------------- one sheet beside another


@by_day
def test_the_periods_of_a_project_and_the_sheet_before_each(way):
    known, whole = way.oracle, Way.__new__(Way)
    whole.oracle, whole.day, whole.where = known, way.day, {}
    project = random.Random(str(way.day)).choice(sorted(known.projects()))
    grades = {period: grade for (one, period), (grade, *_) in graded(whole).items() if one == project}
    ends = {row["ends_on"]: row["period_id"] for row in known.typed("reporting_period")}
    standing = [(ends[end], sheet) for end, sheet in known.sheets_of(project, way.day)]
    found = sheets.sheets(way.asked, project)
    assert {one.period_id: one.grade for one in found} == dict.fromkeys((id for id, _ in standing), "") | grades
    assert [one.period_id for one in found] == sorted((one.period_id for one in found), reverse=True)
    for one in found:
        earlier = [sheet for sheet in standing if sheet[0] < one.period_id]
        assert one.sheet_id == dict(standing).get(one.period_id, "")
        assert (one.before_period, one.before_id) == (earlier[-1] if earlier else ("", ""))
    newest = sheets.newest(found)
    assert (newest.sheet_id if newest else "") == (standing[-1][1] if standing else "")


def drawn(way):
    """Return a sheet that stands and the one before it, drawn for the day."""
    project = random.Random(str(way.day)).choice(sorted(way.oracle.projects()))
    every = [one for one in sheets.sheets(way.asked, project) if one.sheet_id]
    return random.Random(project).choice(every) if every else None


@by_day
def test_parts_beside_those_of_the_sheet_before(way):
    one = drawn(way)
    if one is None:
        return
    pair = one.sheet_id, one.before_id
    found = sheets.entries(way.asked, *pair, "en")
    assert Counter(map(flat, found)) == Counter(raw_entries(way, *pair))


def flat(one):
    return one.part, one.item, one.what, one.now, one.before, one.moved


def raw_entries(way, now, before):
    known = way.oracle
    for column in ("committed", "incurred"):
        sums = [summed(known.by_sheet("sheet_financial")[id], f"{column}_eur") for id in (now, before)]
        yield from amounts(way, column, *sums)
    units = {row["indicator_id"]: row for row in known.typed("indicator")}
    values = [
        {row["indicator_id"]: int(row["value"]) for row in known.by_sheet("sheet_physical")[i]} for i in (now, before)
    ]
    for id in {*values[0], *values[1]}:
        if way.of_line(units[id]["action_line"]):
            both = values[0].get(id), values[1].get(id)
            yield "physical", units[id]["name_en"], units[id]["unit"], *both, less(*both)
    yield from raw_packages(way, now, before)
    yield from raw_causes(way, now, before)
    yield from raw_network(way, now, before)


def summed(rows, column):
    found = defaultdict(Decimal)
    for row in rows:
        found[row["action_line"]] += Decimal(row[column])
    return dict(found)


def amounts(way, what, now, before):
    for line in {*now, *before}:
        if way.of_line(line):
            yield "financial", "", what, now.get(line), before.get(line), less(now.get(line), before.get(line))


def less(now, before):
    return None if now is None or before is None else now - before


def raw_packages(way, now, before):
    told = [
        {(row["action_line"], row["work_package"]): row for row in way.oracle.by_sheet("sheet_procedural")[id]}
        for id in (now, before)
    ]
    for key in {*told[0], *told[1]}:
        if way.of_line(key[0]):
            one, other = (rows.get(key, {}) for rows in told)
            yield "procedural", key[1], "state", one.get("state"), other.get("state"), None
            ends = one.get("expected_end_on"), other.get("expected_end_on")
            gone = less(*ends)
            yield "procedural", key[1], "expected", *ends, gone.days if gone is not None else None


def raw_causes(way, now, before):
    told = [
        Counter(
            (row["action_line"], row["origin"], row["nature"], row["sentence"])
            for row in way.oracle.by_sheet("sheet_cause")[id]
            if way.of_line(row["action_line"])
        )
        for id in (now, before)
    ]
    for key in told[0] | told[1]:
        one, other = told[0][key], told[1][key]
        for place in range(max(one, other)):
            yield "cause", key[-1], "stated", place < one, place < other, None


def raw_network(way, now, before):
    names = {row["partner_id"]: row for row in way.oracle.typed("partner")}
    told = [
        {row["partner_id"]: row["active"] == "true" for row in way.oracle.by_sheet("sheet_network")[id]}
        for id in (now, before)
    ]
    for id in {*told[0], *told[1]}:
        line = names[id].get("action_line")
        if line is None or way.of_line(line):
            yield "network", names[id]["name"], "active", told[0].get(id), told[1].get(id), None


@by_day
def test_budget_and_targets_beside_the_values(way):
    one = drawn(way)
    if one is None:
        return
    named = {row["action_line"]: row["name_en"] for row in way.oracle.typed("action_line")}
    budget = {named[line]: amount for line, amount in way.oracle.budget(one.project_id, way.day).items()}
    for row in records(sheets.amounts(way.asked, one.sheet_id, one.before_id, "en")):
        assert row["budget"] == budget.get(row["line"])
    targets = way.oracle.targets(one.project_id, way.day)
    wanted = {way.oracle.one("indicator", "indicator_id", id)["name_en"]: value for id, value in targets.items()}
    for row in records(sheets.measured(way.asked, one.sheet_id, one.before_id, "en")):
        assert row["target"] == wanted.get(row["name"])


@by_day
def test_versions_reviews_and_where_the_rows_stand(way):
    one = drawn(way)
    if one is None:
        return
    rows = [
        (row, line)
        for line, row in enumerate(way.oracle.typed("sheet"), 2)
        if (row["project_id"], row["period_id"]) == (one.project_id, one.period_id) and row["received_on"] <= way.day
    ]
    found = records(sheets.versions(way.asked, one))
    asked = [row["integration_asked_on"] for row, _ in rows]
    assert [(row["sheet_id"], row["line"], row["integration_asked_on"]) for row in found] == [
        (row["sheet_id"], line, day if day and day <= way.day else None)
        for (row, line), day in zip(rows, asked, strict=True)
    ][::-1]
    ids = {row["sheet_id"] for row, _ in rows}
    reviewed = [
        (row["reviewed_on"], row["outcome"])
        for row in way.oracle.known("desk_review", way.day, "reviewed_on")
        if row["sheet_id"] in ids
    ]
    shown = [(row["reviewed_on"], row["outcome"]) for row in records(sheets.reviews(way.asked, one))]
    assert Counter(shown) == Counter(reviewed)
    stand = {
        row["file"].rpartition("/")[2]: (row["first"], row["last"])
        for row in records(sheets.standing_in(way.asked, one.sheet_id))
    }
    for part in sheets.PARTS:
        lines = [line for line, row in enumerate(way.oracle.typed(part), 2) if row["sheet_id"] == one.sheet_id]
        assert stand.get(f"{part}.csv") == ((min(lines), max(lines)) if lines else None)


def test_days_reach_falls_and_corrections():
    """The tests above would prove little if nothing ever fell, was corrected or was newly named."""
    asked = WAYS[-2].asked
    every = [one for project in sheets.projects(asked, "en") for one in sheets.sheets(asked, project) if one.sheet_id]
    told = [entry for one in every for entry in sheets.entries(asked, one.sheet_id, one.before_id, "en")]
    assert any(entry.moved is not None and entry.part == "financial" and entry.moved < 0 for entry in told)
    assert {(entry.now, entry.before) for entry in told if entry.part == "cause"} == {
        (True, True),
        (True, False),
        (False, True),
    }
    assert any(len(sheets.versions(asked, one)) > 1 for one in every)
