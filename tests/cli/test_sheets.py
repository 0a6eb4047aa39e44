"""A sheet out and in by command: written, judged, refused, accepted; another system's export through a mapping."""

import zipfile
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from impact_analytics import build, supplied
from impact_analytics.cli import main
from impact_analytics.queries import Asked, value
from tests.ingest.filled import cell, filled, rows_of, spend, without_period

PERIOD = "2024-Q4"


@pytest.fixture
def folder(small_folder, cache, monkeypatch, tmp_path):
    """A small programme without its last sheet, the only one there is; the command runs in an empty folder."""
    without_period(small_folder, PERIOD)
    monkeypatch.setenv("IMPACT_DATA", str(small_folder.path))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return small_folder


def said(capsys, *words, lang="it"):
    status = main(["--lang", lang, *map(str, words)])
    return status, capsys.readouterr().out


def incurred(folder):
    return value(Asked(build.build(folder.path), date(2025, 2, 28)), "incurred").value


@pytest.mark.parametrize("known_as", ["e1-T01", "prog_code", "cup"])
def test_a_sheet_is_written_for_a_project_by_any_of_its_names(folder, capsys, tmp_path, known_as):
    project = folder.rows("project")[0]
    status, told = said(capsys, "sheet", project.get(known_as, known_as), PERIOD)
    (path,) = (tmp_path / "here").iterdir()
    assert (status, path.name in told) == (0, True)
    assert path.name.startswith("ESEMPIO_scheda_e1-T01")
    assert "Finanziaria" in openpyxl.load_workbook(path).sheetnames


def test_a_quarter_is_written_as_a_zip(folder, capsys, tmp_path):
    target = tmp_path / "quarter.zip"
    assert said(capsys, "sheet", "all", PERIOD, "--to", target, lang="en")[0] == 0
    with zipfile.ZipFile(target) as archive:
        (name,) = archive.namelist()
        assert openpyxl.load_workbook(BytesIO(archive.read(name))).sheetnames


def test_a_version_that_came_in_is_written_with_its_values(folder, capsys, tmp_path):
    target = tmp_path / "old.xlsx"
    assert said(capsys, "sheet", "e1-T01", "2024-Q3", "--version", 1, "--to", target)[0] == 0
    book = openpyxl.load_workbook(target)
    assert cell(book, "financial", rows_of(book, "financial")[0], "incurred_eur").value is not None


@pytest.mark.parametrize("words", [("nobody", PERIOD), ("e1-T01", "1999-Q1"), ("e1-T01", PERIOD, "--version", "7")])
def test_a_sheet_that_cannot_be_is_said(folder, capsys, tmp_path, words):
    status, told = said(capsys, "sheet", *words)
    assert status == 1
    assert "non c'è" in told
    assert list((tmp_path / "here").iterdir()) == []


def test_a_dry_run_tells_and_writes_nothing(folder, capsys, tmp_path):
    path = tmp_path / "scheda.xlsx"
    path.write_bytes(filled(folder, PERIOD, spend(1000)))
    before = incurred(folder)
    status, told = said(capsys, "ingest", path)
    assert status == 0
    assert "+1.000,00" in told.replace("\u00a0", " ")
    assert "--accept" in told
    assert supplied.entries(folder.path) == []
    assert incurred(folder) == before


def test_what_is_accepted_is_told_by_its_number_and_moves_the_figure(folder, capsys, tmp_path):
    path = tmp_path / "scheda.xlsx"
    path.write_bytes(filled(folder, PERIOD, spend(1000)))
    before = incurred(folder)
    words = ("--received-on", "2025-02-10", "--protocol", "7/2025", "--who", "anna", "--accept")
    status, told = said(capsys, "ingest", path, *words)
    (entry,) = supplied.entries(folder.path)
    assert (status, "n. 1" in told) == (0, True)
    assert (entry.who, entry.protocol, entry.received_on) == ("anna", "7/2025", date(2025, 2, 10))
    assert incurred(folder) == before + 1000


def test_a_wrong_sheet_is_refused_by_cell_even_with_accept(folder, capsys, tmp_path):
    def wrong(book):
        cell(book, "financial", rows_of(book, "financial")[0], "incurred_eur").value = "tanti"

    path = tmp_path / "scheda.xlsx"
    path.write_bytes(filled(folder, PERIOD, wrong))
    status, told = said(capsys, "ingest", path, "--accept")
    assert status == 1
    assert "foglio «Finanziaria», cella" in told
    assert "tanti" in told
    assert supplied.entries(folder.path) == []


def test_an_export_of_another_system_comes_in_through_a_mapping(folder, capsys, tmp_path):
    """Its columns, words, days and decimals are its own."""
    export, mapping = tmp_path / "rimodulazioni.csv", tmp_path / "columns.toml"
    export.write_text(
        "Codice;Progetto;Tipo;Oggetto;Chiesta il\nX1;e1-T01;Budget;Spostamento;31/01/2025\n", encoding="utf-8"
    )
    mapping.write_text(
        """
table = "change_request"
date_format = "%d/%m/%Y"
[columns]
"Codice" = "change_id"
"Progetto" = "project_id"
"Tipo" = "kind"
"Oggetto" = "title_it"
"Chiesta il" = "requested_on"
[values.kind]
"Budget" = "budget"
[constants]
title_en = "Shift"
known_from = "2025-01-31"
""",
        encoding="utf-8",
    )
    before = build.build(folder.path)
    status, told = said(capsys, "ingest", export, "--mapping", mapping, "--received-on", "2025-02-01", "--accept")
    assert status == 1  # an id is written in small letters
    assert "X1" in told
    export.write_text(export.read_text(encoding="utf-8").replace("X1", "x1"), encoding="utf-8")
    status, told = said(capsys, "ingest", export, "--mapping", mapping, "--received-on", "2025-02-01", "--accept")
    assert status == 0, told
    assert waiting(build.build(folder.path)) == waiting(before) + 1


def waiting(snapshot):
    return value(Asked(snapshot, date(2025, 2, 1)), "changes_waiting").value or 0


def test_a_file_that_is_not_there_is_said(folder, capsys, tmp_path):
    status, told = said(capsys, "ingest", tmp_path / "none.xlsx", lang="en")
    assert (status, "cannot be read" in told) == (1, True)
