"""What a `programme.toml` may say, and the sentence for what it may not."""

from datetime import date
from decimal import Decimal

import pytest

from impact_analytics import build
from impact_analytics.cli import main
from impact_analytics.i18n import LANGUAGES, TEXTS, words
from impact_analytics.programme import ProgrammeError, Selection, parse

TOML = """
basis = "supplied"
status = "open"
default_as_of = 2031-12-31
call = "kald_1"
name = { it = "Ør", en = "Ør" }
title = { it = "Ør", en = "Ør" }
"""

BROKEN = {
    # key of the sentence: the file, the folder, what the English sentence says
    "toml": (TOML + "operators = ", "oer", "oer/programme.toml: not valid TOML ("),
    "missing": (TOML.replace("call =", "#").replace("basis =", "#"), "oer", "basis, call missing."),
    "unknown": (TOML + 'colour = "red"\nid = "x"', "oer", "colour, id is not a known setting."),
    "choice": (
        TOML.replace("supplied", "guessed"),
        "oer",
        "basis is “guessed”; it must be one of published, supplied,",
    ),
    "day": (TOML.replace("2031-12-31", '"2031-12-31"'), "oer", "default_as_of must be a date"),
    "operators": (TOML + 'operators = "ada@oer.example"', "oer", "operators must be a list of texts"),
    "operator": (TOML + 'operators = ["ada@oer.example", "Bo"]', "oer", "“Bo” is no address with @"),
    "selection": (TOML + "selection = { seed = 5, colour = 1 }", "oer", "[selection] must be a table with seed"),
    "seed": (TOML + 'selection = { seed = "a|b" }', "oer", "seed must be a whole number or a text on one line"),
    "random_share": (TOML + "selection = { seed = 5, random_share = 0.5 }", "oer", "below 1 it needs"),
    "weights": (
        TOML + "selection = { seed = 5, weights = { eu_contribution = 1, moon = 2 } }",
        "oer",
        "one of the factors eu_contribution, sheets, findings, error, uncovered_advance, gap with",
    ),
    "school": (TOML + '[school]\nstarts = "09-31"', "oer", "must be days such as"),
    "folder_name": (TOML, "Ør 2", "Ør 2: a programme's folder is named with"),
    "no_file": (None, "oer", "no programme.toml can be read there."),
    "encoding": (TOML.encode("utf-16"), "oer", "oer/programme.toml: not UTF-8."),
}


def written(tmp_path, id, content):
    folder = tmp_path / id
    folder.mkdir()
    if content is not None:
        path = folder / "programme.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


@pytest.mark.parametrize("key", words(TEXTS / "programme.toml", "en"))
def test_what_cannot_be_used_is_told_in_both_languages(tmp_path, capsys, key):
    content, id, said = BROKEN[key]
    folder = written(tmp_path, id, content)
    with pytest.raises(ProgrammeError) as broken:
        build.programme_of(folder)
    error = broken.value
    assert error.key == key
    assert said in str(error) == error.sentence("en") != error.sentence("it")
    for lang in LANGUAGES:
        assert main(["--lang", lang, "check", str(folder)]) == 1
        assert capsys.readouterr().out == f"{error.sentence(lang)}\n"


@pytest.mark.parametrize(
    ("listed", "operators"),
    [
        ("", ()),
        ("operators = []", ()),
        ('operators = ["ada@oer.example", "sub:4f-7"]', ("ada@oer.example", "sub:4f-7")),
    ],
    ids=["none said", "none", "two"],
)
def test_operators_are_those_listed(listed, operators):
    assert parse(TOML + listed, "oer").operators == operators


def test_a_school_year_runs_from_autumn_to_summer_or_within_a_year():
    assert parse(TOML, "oer").school.year(2030) == (date(2030, 9, 1), date(2031, 6, 30))
    south = parse(TOML + '[school]\nstarts = "02-01"\nends = "12-15"', "oer").school
    assert south.year(2030) == (date(2030, 2, 1), date(2030, 12, 15))


@pytest.mark.parametrize(
    "told", ['starts = "02-29"', 'ends = "6-30"', "ends = 630", 'starts = "2030-09-01"', 'terms = "09-01"']
)
def test_a_day_that_not_every_year_has_is_no_day_of_a_school_year(told):
    with pytest.raises(ProgrammeError) as broken:
        parse(f"{TOML}[school]\n{told}", "oer")
    assert broken.value.key == "school"


@pytest.mark.parametrize(
    "one", ["", "Ada", "@", "ada@", "@oer", "a b@oer", "sub:", "sub: x", "ada@oer\\n", "SUB:x", "*"]
)
def test_who_is_no_address_and_no_identifier_is_no_operator(one):
    with pytest.raises(ProgrammeError) as broken:
        parse(TOML + f'operators = ["{one}"]', "oer")
    assert broken.value.key == "operator"


@pytest.mark.parametrize("listed", ["5", "true", '{ ada = "ada@oer.example" }', '["ada@oer.example", 5]'])
def test_operators_that_are_no_list_of_texts_are_refused(listed):
    with pytest.raises(ProgrammeError) as broken:
        parse(TOML + f"operators = {listed}", "oer")
    assert broken.value.key == "operators"


def test_a_selection_is_read_as_it_was_written():
    assert parse(TOML, "oer").selection is None
    said = parse(TOML + "selection = { seed = 17 }", "oer").selection
    assert said == Selection("17", Decimal(1), {})
    said = parse(TOML + 'selection = { seed = "a b", weights = { gap = 0.1, sheets = 2 } }', "oer").selection
    assert said == Selection("a b", Decimal("0.5"), {"sheets": Decimal(2), "gap": Decimal("0.1")})
    said = parse(TOML + "selection = { seed = 0, random_share = 0, weights = { gap = 1 } }", "oer").selection
    assert said == Selection("0", Decimal(0), {"gap": Decimal(1)})


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("5", "selection"),
        ("[]", "selection"),
        ("{}", "seed"),
        ("{ seed = true }", "seed"),
        ("{ seed = 1.5 }", "seed"),
        ('{ seed = "" }', "seed"),
        ('{ seed = " a" }', "seed"),
        ('{ seed = "a\\nb" }', "seed"),
        ("{ seed = 1, weights = 3 }", "weights"),
        ("{ seed = 1, weights = { gap = 0 } }", "weights"),
        ("{ seed = 1, weights = { gap = -1 } }", "weights"),
        ("{ seed = 1, weights = { gap = true } }", "weights"),
        ('{ seed = 1, weights = { gap = "1" } }', "weights"),
        ("{ seed = 1, weights = { gap = nan } }", "weights"),
        ("{ seed = 1, random_share = 1.1 }", "random_share"),
        ("{ seed = 1, random_share = -0.1, weights = { gap = 1 } }", "random_share"),
        ('{ seed = 1, random_share = "1" }', "random_share"),
        ("{ seed = 1, random_share = inf, weights = { gap = 1 } }", "random_share"),
    ],
)
def test_a_selection_that_could_not_be_repeated_is_refused(written, key):
    with pytest.raises(ProgrammeError) as broken:
        parse(TOML + f"selection = {written}", "oer")
    assert broken.value.key == key
