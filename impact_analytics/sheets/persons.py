"""Sheets about single persons: recognised by tax codes and headings, so that they can be refused.

What is said of them never repeats a cell, nor the name of a worksheet, which may be a person's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.problems import Problem
from impact_analytics.sheets.cells import Grid
from impact_analytics.sheets.sentences import said
from impact_analytics.sheets.values import plain

BESIDE = ("xl/comments", "xl/threadedComments", "xl/persons", "xl/drawings", "docProps")
ENOUGH = 2  # headings in one row, or tax codes whose check letter is wrong; a right one is enough by itself
HEADING_ROWS = 200
HEADINGS = {
    "family_name": r"cognome( .{0,30})?|surname|last name|family name|cognome e nome|nome e cognome|nominativo",
    "given_name": r"nome|first name|given name|forename|nome (del|della) .{0,30}",
    "birth": r".*\b(data|luogo|comune|stato|paese|anno) di nascita\b.*|nato a|nata a|nato il|nat[oa]/[oa] .*|"
    r"(date|place|country|year) of birth|birth ?date|birth ?place|dob",
    "tax_code": r".*\bcod(ice|\.)? ?fisc(ale|\.)?\b.*|c\.? ?f\.?|tax (code|id|number)|fiscal code",
    "permit": r".*\bpermess[oi] di soggiorno\b.*|.*\bresidence permit\b.*|(n\.?|numero) permesso",
    "citizenship": r"cittadinanza|nazionalita|nationality|citizenship|paese di origine|country of origin",
    "sex": r"sesso|genere|sex|gender|m/f",
    "contact": r"(numero di )?(telefono|cellulare)|phone|mobile|e-?mail (del|della) .*|indirizzo di residenza|"
    r"home address",
    "identity": r".*\b(documento|carta) d.?identita\b.*|passaporto|passport|(identity document|id card)( number)?",
}
PATTERNS = {name: re.compile(pattern) for name, pattern in HEADINGS.items()}
ACCENTS = str.maketrans("àáèéìíòóùúÀÈÉÌÒÙ_’", "aaeeiioouuAEEIOU '")
# Digits may be letters where two persons would share a code.
DIGIT = "[0-9LMNPQRSTUVlmnpqrstuv]"
TAX_CODE = re.compile(
    rf"(?<![A-Za-z0-9])[A-Za-z]{{6}}{DIGIT}{{2}}[ABCDEHLMPRSTabcdehlmprst]{DIGIT}{{2}}[A-Za-z]{DIGIT}{{3}}[A-Za-z](?![A-Za-z0-9])"
)
THOROUGH = 1_000_000  # characters of a text in which also codes with letters for digits are looked for
SHAPE = b"aaaaaa00a00a000a"
SHAPES = bytes(97 if chr(sign).isalpha() and sign < 128 else 48 if 48 <= sign < 58 else 32 for sign in range(256))
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WEIGHTS = "1 0 5 7 9 13 15 17 19 21 1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23"
ODD = dict(zip(SIGNS, map(int, WEIGHTS.split()), strict=True))
EVEN = {sign: int(sign) if sign.isdigit() else ord(sign) - 65 for sign in ODD}


def in_workbook(name: str, grids: Iterable[Grid]) -> Problem | None:
    """Return why a workbook is refused as one of persons, or None."""
    found = {}
    for number, grid in enumerate(grids, 1):
        kinds = _kinds([[plain(cell) for cell in row] for row in grid.rows])
        if kinds:
            found[number] = kinds
    return _refusal(name, found) if found else None


def in_parts(name: str, members: Mapping[str, bytes]) -> Problem | None:
    """Return why a workbook is refused as one of persons by what stands beside its cells, or None."""
    beside = [text for part, text in members.items() if part.startswith(BESIDE)]
    codes = [code for text in beside for code in TAX_CODE.findall(text.decode("utf-8", "replace"))]
    return _refusal(name, {0: list(kinds)}) if (kinds := dict.fromkeys(_of_codes(codes))) else None


def in_text(name: str, content: str) -> Problem | None:
    """Return why a text file (CSV) is refused as one of persons, or None."""
    lines = content.split("\n", HEADING_ROWS)[:HEADING_ROWS]
    rows = [[cell.strip(" \"'\r") for cell in re.split("[,;\t|]", line)] for line in lines]
    codes = [*TAX_CODE.findall(content[:THOROUGH]), *_plain_codes(content)]
    kinds = dict.fromkeys([*_of_headings(rows), *_of_codes(codes)])
    return _refusal(name, {0: list(kinds)}) if kinds else None


def _plain_codes(content: str) -> Iterator[str]:
    """Yield tax codes whose digits are digits: found by their shape, which is faster than by an expression."""
    shapes = content.encode("ascii", "replace").translate(SHAPES)
    start = shapes.find(SHAPE)
    while start >= 0:
        yield from TAX_CODE.findall(content[max(0, start - 1) : start + len(SHAPE) + 1])
        start = shapes.find(SHAPE, start + 1)


def in_header(name: str, header: Sequence[str]) -> Problem | None:
    """Return why a table with these column names is refused as one of persons, or None."""
    kinds = list(_of_headings([header]))
    return _refusal(name, {0: kinds}) if kinds else None


def _kinds(rows: Sequence[Sequence[str]]) -> list[str]:
    codes = [code for row in rows for cell in row if len(cell) >= 16 for code in TAX_CODE.findall(cell)]
    return list(dict.fromkeys([*_of_headings(rows[:HEADING_ROWS]), *_of_codes(codes)]))


def _of_headings(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in rows:
        cells = [_bare(cell) for cell in row if cell and len(cell) < 80]
        kinds = [kind for kind, pattern in PATTERNS.items() if any(pattern.fullmatch(cell) for cell in cells)]
        if len(kinds) >= ENOUGH:
            yield from kinds


def _of_codes(codes: Sequence[str]) -> Iterator[str]:
    if len(set(codes)) >= ENOUGH or any(map(is_tax_code, codes)):
        yield "tax_code"


def is_tax_code(code: str) -> bool:
    """Say whether the last letter of an Italian tax code is the one its other signs ask for."""
    signs = code.upper()
    total = sum((EVEN if place % 2 else ODD)[sign] for place, sign in enumerate(signs[:15]))
    return chr(65 + total % 26) == signs[15]


def _bare(cell: str) -> str:
    return " ".join(cell.translate(ACCENTS).casefold().split()).strip(" :*.()")


def _refusal(name: str, found: dict[int, list[str]]) -> Problem:
    return said("error", "persons", name, found={lang: _told(found, lang) for lang in LANGUAGES})


def _told(found: dict[int, list[str]], lang: str) -> str:
    words = texts("sheets", lang)
    said = []
    for number, kinds in found.items():
        what = ", ".join(words["personal"][kind] for kind in kinds)
        said.append(words["rules"]["persons_in"].format(number=number, what=what) if number else what)
    return "; ".join(said)
