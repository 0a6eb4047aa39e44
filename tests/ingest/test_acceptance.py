"""A dry run writes nothing; what is accepted is there whole, in order, with its history; a mistake is withdrawn."""

import threading
from datetime import date

import pytest

from impact_analytics import build, ingest, supplied
from impact_analytics.ingest import Details, Handed
from impact_analytics.problems import Refused
from impact_analytics.queries import Asked, value
from impact_analytics.sheets.form import title
from tests.ingest.filled import cell, filled, rows_of, spend, without_period

TODAY = Details(date(2025, 2, 10), "0042/2025")
PERIOD = "2024-Q4"


def sheet(folder, *, change=None, name="scheda.xlsx"):
    return Handed(name, filled(folder, PERIOD, change))


def incurred(folder, day=date(2025, 2, 28)):
    return value(Asked(build.build(folder.path), day), "incurred").value


def tree(folder):
    return {path.relative_to(folder.path).as_posix() for path in folder.path.rglob("*") if path.is_file()}


@pytest.fixture
def folder(small_folder, cache):
    """A small programme without the sheet that is going to be handed in."""
    without_period(small_folder, PERIOD)
    return small_folder


def test_a_dry_run_writes_nothing_and_says_how_figures_move(folder):
    before, files = incurred(folder), tree(folder)
    judged = ingest.preview(folder.path, [sheet(folder, change=spend(1000))], TODAY)
    assert judged.errors == []
    moved = {move.metric: move for move in judged.moves}
    assert moved["incurred"].difference == 1000
    assert moved["incurred"].before.value == before
    assert tree(folder) == files
    assert incurred(folder) == before


def test_what_is_accepted_is_shown_and_logged(folder):
    before = incurred(folder)
    handed = sheet(folder, change=spend(1000))
    (entry,) = ingest.accept(folder.path, ingest.preview(folder.path, [handed], TODAY), "anna@host")
    assert incurred(folder) == before + 1000
    assert (entry.number, entry.who, entry.version, entry.period_id) == (1, "anna@host", 1, PERIOD)
    assert (entry.received_on, entry.protocol) == (TODAY.received_on, TODAY.protocol)
    assert supplied.content(folder.path, entry.files[0]) == handed.content
    assert incurred(folder, date(2025, 2, 9)) == before


def test_a_correction_is_a_later_version_and_both_stay(folder):
    before = incurred(folder)
    first = ingest.preview(folder.path, [sheet(folder, change=spend(1000))], TODAY)
    ingest.accept(folder.path, first, "anna")
    later = Details(date(2025, 3, 10))
    second = ingest.preview(folder.path, [sheet(folder, change=spend(1500), name="due.xlsx")], later)
    (entry,) = ingest.accept(folder.path, second, "anna")
    assert entry.version == 2
    assert incurred(folder, date(2025, 3, 9)) == before + 1000
    assert incurred(folder, date(2025, 3, 10)) == before + 1500


def test_a_withdrawal_is_one_more_entry(folder):
    before = incurred(folder)
    ingest.accept(folder.path, ingest.preview(folder.path, [sheet(folder, change=spend(1000))], TODAY), "anna")
    entry = ingest.withdraw(folder.path, 1, "scheda di un altro progetto", "bruno")
    assert incurred(folder) == before
    assert (entry.number, entry.withdrawn) == (2, 1)
    assert [one.number for one in supplied.entries(folder.path)] == [1, 2]
    again = ingest.preview(folder.path, [sheet(folder, change=spend(700), name="giusta.xlsx")], TODAY)
    (entry,) = ingest.accept(folder.path, again, "anna")
    assert entry.version == 2  # a number is never used twice


def test_a_withdrawal_that_others_rest_on_is_refused(folder):
    ingest.accept(folder.path, ingest.preview(folder.path, [sheet(folder)], TODAY), "anna")
    header = "review_id,sheet_id,reviewed_on,outcome,note\n"
    row = f"r_new,{sheet_id(folder)},2025-02-20,in_order,\n"
    review = Handed("desk_review.csv", (header + row).encode())
    ingest.accept(folder.path, ingest.preview(folder.path, [review], TODAY), "anna")
    with pytest.raises(Refused, match="desk_review"):
        ingest.withdraw(folder.path, 1, "sbagliata", "anna")
    assert len(supplied.entries(folder.path)) == 2


def sheet_id(folder):
    entry = supplied.entries(folder.path)[0]
    return f"{entry.project_id}-{entry.period_id}-v{entry.version}"


def test_a_wrong_sheet_is_refused_with_its_cells(folder):
    def wrong(book):
        row = rows_of(book, "financial")[1]
        cell(book, "financial", row, "incurred_eur").value = "tanti"
        cell(book, "financial", row, "committed_eur").value = -5

    judged = ingest.preview(folder.path, [sheet(folder, change=wrong)], TODAY)
    cells = {(problem.sheet, problem.cell) for problem in judged.errors}
    assert len(cells) == 2
    assert {sheet for sheet, _ in cells} == {title("financial", "it")}
    assert judged.moves == ()
    with pytest.raises(Refused, match="tanti"):
        ingest.accept(folder.path, judged, "anna")
    assert supplied.entries(folder.path) == []


def test_the_same_file_is_not_accepted_twice(folder):
    handed = sheet(folder)
    ingest.accept(folder.path, ingest.preview(folder.path, [handed], TODAY), "anna")
    (problem,) = ingest.preview(folder.path, [handed], TODAY).errors
    assert "n. 1" in problem.sentence("it")


def test_what_cannot_be_taken_in_is_said(folder):
    handed = [
        Handed("scheda.doc", b"x"),
        Handed("nulla.csv", b"a,b\n1,2\n"),
        Handed("persone.csv", b"cognome,nome,data di nascita\nX,Y,1980-01-01\n"),
    ]
    judged = ingest.preview(folder.path, handed, TODAY)
    said = {problem.file: problem.sentence("en") for problem in judged.errors}
    assert ".xlsx" in said["scheda.doc"]
    assert "nulla" in said["nulla.csv"]
    assert "1980" not in said["persone.csv"]
    assert supplied.entries(folder.path) == []


def test_two_people_accepting_at_once_both_land(folder):
    other = small_sheets(folder)
    judged = [ingest.preview(folder.path, [handed], TODAY) for handed in other]
    done = []
    threads = [
        threading.Thread(target=lambda one=one, who=who: done.append(ingest.accept(folder.path, one, who)))
        for one, who in zip(judged, ("anna", "bruno"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(entry.number for entries in done for entry in entries) == [1, 2]
    versions = {entry.who: entry.version for entry in supplied.entries(folder.path)}
    assert sorted(versions.values()) == [1, 2]  # the second was judged again after the first


def small_sheets(folder):
    return [sheet(folder, change=spend(amount), name=f"{amount}.xlsx") for amount in (100, 200)]


def test_a_change_of_the_folder_after_the_dry_run_is_judged_again(folder):
    judged = ingest.preview(folder.path, [sheet(folder)], TODAY)
    rows = folder.rows("reporting_period")
    folder.write("reporting_period", [row for row in rows if row["period_id"] != PERIOD])
    with pytest.raises(Refused, match=PERIOD):
        ingest.accept(folder.path, judged, "anna")
    assert supplied.entries(folder.path) == []


def test_a_quarter_in_one_go_with_its_tables(folder):
    row = "c_new,e1-T01,budget,Titolo,Title,2025-02-01,2025-02-01\n"
    change = Handed(
        "change_request.csv", ("change_id,project_id,kind,title_it,title_en,requested_on,known_from\n" + row).encode()
    )
    judged = ingest.preview(folder.path, [change, sheet(folder)], TODAY)
    assert judged.errors == []
    entries = ingest.accept(folder.path, judged, "anna")
    assert [bool(entry.project_id) for entry in entries] == [True, False]
