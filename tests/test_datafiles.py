"""Files as people save them: what can be read is read with a notice, what cannot is named, and never guessed."""

import pytest

from impact_analytics import build
from impact_analytics.contract import contract
from impact_analytics.i18n import LANGUAGES
from impact_analytics.problems import MOST
from impact_analytics.store import cursor

TABLE = "funding"


def rewrite(folder, change, encoding="utf-8"):
    """Change a file's text and save it in an encoding."""
    folder.file(TABLE).write_bytes(change(folder.text(TABLE)).encode(encoding))


def figures(folder):
    """Return the funding as the app reads it."""
    answer = cursor(build.build(folder.path)).execute("SELECT * EXCLUDE (line) FROM funding ORDER BY ALL")
    return answer.fetchall()


def semicolons(folder):
    rows = folder.rows(TABLE)
    names = list(rows[0])
    lines = [";".join(names)] + [";".join(f'"{row[name]}"' for name in names) for row in rows]
    folder.file(TABLE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def italian_amounts(folder):
    rows = folder.rows(TABLE)
    for row in rows:
        amount = f"{float(row['amount_eur']):,.2f}".translate(str.maketrans(",.", ".,"))
        row["amount_eur"] = amount
    folder.write(TABLE, rows)


def as_excel_saves_it(folder):
    italian_amounts(folder)
    semicolons(folder)
    rewrite(folder, lambda text: text.replace("\n", "\r\n"), "cp1252")


READ_WITH_A_NOTICE = {
    "a byte order mark": (
        lambda folder: rewrite(folder, str, "utf-8-sig"),
        ["impact/funding.csv: letto come BOM; meglio UTF-8 senza BOM."],
        ["impact/funding.csv: read as BOM; UTF-8 without BOM is better."],
    ),
    "cp1252": (
        lambda folder: rewrite(folder, str, "cp1252"),
        ["impact/funding.csv: letto come cp1252; meglio UTF-8 senza BOM."],
        ["impact/funding.csv: read as cp1252; UTF-8 without BOM is better."],
    ),
    "UTF-16": (
        lambda folder: rewrite(folder, str, "utf-16"),
        ["impact/funding.csv: letto come UTF-16; meglio UTF-8 senza BOM."],
        ["impact/funding.csv: read as UTF-16; UTF-8 without BOM is better."],
    ),
    "semicolons": (
        semicolons,
        ["impact/funding.csv: letto con il separatore “;”; meglio la virgola."],
        ["impact/funding.csv: read with the delimiter “;”; a comma is better."],
    ),
    "decimal commas": (
        italian_amounts,
        ["impact/funding.csv, colonna amount_eur: importi letti con la virgola decimale; meglio il punto."],
        ["impact/funding.csv, column amount_eur: amounts read with a decimal comma; a point is better."],
    ),
    "all that a spreadsheet does": (
        as_excel_saves_it,
        [
            "impact/funding.csv: letto come cp1252; meglio UTF-8 senza BOM.",
            "impact/funding.csv: letto con il separatore “;”; meglio la virgola.",
            "impact/funding.csv, colonna amount_eur: importi letti con la virgola decimale; meglio il punto.",
        ],
        [
            "impact/funding.csv: read as cp1252; UTF-8 without BOM is better.",
            "impact/funding.csv: read with the delimiter “;”; a comma is better.",
            "impact/funding.csv, column amount_eur: amounts read with a decimal comma; a point is better.",
        ],
    ),
    "Windows line ends": (lambda folder: rewrite(folder, lambda text: text.replace("\n", "\r\n")), [], []),
    "line ends of two kinds": (lambda folder: rewrite(folder, lambda text: text.replace("\n", "\r\n", 1)), [], []),
    "blank lines": (lambda folder: rewrite(folder, lambda text: text.replace("\n", "\n\n  \n", 2) + "\n\n"), [], []),
}


@pytest.mark.parametrize("case", READ_WITH_A_NOTICE.values(), ids=READ_WITH_A_NOTICE)
def test_what_people_save_gives_the_same_figures_and_a_notice(programme_folder, cache, case):
    save, italian, english = case
    before = figures(programme_folder)
    save(programme_folder)
    assert programme_folder.check() == []
    assert programme_folder.said("it", "notice") == italian
    assert programme_folder.said("en", "notice") == english
    assert figures(programme_folder) == before


def test_a_header_only_is_an_empty_table_with_a_notice(programme_folder):
    programme_folder.write("recovery", [], header=contract()["recovery"].names)
    assert programme_folder.check() == []
    assert programme_folder.said("it", "notice") == [
        "impact/recovery.csv: c'è la sola intestazione: la tabella è letta come vuota."
    ]


def header(change):
    return lambda folder: rewrite(folder, lambda text: change(text.split("\n", 1)[0]) + "\n" + text.split("\n", 1)[1])


def line(number, change):
    def save(folder):
        lines = folder.text(TABLE).splitlines()
        lines[number - 1] = change(lines[number - 1])
        folder.file(TABLE).write_text("\n".join(lines) + "\n", encoding="utf-8")

    return save


def directory(folder):
    folder.file(TABLE).unlink()
    folder.file(TABLE).mkdir()


def without(column):
    def save(folder):
        rows = [{name: value for name, value in row.items() if name != column} for row in folder.rows(TABLE)]
        folder.write(TABLE, rows)

    return save


UNREADABLE = {
    "empty": (
        lambda folder: folder.file(TABLE).write_bytes(b" \n"),
        ("impact/funding.csv: il file è vuoto. Una tabella senza righe porta almeno l'intestazione;"
        " altrimenti togliere il file."),
        ("impact/funding.csv: the file is empty. A table without rows has at least its header;"
        " otherwise remove the file."),
    ),
    "a folder": (
        directory,
        ("impact/funding.csv: il file non si può leggere (Is a directory)."
        " Verificare che esista, che sia un CSV e che i permessi lo consentano."),
        ("impact/funding.csv: the file cannot be read (Is a directory)."
        " Check that it exists, is a CSV and may be read."),
    ),
    "a workbook": (
        lambda folder: folder.file(TABLE).write_bytes(b"PK\x03\x04\x14\x00\x06\x00\x08\x00"),
        "impact/funding.csv: non è un file di testo. Salvarlo come CSV UTF-8.",
        "impact/funding.csv: this is not a text file. Save it as CSV, UTF-8.",
    ),
    "bytes of no encoding": (
        lambda folder: folder.file(TABLE).write_bytes(b"project_id,\x81\x8d\xff\n1,2\n"),
        "impact/funding.csv: non è un file di testo. Salvarlo come CSV UTF-8.",
        "impact/funding.csv: this is not a text file. Save it as CSV, UTF-8.",
    ),
    "a ragged row": (
        line(3, lambda text: text + ",one more"),
        "impact/funding.csv, riga 3: la riga ha 11 campi invece di 10. Controllare virgole e virgolette.",
        "impact/funding.csv, row 3: the row has 11 fields instead of 10. Check commas and quotes.",
    ),
    "a short row": (
        line(3, lambda text: text.rpartition(",")[0]),
        "impact/funding.csv, riga 3: la riga ha 9 campi invece di 10. Controllare virgole e virgolette.",
        "impact/funding.csv, row 3: the row has 9 fields instead of 10. Check commas and quotes.",
    ),
    "quotes inside a text": (
        line(3, lambda text: text.replace(",2426000.00,", ',"24"26,', 1)),
        ("impact/funding.csv, riga 3: le virgolette della riga non si chiudono bene."
        ' Chiuderle; dentro un testo tra virgolette raddoppiarle ("").'),
        ("impact/funding.csv, row 3: the row's quotes do not close properly."
        ' Close them; inside quoted text double them ("").'),
    ),
    "a quote that never closes": (
        line(4, lambda text: text.replace('"', "").replace(",538000.00,", ',"538000.00,')),
        ("impact/funding.csv, riga 4: le virgolette della riga non si chiudono bene."
        ' Chiuderle; dentro un testo tra virgolette raddoppiarle ("").'),
        ("impact/funding.csv, row 4: the row's quotes do not close properly."
        ' Close them; inside quoted text double them ("").'),
    ),
    "a column twice": (
        header(lambda text: text.replace("note_it", "note_en")),
        "impact/funding.csv, riga 1, colonna note_en: la colonna compare due volte. Tenerne una.",
        "impact/funding.csv, row 1, column note_en: the column appears twice. Keep one.",
    ),
    "a column with a near name": (
        header(lambda text: text.replace("eu_eur", "Eu_euro")),
        ("impact/funding.csv, riga 1, colonna Eu_euro: la colonna non è prevista: forse “eu_eur”."
        " Correggere l'intestazione."),
        "impact/funding.csv, row 1, column Eu_euro: this column is not expected: perhaps “eu_eur”. Correct the header.",
    ),
    "a column of nobody": (
        header(lambda text: text.replace("note_it", "zzz")),
        "impact/funding.csv, riga 1, colonna zzz: la colonna non è prevista. Toglierla.",
        "impact/funding.csv, row 1, column zzz: this column is not expected. Take it out.",
    ),
    "a column missing": (
        without("known_from"),
        "impact/funding.csv, riga 1, colonna known_from: manca una colonna obbligatoria. Aggiungerla.",
        "impact/funding.csv, row 1, column known_from: a required column is missing. Add it.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_named_in_both_languages(programme_folder, case):
    save, italian, english = case
    save(programme_folder)
    assert programme_folder.said("it") == [italian]
    assert programme_folder.said("en") == [english]


def test_a_table_that_nobody_knows_is_named(programme_folder):
    programme_folder.file("fundings").write_text("a,b\n1,2\n", encoding="utf-8")
    assert programme_folder.said("it") == [
        (
            "impact/fundings.csv: nessuna tabella ha questo nome."
            " Rinominare il file come la tabella che contiene, o spostarlo."
        )
    ]
    assert programme_folder.said("en") == [
        "impact/fundings.csv: no table has this name. Name the file like the table it holds, or move it."
    ]


def test_every_ragged_row_is_named_and_very_many_are_counted(programme_folder):
    with programme_folder.file("population").open("a", encoding="utf-8") as lines:
        lines.write("ITC1\n" * (MOST + 3))
    ragged = [problem for problem in programme_folder.check() if problem.rule in ("ragged", "more")]
    assert [problem.line for problem in ragged[:2]] == [212, 213]
    assert len(ragged) == MOST + 1
    assert ragged[-1].sentence("en").endswith("3 more rows have the same fault.")


@pytest.mark.parametrize(
    "before",
    ["\n\n", '"a text\nover lines",,,,,,,,,\n', "\r\n"],
    ids=["blank lines", "a text over two lines", "Windows line end"],
)
def test_a_row_has_the_number_that_a_spreadsheet_gives_it(programme_folder, before):
    head, first, *others = programme_folder.text(TABLE).splitlines()
    broken = first.replace("2574000.00", "x")
    programme_folder.file(TABLE).write_text(f"{head}\n{before}{broken}\n" + "\n".join(others) + "\n", newline="")
    rows = before.count("\n") if not before.strip() else 1
    lines = [problem.line for problem in programme_folder.check() if problem.rule == "not_decimal"]
    assert lines == [2 + rows]


def test_a_path_with_the_signs_of_a_pattern_is_a_path(programme_folder):
    moved = programme_folder.path.rename(programme_folder.path.parent.parent / "impact")
    strange = moved.parent / "data [2]*"
    strange.mkdir()
    moved.rename(strange / "impact")
    assert build.check(strange / "impact") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_csv_downloaded_from_the_app_says_which_columns_to_take_out(programme_folder, lang):
    rows = [{**row, "basis": "published", "file": "f", "line": "2"} for row in programme_folder.rows(TABLE)]
    programme_folder.write(TABLE, rows)
    assert len(programme_folder.said(lang)) == 3
