"""A dry run writes nothing; what is accepted is there whole, in order, with its history; a mistake is withdrawn."""

import threading
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest
from openpyxl.comments import Comment

from impact_analytics import build, ingest, supplied
from impact_analytics.ingest import Details, Handed
from impact_analytics.ingest.acceptance import NotBuilt
from impact_analytics.problems import Refused
from impact_analytics.queries import Asked, value
from impact_analytics.sheets.form import title
from impact_analytics.supplied import Damaged, NotStored
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
    assert [bool(entry.project_id) for entry in entries] == [False, True]  # a table that stands by itself goes first


CHANGES = "change_id,project_id,kind,title_it,title_en,requested_on,known_from\n"
PERSON = "Colloquio con Rossi Mario RSSMRA85T10A562S"


def change(known_from="2025-02-01", title="Titolo", id="c_new"):
    return f"{CHANGES}{id},e1-T01,budget,{title},Title,2025-02-01,{known_from}\n"


def stop_after_one(monkeypatch):
    """Let the disk take one entry and no more."""
    append, made = supplied.append, []

    def once(*asked):
        if made:
            raise NotStored("not_stored", programme="example", reason="full")
        made.append(append(*asked))
        return made[0]

    monkeypatch.setattr(supplied, "append", once)


def review(folder, sheet_id):
    header = "review_id,sheet_id,reviewed_on,outcome,note\n"
    return Handed("desk_review.csv", f"{header}r_new,{sheet_id},2025-02-20,in_order,\n".encode())


def test_a_batch_that_stops_halfway_leaves_what_stands_by_itself(folder, monkeypatch):
    """The review rests on the sheet of the same batch: the sheet goes first, and the rest can be handed in again."""
    batch = [review(folder, f"e1-T01-{PERIOD}-v1"), sheet(folder)]
    judged = ingest.preview(folder.path, batch, TODAY)
    assert [bool(draft.entry.project_id) for draft in judged.drafts] == [True, False]
    with monkeypatch.context() as patch:
        stop_after_one(patch)
        with pytest.raises(NotStored):
            ingest.accept(folder.path, judged, "anna")
    assert len(supplied.entries(folder.path)) == 1
    assert [one for one in build.check(folder.path) if one.severity == "error"] == []
    again = ingest.preview(folder.path, batch[:1], TODAY)
    assert again.errors == []
    ingest.accept(folder.path, again, "anna")


def test_what_cannot_be_accepted_is_not_held_on_to(folder, cache):
    kept = sorted(cache.rglob("*.json"))
    judged = ingest.preview(folder.path, [sheet(folder), Handed("scheda.doc", b"x")], TODAY)
    assert judged.errors
    assert (judged.handed, judged.drafts) == ((), ())
    assert sorted(cache.rglob("*.json")) == kept


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_person_in_a_table_is_refused_however_it_is_written(folder, encoding):
    handed = Handed("change_request.csv", change(title=f"È {PERSON}").encode(encoding))
    (problem,) = ingest.preview(folder.path, [handed], TODAY).errors
    assert problem.rule == "persons"
    assert "RSSMRA" not in problem.sentence("it")


def test_a_person_in_a_parquet_file_is_refused(folder, tmp_path):
    path = tmp_path / "change_request.parquet"
    source = tmp_path / "change_request.csv"
    source.write_text(change(title=PERSON), encoding="utf-8")
    duckdb.sql(f"COPY (FROM read_csv('{source}', all_varchar = true)) TO '{path}'")
    (problem,) = ingest.preview(folder.path, [Handed(path.name, path.read_bytes())], TODAY).errors
    assert problem.rule == "persons"


def test_a_person_in_a_comment_is_refused(folder):
    def comment(book):
        cell(book, "financial", rows_of(book, "financial")[0], "incurred_eur").comment = Comment(PERSON, "x")

    (problem,) = ingest.preview(folder.path, [sheet(folder, change=comment)], TODAY).errors
    assert problem.rule == "persons"


def test_a_number_of_a_parquet_file_is_no_italian_text(folder, tmp_path):
    """A third decimal stays one, although the mapping says that texts have a decimal comma."""
    path = tmp_path / "export.parquet"
    partner = folder.rows("partner")[0]["partner_id"]
    amount = "CAST(1.234 AS DECIMAL(18,3)) AS amount"
    duckdb.sql(f"COPY (SELECT '{partner}' AS p, 9 AS v, {amount}, DATE '2025-01-01' AS k) TO '{path}'")
    columns = '"p" = "partner_id"\n"v" = "version"\n"amount" = "amount_eur"\n"k" = "known_from"\n'
    mapping = Handed("m.toml", f'table = "partner_funding"\ndecimal = ","\n[columns]\n{columns}'.encode())
    details = Details(TODAY.received_on, "", mapping)
    (problem,) = ingest.preview(folder.path, [Handed(path.name, path.read_bytes())], details).errors
    assert problem.rule == "third_decimal"


def test_a_day_that_is_still_to_come_is_refused(folder):
    def later(book):
        book[title("general", "it")]["B20"].value = datetime.now(UTC).replace(tzinfo=None) + timedelta(400)

    (problem,) = ingest.preview(folder.path, [sheet(folder, change=later)], TODAY).errors
    assert (problem.rule, problem.cell) == ("future", "B20")
    handed = Handed("change_request.csv", change("2202-02-01").encode())
    (problem,) = ingest.preview(folder.path, [handed], TODAY).errors
    assert "01/02/2202" in problem.sentence("it")


def test_names_that_differ_in_case_only_are_said_and_odd_ones_do_no_harm(folder):
    two = [Handed("change_request.csv", change().encode()), Handed("Change_Request.csv", change(id="c_2").encode())]
    assert {problem.rule for problem in ingest.preview(folder.path, two, TODAY).errors} == {"same_name"}
    odd = Handed("citt\udce0.xlsx", sheet(folder).content)
    assert ingest.preview(folder.path, [odd], TODAY).errors == []


def test_a_withdrawal_is_judged_again_where_something_came_first(folder, monkeypatch):
    ingest.accept(folder.path, ingest.preview(folder.path, [sheet(folder)], TODAY), "anna")
    append, came = supplied.append, []

    def late(*asked):
        if not came:
            came.append(True)
            judged = ingest.preview(folder.path, [review(folder, sheet_id(folder))], TODAY)
            ingest.accept(folder.path, judged, "bruno")
        return append(*asked)

    monkeypatch.setattr(supplied, "append", late)
    with pytest.raises(Refused, match="desk_review"):
        ingest.withdraw(folder.path, 1, "sbagliata", "anna")
    assert [entry.action for entry in supplied.entries(folder.path)] == ["accept", "accept"]


def test_a_damaged_file_can_be_withdrawn(folder):
    ingest.accept(folder.path, ingest.preview(folder.path, [sheet(folder)], TODAY), "anna")
    next((folder.path / "supplied" / "files").iterdir()).write_bytes(b"other")
    with pytest.raises(Damaged):
        supplied.entries(folder.path)
    assert ingest.withdraw(folder.path, 1, "rovinata", "anna").withdrawn == 1


def test_an_entry_that_could_not_be_built_is_told_by_its_number(folder, monkeypatch):
    judged = ingest.preview(folder.path, [sheet(folder)], TODAY)

    def full(_folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build, "build", full)
    with pytest.raises(NotBuilt, match=r"no\. 1"):
        ingest.accept(folder.path, judged, "anna")
    assert len(supplied.entries(folder.path)) == 1
