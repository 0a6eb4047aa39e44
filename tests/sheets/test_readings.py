"""A workbook is read once; what was kept of it is used only for the very same question, and only where it is whole."""

from datetime import date

import pytest

from impact_analytics.queries import forms
from impact_analytics.settings import cache_folder
from impact_analytics.sheets import read, readings, write
from impact_analytics.supplied import Stored
from tests.shipped import shipped

DAY = date(2024, 7, 9)


@pytest.fixture
def book(tmp_path, cache):
    content = write(forms.form(shipped("example"), "e1-T01", "2024-Q2", 1), "it")
    path = tmp_path / f"{Stored.of('a.xlsx', content).sha256}.xlsx"
    path.write_bytes(content)
    return path


def kept():
    return sorted((cache_folder() / "sheets").glob("*"))


def test_the_second_reading_says_the_same_without_the_workbook(book):
    first = readings.parts(book, "a.xlsx", 1, DAY, "7", keep=True)
    assert first == read("a.xlsx", book.read_bytes()).parts(1, DAY, "7")
    book.write_bytes(b"")
    assert readings.parts(book, "a.xlsx", 1, DAY, "7", keep=True) == first


@pytest.mark.parametrize("other", [("b.xlsx", 1, DAY, "7"), ("a.xlsx", 2, DAY, "7"), ("a.xlsx", 1, DAY, "8")])
def test_another_question_is_read_anew(book, other):
    first = readings.parts(book, "a.xlsx", 1, DAY, "7", keep=True)
    assert readings.parts(book, *other, keep=True) != first
    assert len(kept()) == 2


def test_what_is_kept_half_is_read_anew(book):
    first = readings.parts(book, "a.xlsx", 1, DAY, "7", keep=True)
    (path,) = kept()
    path.write_text(path.read_text(encoding="utf-8")[:100], encoding="utf-8")
    assert readings.parts(book, "a.xlsx", 1, DAY, "7", keep=True) == first


def test_what_cannot_be_read_is_said_and_not_kept(book):
    book.write_bytes(b"PK\x03\x04")
    with pytest.raises(readings.Unread, match=r"a\.xlsx"):
        readings.parts(book, "a.xlsx", 1, DAY, "7", keep=True)
    assert kept() == []


def test_what_is_only_tried_is_not_kept(book):
    assert readings.parts(book, "a.xlsx", 1, DAY, "7", keep=False)
    assert kept() == []
