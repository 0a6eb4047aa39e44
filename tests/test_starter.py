"""An empty programme folder: valid from the first moment, told in both languages, never over anything else."""

import csv
import subprocess
from datetime import date

import pytest

from impact_analytics import build, starter
from impact_analytics.cli import main
from impact_analytics.contract import contract
from impact_analytics.i18n import LANGUAGES, text
from impact_analytics.problems import errors
from impact_analytics.programme import FILE, ProgrammeError, parse
from impact_analytics.starter.folder import files

TODAY = date(2031, 5, 17)


@pytest.fixture
def begun(tmp_path):
    folder = tmp_path / "oer"
    starter.write(folder, TODAY)
    return folder


def test_it_holds_a_header_for_every_table_and_only_the_rows_without_which_nothing_builds(begun, cache):
    held = {}
    for name, table in contract().items():
        with (begun / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            header, *rows = csv.reader(lines)
        assert tuple(header) == table.names
        held[name] = rows
    needed = [name for name, rows in held.items() if rows]
    assert not [problem for problem in build.check(begun) if problem.severity != "notice"]
    for name in needed:
        path = begun / f"{name}.csv"
        whole = path.read_text(encoding="utf-8")
        path.write_text(whole.partition("\n")[0] + "\n", encoding="utf-8")
        assert errors(build.check(begun)), f"{name} needs no row"
        path.write_text(whole, encoding="utf-8")
    assert build.build(begun).note("rows") == str(len(needed))


def test_every_text_of_its_rows_says_that_it_is_to_be_replaced(begun):
    for name, table in contract().items():
        with (begun / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                for column in table.columns:
                    said = row[column.name]
                    if said and column.type == "VARCHAR" and not column.name.endswith("_id"):
                        langs = [lang for lang in LANGUAGES if column.name.endswith(f"_{lang}")] or LANGUAGES
                        assert all(text("starter", "to_replace", lang) in said for lang in langs), (name, column.name)


def test_its_settings_are_those_of_an_authority_of_its_own(begun, cache):
    programme = build.build(begun).programme
    assert (programme.id, programme.basis, programme.is_open) == ("oer", "supplied", True)
    assert programme.operators == ()
    assert programme.default_as_of == date(2031, 1, 1), "the newest of its days"
    for lang in LANGUAGES:
        assert text("starter", "to_replace", lang) in programme.name[lang]
        assert text("starter", "to_replace", lang) in programme.title[lang]


def test_the_settings_it_only_shows_are_known_ones(begun):
    """Whoever takes a comment sign away gets a setting that is accepted."""
    written = (begun / FILE).read_text(encoding="utf-8")
    settings = [line.removeprefix("# ") if " = " in line else line for line in written.splitlines()]
    programme = parse("\n".join(line for line in settings if line != "operators = []"), "oer")
    assert programme.operators
    assert programme.thresholds
    assert programme.grounds


@pytest.mark.parametrize("lang", LANGUAGES)
def test_its_readme_says_what_each_table_holds(begun, lang):
    readme = (begun / "README.md").read_text(encoding="utf-8")
    for table in contract().values():
        assert f"| `{table.name}.csv` | {table.said[lang]} | " in readme
    assert len({table.said[lang] for table in contract().values()}) == len(contract())
    assert "**source_id**" in readme


def test_what_is_handed_in_stays_out_of_a_repository(begun):
    subprocess.run(["git", "init", "-q"], cwd=begun, check=True)
    for name in ("supplied/files", "supplied/log"):
        (begun / name).mkdir(parents=True)
        (begun / name / "000001.json").touch()
    seen = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"], cwd=begun, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert set(seen) == set(files("oer", TODAY))


# ---------------------------------------------------------------- where it is not written


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_makes_it_once_and_says_how_to_go_on(tmp_path, capsys, lang):
    folder = tmp_path / "oer"
    assert main(["--lang", lang, "init", str(folder)]) == 0
    first, then = capsys.readouterr().out.splitlines()
    assert first == text("starter", "made", lang, folder=folder, files=len(list(folder.iterdir())))
    assert f"IMPACT_DATA={folder} " in then
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "act.csv").write_text("mine")
    assert main(["--lang", lang, "init", str(folder)]) == 1
    assert capsys.readouterr().out == text("starter", "not_empty", lang, folder=folder) + "\n"
    assert (folder / "act.csv").read_text() == "mine"
    assert len(before) == len(list(folder.iterdir()))


def test_an_empty_folder_is_as_good_as_a_new_one(tmp_path):
    folder = tmp_path / "oer"
    folder.mkdir()
    assert starter.write(folder, TODAY)


@pytest.mark.parametrize("name", ["Oer", "o-er", "o er", "ør"])
def test_a_folder_whose_name_is_no_id_is_not_made(tmp_path, capsys, name):
    with pytest.raises(ProgrammeError, match="lower-case letters"):
        starter.write(tmp_path / name, TODAY)
    assert main(["--lang", "it", "init", str(tmp_path / name)]) == 1
    assert "lettere minuscole" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_a_place_where_no_folder_can_be_is_told(tmp_path):
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "oer"):
        with pytest.raises(starter.StarterError, match="cannot be written to"):
            starter.write(folder, TODAY)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
