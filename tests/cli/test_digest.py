"""The weekly digest by command: its text, its files, its quiet, and what a concluded programme reports instead."""

import csv
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest

from impact_analytics.cli import digest, main
from impact_analytics.queries import Asked, overview
from impact_analytics.queries.matters import matters, sum_said
from impact_analytics.queries.sentences import listed, report
from impact_analytics.settings import ROOT
from tests.shipped import shipped

EXAMPLE, IMPACT = (str(ROOT / "data" / name) for name in ("example", "impact"))
DAY = date(2024, 6, 30)
MARKS = {"it": "ESEMPIO, valori inventati", "en": "EXAMPLE, invented values"}


def said(capsys, *words, lang="it"):
    status = main(["--lang", lang, "digest", *map(str, words)])
    printed = capsys.readouterr()
    assert printed.err == ""
    return status, printed.out


@pytest.mark.parametrize("lang", MARKS)
def test_the_text_tells_actions_counts_and_changes_of_the_week_before(capsys, lang):
    status, told = said(capsys, EXAMPLE, "--as-of", DAY, "--top", 5, lang=lang)
    asked, lines = Asked(shipped("example"), DAY), told.splitlines()
    found = matters(asked, lang)
    assert (status, lines[0]) == (0, MARKS[lang])
    assert lines[1] == found.title
    bullets = [line for line in lines if line.startswith("- ")]
    assert bullets[:5] == [f"- {line.text}" for line in found.lines[:5]]
    assert bullets[5 : 5 + len(found.sums)] == [f"- {sum_said(one, lang)}" for one in found.sums]
    changed = listed(report(asked, DAY - timedelta(days=7), lang))
    assert changed == lines[-1 - len(changed) : -1]
    assert f"{len(found.lines) - 5}" in told
    assert "\x1b" not in told


def test_changes_are_counted_since_the_day_asked(capsys):
    _, told = said(capsys, EXAMPLE, "--as-of", DAY, "--since", "2024-03-31", lang="en")
    assert "What has changed from 31/03/2024 to 30/06/2024" in told
    assert set(listed(report(Asked(shipped("example"), DAY), date(2024, 3, 31), "en"))) <= set(told.splitlines())


def test_every_line_fits_where_more_are_asked_for_than_there_are(capsys):
    _, told = said(capsys, EXAMPLE, "--as-of", DAY, "--top", 500, lang="en")
    assert "in the Excel file" not in told
    assert all(f"- {line.text}" in told for line in matters(Asked(shipped("example"), DAY), "en").lines)


def test_a_concluded_programme_says_so_and_what_is_not_known_instead(capsys):
    status, told = said(capsys, IMPACT)
    with (ROOT / "data" / "impact" / "gap.csv").open(encoding="utf-8", newline="") as lines:
        gaps = [row["title_it"] for row in csv.DictReader(lines)]
    assert status == 0
    assert "Programma concluso" in told
    assert gaps
    assert all(f"- {gap}: " in told for gap in gaps)
    assert "Che cosa richiede un atto" not in told
    assert "376.600,00" in told
    assert "ESEMPIO" not in told
    assert " · tra " not in told, "no days left"


def test_with_a_folder_both_files_are_written_and_nothing_is_printed(capsys, tmp_path):
    status, told = said(capsys, "--as-of", DAY, "--to", tmp_path / "out" / "weekly")
    names = {path.name for path in (tmp_path / "out" / "weekly").iterdir()}
    assert (status, told) == (0, "")
    assert names == {
        f"{stem}.{kind}"
        for stem in ("esempio_example_promemoria_2024-06-30", "impact_promemoria_2024-06-30")
        for kind in ("txt", "xlsx")
    }


def test_the_workbook_holds_every_line_with_numbers_and_the_mark(capsys, tmp_path):
    assert said(capsys, EXAMPLE, "--as-of", DAY, "--to", tmp_path, lang="en")[0] == 0
    (path,) = tmp_path.glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["What needs action", "By subject", "Changes", "Notes"]
    assert {sheet["A1"].value for sheet in book.worksheets} == {MARKS["en"]}
    found = matters(Asked(shipped("example"), DAY), "en")
    rows = list(book["What needs action"].iter_rows(min_row=3, values_only=True))
    heads = [cell.value for cell in book["What needs action"][2]]
    facts, amounts, days = (
        [row[heads.index(name)] for row in rows] for name in ("Fact", "Amount (€)", "Days")
    )  # fmt: skip
    assert facts == [line.fact for line in found.lines]
    assert days == [line.item.days for line in found.lines]
    assert amounts == [None if line.item.eur is None else float(line.item.eur) for line in found.lines]
    sums = list(book["By subject"].iter_rows(min_row=3, values_only=True))
    assert [row[1] for row in sums] == [one.count for one in found.sums]
    text = next(tmp_path.glob("*.txt")).read_text(encoding="utf-8")
    assert text.startswith(MARKS["en"])
    assert f"- {found.lines[0].text}" in text


def test_the_workbook_of_a_concluded_programme_holds_what_is_not_known():
    asked = Asked(shipped("impact"), date(2023, 6, 30))
    found = digest.digest(asked, date(2023, 6, 23), "it")
    book = openpyxl.load_workbook(BytesIO(digest.book(found)))
    assert "Non noto" in book.sheetnames
    titles = [row[0] for row in book["Non noto"].iter_rows(min_row=2, values_only=True)]
    assert titles == list(overview.gaps(asked, "it")["title"])
    assert "Programma concluso" in str(list(book["Note"].iter_rows(values_only=True)))


def test_a_file_that_is_there_is_replaced_whole_and_nothing_is_left_beside_it(capsys, tmp_path):
    target = tmp_path / "impact_promemoria_2023-06-30.txt"
    target.write_text("old", encoding="utf-8")
    assert said(capsys, IMPACT, "--to", tmp_path)[0] == 0
    assert target.read_text(encoding="utf-8").startswith("IMPACT: promemoria")
    assert len(list(tmp_path.iterdir())) == 2


def test_where_writing_fails_nothing_half_written_is_left(tmp_path, monkeypatch):
    target = tmp_path / "impact_promemoria_2023-06-30.txt"
    target.write_text("old", encoding="utf-8")
    found = digest.digest(Asked(shipped("impact"), date(2023, 6, 30)), date(2023, 6, 23), "it")
    with monkeypatch.context() as patch:
        patch.setattr(digest, "workbook", failing)
        with pytest.raises(OSError, match="full"):
            digest._write(found, tmp_path, 5)
    assert target.read_text(encoding="utf-8") == "old"
    (tmp_path / "impact_promemoria_2023-06-30.xlsx").mkdir()
    with pytest.raises(OSError, match="directory"):
        digest._write(found, tmp_path, 5)
    assert not list(tmp_path.glob(".*"))


def failing(*_, **__):
    raise OSError("full")


def test_a_folder_that_cannot_be_is_said(capsys, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    status, told = said(capsys, IMPACT, "--to", tmp_path / "file")
    assert (status, "disk" in told or "disco" in told) == (1, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--as-of", "2024-02-30"), "“2024-02-30” is not a day"),
        (("--since", "soon"), "“soon” is not a day"),
        (("--as-of", "2024-06-30", "--since", "2024-07-01"), "from 01/07/2024, after the day 30/06/2024"),
    ],
)
def test_a_day_that_cannot_be_is_said(capsys, words, sentence):
    status, told = said(capsys, EXAMPLE, *words, lang="en")
    assert status == 1
    assert sentence in told


def test_today_is_a_day(capsys):
    status, told = said(capsys, IMPACT, "--as-of", "today", lang="en")
    assert status == 0
    assert f"{date.today():%d/%m/%Y}" in told.splitlines()[0]  # noqa: DTZ011 - the day here


def test_a_refused_programme_does_not_stop_the_others(programme_folder, cache, capsys, tmp_path):
    programme_folder.edit("project", 0, {"territory": "NOWHERE"})
    status, told = said(capsys, programme_folder.path, EXAMPLE, "--as-of", DAY, "--to", tmp_path / "out")
    assert status == 1
    assert "NOWHERE" in told
    assert len(list((tmp_path / "out").iterdir())) == 2
