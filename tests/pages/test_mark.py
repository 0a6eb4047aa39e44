"""Nothing of the example programme leaves the app without its mark, and nothing of another programme carries it."""

import ast
import csv
import io
from itertools import chain

import openpyxl
import pytest
import python_calamine

from impact_analytics.charts.frame import STANDARD
from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.settings import PAGES
from tests.shown import NEARLY_ALL, key_of, sights

MARKS = {lang: str(texts("app", lang)["example_band"]) for lang in LANGUAGES}
PREFIXES = {lang: str(texts("app", lang)["example_file"]) for lang in LANGUAGES}
# What Streamlit offers as a file or an image without our doing; a page that shows one has to be looked at here.
UNSEEN = {"arrow_data_frame", "arrow_table", "imgs", "arrow_vega_lite_chart", "graphviz_chart", "audio", "video"}
DRAWN = {"chart", "draw", "twin", "foot", "download_button"}


@pytest.fixture(scope="module")
def invented():
    """Everything that the pages of the example programme show."""
    return sights("example", most=NEARLY_ALL)


@pytest.fixture(scope="module")
def published():
    return sights("impact")


def test_the_walk_reaches_every_figure_and_file_that_a_page_draws(invented):
    reached = {one.key for sight in invented for one in chain(sight.figures, sight.maps, sight.files)}
    reached |= {key.rpartition("_")[0] for key in reached}
    missed = {path.name: sorted(keys(path) - reached) for path in PAGES.glob("*.py")}
    assert not {name: found for name, found in missed.items() if found}


def keys(path):
    """Return the keys of what a page's script draws or hands out; of a `foot`, only where there are data below it."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    drawing = [call for call in calls if getattr(call.func, "attr", "") in DRAWN]
    named = [call for call in drawing if call.func.attr != "foot" or "data" in {one.arg for one in call.keywords}]
    texts = [[*call.args[1:2], *(one.value for one in call.keywords if one.arg == "key")] for call in named]
    return {part.value for part in chain(*texts) if isinstance(part, ast.Constant)}


def test_no_page_shows_what_is_not_looked_at_here(invented, published):
    assert not {(sight.where, kind) for sight in (*invented, *published) for kind in sight.kinds & UNSEEN}


def test_every_chart_of_the_example_carries_its_mark(invented):
    figures = [(sight, figure) for sight in invented for figure in sight.figures]
    assert len(figures) > len(invented) / 4
    for sight, figure in figures:
        layout = figure.spec["layout"]
        notes = [note for note in layout.get("annotations", ()) if note.get("name") == "mark"]
        assert {note["text"] for note in notes} == {MARKS[sight.lang]}, (sight.where, figure.key)
        assert len(notes) == max(1, round(layout["height"] / STANDARD)), (sight.where, figure.key)
        assert all(note["opacity"] > 0.1 and note["font"]["size"] > 16 for note in notes), (sight.where, figure.key)
        assert MARKS[sight.lang] in figure.alt, (sight.where, figure.key)


def test_every_map_of_the_example_carries_its_mark(invented):
    """The mark lies over the frame that fills the screen on demand; an element beside it would stay behind."""
    found = [(sight, drawn) for sight in invented for drawn in sight.maps]
    assert found
    for sight, drawn in found:
        rules = [rule.partition("{") for rule in "".join(sight.html).split("}")]
        over = [
            css for where, _, css in rules if where == f'.st-key-{drawn.box} [data-testid="stFullScreenFrame"]::after'
        ]
        assert [css for css in over if f'content:"{MARKS[sight.lang]}"' in css], (sight.where, drawn.key)
        assert MARKS[sight.lang] in drawn.alt, (sight.where, drawn.key)


def test_every_file_of_the_example_carries_its_mark(invented):
    files = [(sight, file) for sight in invented for file in sight.files]
    assert {file.name.rpartition(".")[2] for _, file in files} == {"csv", "txt", "xlsx"}
    for sight, file in files:
        assert file.name.startswith(PREFIXES[sight.lang]), (sight.where, file.name)
        assert firsts(file) == {MARKS[sight.lang]}, (sight.where, file.name)


def firsts(file):
    """Return what stands first: in a text, a row of a CSV, a sheet of a workbook as two readers see it."""
    if file.name.endswith(".txt"):
        return {file.content.decode("utf-8-sig").splitlines()[0]}
    if file.name.endswith(".csv"):
        return {row[0] for row in csv.reader(io.StringIO(file.content.decode("utf-8-sig")))}
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    other = python_calamine.load_workbook(io.BytesIO(file.content))
    assert book.sheetnames == other.sheet_names
    seen = [other.get_sheet_by_name(name).to_python(nrows=1)[0][0] for name in other.sheet_names]
    return {*seen, *(sheet["A1"].value for sheet in book.worksheets)}


def test_nothing_of_another_programme_carries_the_mark(published):
    assert all(any(getattr(sight, part) for sight in published) for part in ("figures", "maps", "files"))
    for sight in published:
        said = [*sight.html, *(f"{one.spec} {one.alt}" for one in (*sight.figures, *sight.maps))]
        said += [f"{file.name} {everything(file)}" for file in sight.files]
        for told in said:
            assert not [mark for mark in MARKS.values() if mark in told], sight.where
        assert not [file.name for file in sight.files if file.name.startswith(tuple(PREFIXES.values()))]


def everything(file):
    """Return all that a file says."""
    if file.name.endswith((".csv", ".txt")):
        return file.content.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    return "\n".join(
        str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row
    )


def test_keys_are_read_from_ids():
    assert key_of("$$ID-bb5815510b77d75ea15cd48e5814ad91-projects_xlsx") == "projects_xlsx"
