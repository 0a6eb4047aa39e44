"""Every sheet of the example written out as a workbook and taken in again: the same figures on any day, to the cent."""

import random
from datetime import date, timedelta

import pytest

from impact_analytics import build, ingest, supplied
from impact_analytics.ingest import Details, Handed
from impact_analytics.queries import Asked, answer, forms
from impact_analytics.semantics import metrics
from impact_analytics.sheets import write
from impact_analytics.store import cursor
from tests.conftest import copied

SHEETS = ("sheet", "sheet_financial", "sheet_physical", "sheet_procedural", "sheet_cause", "sheet_network")
RESTING = ("desk_review", "finding")  # rest on sheets, and come in as tables
DAYS = 20


@pytest.fixture(scope="module")
def trip(tmp_path_factory):
    """The example's snapshot, and that of a copy whose sheets came back through workbooks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPACT_CACHE", str(tmp_path_factory.mktemp("trip")))
        folder = copied("example", tmp_path_factory.mktemp("copy"))
        before = build.build(folder.path)
        tables = [Handed(f"{name}.csv", folder.file(name).read_bytes()) for name in RESTING]
        books = list(workbooks(before))
        for name in (*SHEETS, *RESTING):
            folder.file(name).unlink()
        accepted(folder.path, books)
        accepted(folder.path, tables)
        yield before, build.build(folder.path), folder.path


def workbooks(snapshot):
    rows = cursor(snapshot).execute("SELECT sheet_id, project_id, period_id, version FROM sheet").fetchall()
    for place, (sheet_id, project, period, version) in enumerate(rows):
        form = forms.form(snapshot, project, period, version)
        yield Handed(f"{sheet_id}.xlsx", write(form, ("it", "en")[place % 2]))


def accepted(folder, handed):
    judged = ingest.preview(folder, handed, Details(date(2026, 1, 1)))
    assert judged.errors == []
    ingest.accept(folder, judged, "test")


def test_every_metric_is_the_same_on_any_day(trip):
    before, after, _ = trip
    drawn = random.Random(20)
    first = date(2020, 3, 1)
    names = tuple(metrics())
    for _ in range(DAYS):
        day = first + timedelta(drawn.randrange(1800))
        for split in ((), ("territory",), ("action_line",)):
            wanted, lacking = answer(Asked(before, day), names, split)
            found, lacking_too = answer(Asked(after, day), names, split)
            assert lacking == lacking_too
            pairs = zip(wanted.to_dict("records"), found.to_dict("records"), strict=True)
            assert [one for a, b in pairs for one in differing(a, b)] == [], (day, split)


def differing(wanted, found):
    """Yield what differs: amounts to the cent, shares beyond what the order of a sum of floats may do."""
    for name, value in wanted.items():
        same = value == pytest.approx(found[name], rel=1e-12) if isinstance(value, float) else value == found[name]
        if not same:
            yield name, value, found[name]


def test_every_row_came_back(trip):
    before, after, _ = trip
    for name in SHEETS:
        columns = [column for column in before.columns[name] if column not in ("basis", "file", "line", "source_id")]
        listed = ", ".join(f'"{column}"' for column in sorted(columns))
        sql = f'SELECT {listed} FROM "{name}" ORDER BY ALL'
        rows = [cursor(one).execute(sql).fetchall() for one in (before, after)]
        assert rows[0] == rows[1]
        assert rows[0]


def test_every_row_leads_to_its_acceptance(trip):
    _, after, folder = trip
    known = {f"supplied_{entry.number:06}": entry for entry in supplied.standing(folder)}
    rows = cursor(after).execute("SELECT source_id, protocol, received_on, basis FROM sheet").fetchall()
    for source, protocol, received_on, basis in rows:
        assert (known[source].protocol or None, known[source].received_on) == (protocol, received_on)
        assert basis == "example"
    assert len(rows) == len({row[0] for row in rows})
