"""What a `programme.toml` may say, and the sentence for what it may not."""

from datetime import date

import pytest

from impact_analytics import build
from impact_analytics.cli import main
from impact_analytics.i18n import LANGUAGES, TEXTS, words
from impact_analytics.programme import ProgrammeError, parse

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
