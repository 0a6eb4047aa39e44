"""Five hundred sheets with something wrong or odd in them: accepted with the right sums, or refused naming the cell."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impact_analytics import build, ingest, supplied
from impact_analytics.ingest import Details, Handed
from impact_analytics.queries import Asked, value
from impact_analytics.sheets.form import SECTIONS, title
from tests.conftest import copied, thinned
from tests.ingest.filled import cell, filled, rows_of, without_period

DETAILS = Details(date(2025, 2, 10))
PERIOD = "2024-Q4"
SHEETS = [*SECTIONS, "general"]
VALUES = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.decimals(0, 10**7, places=2).map(float),
    st.booleans(),
    st.dates(date(1890, 1, 1), date(2100, 1, 1)),
    st.text(max_size=12).filter(lambda text: openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.search(text) is None),
    st.sampled_from(
        ["1.234,56", "1.234", "1234.5", "12,345", "31/06/2021", "2021-02-30", "=1+1", "=A1", "#REF!", "n.d.", "<b>x"]
    ),
    st.sampled_from(["in corso", "completata", "sì", "no", "maybe", "beneficiario", "staff", "01", "@cmd", "1e3", " "]),
)
EDIT = st.tuples(st.sampled_from(SHEETS), st.integers(1, 40), st.integers(1, 10), VALUES)
EDITS = st.lists(EDIT, min_size=1, max_size=4)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A small programme without its last sheet, that sheet filled in, and the figures it adds up to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPACT_CACHE", str(tmp_path_factory.mktemp("mutated")))
        folder = thinned(copied("example", tmp_path_factory.mktemp("small")), ["e1-T01"])
        without_period(folder, PERIOD)
        yield folder, openpyxl.load_workbook(BytesIO(filled(folder, PERIOD)))


def sums(book):
    """Add up what stands in the cells of the financial part, as a person with a pocket calculator would."""
    found = {"incurred": Decimal(0), "commitments": Decimal(0)}
    for row in rows_of(book, "financial"):
        for name, column in (("incurred", "incurred_eur"), ("commitments", "committed_eur")):
            found[name] += amount(cell(book, "financial", row, column).value)
    return found


def amount(value):
    text = str(value).strip().replace("€", "").strip()
    if isinstance(value, str) and "," in text:
        text = text.replace(".", "").replace(",", ".")
    return round(Decimal(text), 2)


def figures(judged, folder):
    """Return the figures after acceptance; one that does not move need not be told."""
    moved = {move.metric: move.after.value for move in judged.moves}
    as_before = Asked(build.build(folder.path), judged.as_of)
    names = ("incurred", "commitments")
    return {name: moved[name] if name in moved else value(as_before, name).value for name in names}


@settings(
    max_examples=500,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(edits=EDITS)
def test_a_mutated_sheet_is_right_or_refused_with_its_cell(place, edits):
    folder, book = place
    undo = []
    for sheet, row, column, wrong in edits:
        target = book[title(sheet, "it")].cell(row, column)
        if isinstance(target, openpyxl.cell.MergedCell):
            continue
        undo.append((target, target.value, target.number_format))
        target.value = wrong
    content = BytesIO()
    book.save(content)
    judged = ingest.preview(folder.path, [Handed("scheda.xlsx", content.getvalue())], DETAILS)
    assert supplied.entries(folder.path) == []
    if judged.errors:
        assert judged.moves == ()
        assert all(problem.cell or problem.sheet or "scheda.xlsx" in problem.file for problem in judged.errors)
        assert any(problem.cell for problem in judged.errors), [problem.sentence("en") for problem in judged.errors]
    else:
        assert figures(judged, folder) == sums(book)
    for problem in judged.problems:
        assert problem.sentence("it") != problem.sentence("en")
    for target, before, form in reversed(undo):
        target.value = before
        target.number_format = form  # a day brings its own


def test_the_sheet_itself_is_in_order(place):
    folder, book = place
    content = BytesIO()
    book.save(content)
    judged = ingest.preview(folder.path, [Handed("scheda.xlsx", content.getvalue())], DETAILS)
    assert judged.errors == []
    assert build.check(folder.path)
    assert {move.metric: move.after.value for move in judged.moves}["incurred"] == sums(book)["incurred"]
