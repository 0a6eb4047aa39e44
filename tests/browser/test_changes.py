"""The files of what has changed, as a browser saves them and other programs open them."""

import csv
import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from impact_analytics.queries import Asked
from impact_analytics.queries.sentences import plain, report
from tests.shipped import shipped

pytestmark = pytest.mark.browser
DAYS = "as_of=2022-03-31&since=2021-12-31"
MARK = "EXAMPLE, invented values"


def saved(page, label):
    with page.expect_download() as waited:
        page.get_by_role("button", name=label).click()
    return waited.value.suggested_filename, Path(waited.value.path()).read_bytes()


def test_the_whole_is_saved_as_text_csv_and_workbook(visit):
    page = visit(lang="en").open(f"changes?programme=example&{DAYS}")
    found = report(Asked(shipped("example"), date(2022, 3, 31)), date(2021, 12, 31), "en")
    every = [change for section in found.sections for change in section.changes]

    name, text = saved(page, "Download text")
    assert name == "example_example_changes_2022-03-31.txt"
    assert text.decode("utf-8") == plain(found)

    _, content = saved(page, "Download CSV")
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(lines) == len(found.moved) + len(every)
    assert {line[MARK] for line in lines} == {MARK}
    told = [line for line in lines if line["Subject"] == "Payment requests"]
    assert sorted(line["After"] for line in told) == sorted(
        str(change.after) for change in every if change.topic == "requests"
    )

    _, content = saved(page, "Download Excel")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Changes"]
    heads = [cell.value for cell in sheet[2]]
    rows = [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=3)]
    assert [row["What has changed"] for row in rows] == [line["What has changed"] for line in lines]
    amounts = [row["After"] for row in rows if row["Subject"] == "Payment requests"]
    assert all(isinstance(amount, (int, float)) for amount in amounts)
    assert {type(row["After"]) for row in rows if row["Unit"] == "date"} == {datetime}
