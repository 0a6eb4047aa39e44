"""Large, lying, foreign and hostile files are refused before anything opens them."""

import io
import re
import resource
import struct
import time
import zipfile
import zlib

import pytest

from impact_analytics import sheets
from impact_analytics.sheets import bounds
from tests.sheets.workbooks import NAME, members, opened, packed, said

GIGABYTE = 1_000_000_000


def with_part(content, name, text):
    return packed(members(content) | {name: text})


def refusal(content):
    """The only sentence said of a file, which is an error without a place."""
    read = sheets.read(NAME, content)
    assert len(read.problems) == len(said(read)) == 1
    assert read.project_id == ""
    return said(read)[0][2]


def bomb(content, size):
    """The workbook with one more part, whose zeros are packed a thousand times smaller."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in members(content).items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet99.xml", "w", force_zip64=False) as part:
            chunk = b" " * 1_000_000
            for _ in range(size // len(chunk)):
                part.write(chunk)
    return file.getvalue()


def lying(content, name, size):
    """The same archive, whose directory and local header say that a part is small."""
    changed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo(name)
        start = archive.start_dir
    entry = changed.index(name.encode(), start) - 46
    struct.pack_into("<L", changed, entry + 24, size)
    struct.pack_into("<L", changed, info.header_offset + 22, size)
    return bytes(changed)


def test_a_bomb_is_refused_quickly_in_little_memory(filled_file):
    content = bomb(filled_file, GIGABYTE)
    assert len(content) < 2_000_000
    expect_cheap(content, "supera")


def test_a_bomb_whose_directory_lies_is_refused_quickly_in_little_memory(filled_file):
    name = "xl/worksheets/sheet99.xml"
    content = lying(bomb(filled_file, GIGABYTE), name, 1000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.getinfo(name).file_size == 1000
    expect_cheap(content, "danneggiato")


def expect_cheap(content, words):
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert words in refusal(content)
    assert time.process_time() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_a_bomb_below_the_size_but_beyond_the_ratio_is_refused(filled_file):
    assert "supera" in refusal(bomb(filled_file, 30_000_000))


def test_a_cell_far_away_does_not_make_the_reader_take_memory(workbook):
    started = time.process_time()
    found = said(workbook.put("Rete", "XFD1048576", 1).read())
    assert [(sheet, cell) for sheet, cell, _ in found] == [("Rete", "XFD1048576")]
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "non è una cartella"),
        (b"project;period\n1;2\n", "non è una cartella"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 and nothing more", "danneggiato"),
        (bounds.OLE + b"\0" * 600, "vecchio formato .xls"),
        (bounds.OLE + bounds.ENCRYPTED, "password"),
        (packed({"mimetype": "x", "content.xml": "<a/>"}), "OpenDocument"),
        (packed({"word/document.xml": "<a/>"}), "Word"),
        (packed({"xl/workbook.bin": "x"}), ".xlsb"),
        (packed({"photo.jpg": "x"}), "non è una cartella"),
        (b"x" * (bounds.LARGEST + 1), "il massimo è 10 MB"),
    ],
    ids=["empty", "csv", "pdf", "cut", "xls", "encrypted", "ods", "docx", "xlsb", "zip", "big"],
)
def test_other_files_are_refused_with_what_to_do(content, words):
    assert words in refusal(content)


def test_parts_that_no_form_has_are_refused(filled_file):
    assert "macro" in refusal(with_part(filled_file, "xl/vbaProject.bin", b"x"))
    assert "danneggiato" in refusal(
        with_part(filled_file, "xl/styles.xml", '<!DOCTYPE x [<!ENTITY a "b">]><styleSheet/>')
    )
    assert "danneggiato" in refusal(with_part(filled_file, "xl/styles.xml", "<!DOCTYPE x>".encode("utf-16")))
    many = members(filled_file) | {f"xl/worksheets/sheet{number}.xml": "<a/>" for number in range(50, 100)}
    assert "fogli" in refusal(packed(many))
    crowd = members(filled_file) | {f"docProps/{number}.xml": "<a/>" for number in range(bounds.MEMBERS)}
    assert "supera" in refusal(packed(crowd))


def test_a_number_of_texts_that_is_a_lie_takes_no_memory(filled_file):
    """calamine would ask for 2.4 TB at once and end the process."""
    name = "xl/sharedStrings.xml"
    text = members(filled_file)[name]
    lie = re.sub(rb'uniqueCount="[0-9]+"', b'uniqueCount="99999999999"', text)
    assert lie != text
    read = sheets.read(NAME, with_part(filled_file, name, lie))
    assert not said(read)
    assert read.answers == sheets.read(NAME, filled_file).answers


def test_an_encoding_that_no_spreadsheet_writes_is_refused(filled_file):
    text = members(filled_file)["xl/workbook.xml"]
    for encoding in (b"UTF-7", b"latin-1", b"nonsense"):
        assert "danneggiato" in refusal(with_part(filled_file, "xl/workbook.xml", text.replace(b"UTF-8", encoding)))


def test_a_part_that_stands_twice_is_refused(filled_file):
    file = io.BytesIO(filled_file)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert "danneggiato" in refusal(file.getvalue())


def test_a_wrong_checksum_is_refused(filled_file):
    with zipfile.ZipFile(io.BytesIO(filled_file)) as archive:
        start = archive.start_dir
    changed = bytearray(filled_file)
    entry = changed.index(b"xl/workbook.xml", start) - 46
    struct.pack_into("<L", changed, entry + 16, zlib.crc32(b"other"))
    assert "danneggiato" in refusal(bytes(changed))


def test_a_workbook_saved_by_another_program_is_within_bounds(filled_file):
    assert not said(sheets.read(NAME, opened(filled_file).saved()))
