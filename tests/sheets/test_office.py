"""Our workbooks in a real LibreOffice: opened, calculated anew, saved, printed, and read again."""

import os
import re
import shutil
import subprocess
import zipfile
from io import BytesIO

import openpyxl
import pytest

from impact_analytics import sheets
from impact_analytics.i18n import LANGUAGES
from impact_analytics.queries import forms
from impact_analytics.sheets.form import SECTIONS, title
from tests.sheets.workbooks import NAME, said

pytestmark = pytest.mark.office

# LibreOffice keeps the values that a workbook was saved with, unless told to calculate.
CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """A function that has LibreOffice open a workbook and save it in another format."""
    office = os.environ.get("IMPACT_OFFICE") or shutil.which("soffice")
    if not office:
        pytest.fail("No LibreOffice: run scripts/office.sh, or leave these tests out with -m 'not office'.")
    home = tmp_path_factory.mktemp("office")
    (home / "profile" / "user").mkdir(parents=True)
    (home / "profile" / "user" / "registrymodifications.xcu").write_text(CALCULATE)

    def convert(content, suffix):
        (home / "scheda.xlsx").write_bytes(content)
        command = [office, f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", suffix, "--outdir", str(home / "out"), str(home / "scheda.xlsx")]
        subprocess.run(command, check=True, timeout=180, capture_output=True)
        return (home / "out" / f"scheda.{suffix}").read_bytes()

    return convert


@pytest.fixture(scope="module", params=LANGUAGES)
def written(request, invented):
    """A filled workbook in each language, and its language."""
    form = forms.form(invented, "e1-T02", "2022-Q4", 2)
    return sheets.write(form, request.param), request.param


def without_saved_totals(content):
    """The workbook, whose formulas were all saved with a wrong value."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(file, "w") as changed:
        for info in archive.infolist():
            text = archive.read(info)
            if info.filename.startswith("xl/worksheets/"):
                text = re.sub(rb"(</f><v>)[^<]*", rb"\g<1>-77", text)
            changed.writestr(info, text)
    return file.getvalue()


def calculated(content, lang):
    """The worked-out cells of the financial worksheet: address, value."""
    book = openpyxl.load_workbook(BytesIO(content), data_only=True)
    sheet = book[title("financial", lang)]
    last = max(cell.row for row in sheet["A7:A80"] for cell in row if cell.value)
    totals = {
        sheet.cell(row, column).coordinate: sheet.cell(row, column).value
        for row in range(last - 4, last + 1)
        for column in range(3, 9)
    }
    return totals | {f"H{row}": sheet[f"H{row}"].value for row in range(7, last - 4)}


def test_libreoffice_works_out_the_totals_that_we_saved(converted, written):
    content, lang = written
    ours = calculated(content, lang)
    wrong = without_saved_totals(content)
    assert set(calculated(wrong, lang).values()) == {-77}
    theirs = calculated(converted(wrong, "xlsx"), lang)
    assert len(ours) > 50
    assert {at: f"{value:.2f}" for at, value in theirs.items()} == {at: f"{value:.2f}" for at, value in ours.items()}


def test_what_libreoffice_saves_is_read_as_what_we_wrote(converted, written):
    content, _ = written
    before = sheets.read(NAME, content)
    after = sheets.read(NAME, converted(content, "xlsx"))
    assert not said(after), said(after)
    assert (after.project_id, after.period_id, after.received_on) == (
        before.project_id,
        before.period_id,
        before.received_on,
    )
    version = 2, before.received_on, before.protocol
    assert after.parts(*version) == before.parts(*version)


def test_no_cell_is_an_error_and_every_worksheet_is_there(converted, written):
    content, lang = written
    book = openpyxl.load_workbook(BytesIO(converted(content, "xlsx")), data_only=True)
    assert book.sheetnames == openpyxl.load_workbook(BytesIO(content)).sheetnames
    errors = [
        cell.coordinate
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "e"
    ]
    assert not errors
    rules = book[title("procedural", lang)].data_validations.dataValidation
    assert {rule.type for rule in rules} == {"list", "date"}
    assert len(SECTIONS) == len(book.sheetnames) - 4


def test_it_prints(converted, written):
    assert converted(written[0], "pdf").startswith(b"%PDF")
